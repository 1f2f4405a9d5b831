"""The claims at the top of the page: a summary in words, and a row a claim."""

import html

import pandas as pd

# Told apart without colour.
MARKS = {"agrees": "✓", "differs": "✗", "undecided": "?", "not measurable here": "–"}
COLUMNS = ("Section", "Claim", "Paper", "Here (95 % interval)", "Verdict")


def claims_section(claims: pd.DataFrame) -> str:
    """As HTML.

    Args:
        claims: tables/claims.csv.
    """
    head = "".join(f"<th scope='col'>{name}</th>" for name in COLUMNS)
    rows = "".join(_row(claim) for _, claim in claims.astype(object).fillna("").iterrows())
    return (
        f"<p>{summary(claims)}</p>{_differing(claims)}"
        f'<div class="wide" tabindex="0"><table class="claims"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def summary(claims: pd.DataFrame) -> str:
    """How many claims hold here."""
    counts = claims["verdict"].value_counts()
    said = [f"{int(counts.get(verdict, 0))} {words}" for verdict, words in _WORDS.items()]
    return f"Of {len(claims)} claims of the paper, {', '.join(said[:-1])} and {said[-1]}."


def _differing(claims: pd.DataFrame) -> str:
    """Links to the claims that do not hold here."""
    found = claims[claims["verdict"] == "differs"]
    items = "".join(
        f'<li><a href="#claim-{html.escape(name)}">{html.escape(claim)}</a></li>'
        for name, claim in zip(found["id"], found["claim"], strict=True)
    )
    return f"<p>These do not hold here:</p><ul>{items}</ul>" if items else ""


_WORDS = {
    "agrees": "agree with what was measured here",
    "differs": "differ",
    "undecided": "are undecided",
    "not measurable here": "cannot be measured here",
}


def _row(claim: pd.Series) -> str:
    how = html.escape(f"{claim['how']} n: {claim['n']}. Read from {claim['artifacts']}.")
    cells = [
        html.escape(str(claim["section"])),
        f"{html.escape(claim['claim'])}<details><summary>{html.escape(claim['note'] or 'How')}"
        f"</summary>{how}</details>",
        html.escape(str(claim["paper_value"])),
        _measured(claim),
        f'<span class="verdict">{MARKS[claim["verdict"]]} {claim["verdict"]}</span>',
    ]
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr id="claim-{html.escape(claim["id"])}">{row}</tr>'


def _measured(claim: pd.Series) -> str:
    if claim["measured"] == "":
        return ""
    interval = f" ({claim['low']:.3g} to {claim['high']:.3g})" if claim["low"] != "" else ""
    return f"{claim['measured']:.3g}{interval}"
