"""The claims at the top of the page: how many hold, in each section, and each by itself."""

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from ticketscope.report.page.parts import Table

# Told apart without colour.
MARKS = {
    "supported": "✓",
    "contradicted": "✗",
    "negligible": "≈",
    "open": "?",
    "described": "·",
    "not measurable": "–",
}
_WORDS = {
    "supported": "are supported by what was measured here",
    "contradicted": "are contradicted",
    "negligible": "are about an effect that is too small to matter",
    "open": "are open",
    "described": "are described without a verdict, which takes three seeds",
    "not measurable": "cannot be measured here",
}
# Sections of the paper: what they are about, and the section of the page that shows it.
PARTS = {
    "3.3": ("BLEU", "tickets"),
    "3.4": ("Module sparsities", "modules"),
    "4.2": ("Probing: best layers, linear probes", "probing"),
    "4.3": ("Probing: MLP probes", "probing"),
    "4.4": ("Probing: layer by layer", "probing"),
    "5.2": ("LayerSim and NeuronSim", "similarity"),
    "5.3": ("Components, categories of tokens", "similarity"),
    "5.4": ("Attention", "similarity"),
    "A": ("Appendix", "tickets"),
}


def summary(claims: pd.DataFrame) -> str:
    """How many claims hold here."""
    claims = sentences(claims)
    counts = claims["verdict"].value_counts()
    parts = [f"{int(counts.get(verdict, 0))} {words}" for verdict, words in _WORDS.items()]
    return f"Of {len(claims)} claims of the paper, {', '.join(parts[:-1])} and {parts[-1]}."


def parts(claims: pd.DataFrame) -> Table:
    """The number of verdicts of each kind, for each section of the paper that has claims."""
    claims = sentences(claims)
    sections = claims["section"].astype(str)
    rows = []
    for number, (title, anchor) in PARTS.items():
        verdicts = claims.loc[sections.str.startswith(number), "verdict"].value_counts()
        if len(verdicts):
            link = Markup('<a href="#{}">{}</a>').format(anchor, title)
            rows.append([number, link, *(int(verdicts.get(verdict, 0)) for verdict in MARKS)])
    columns = ["Section", "About", *(f"{mark} {verdict}" for verdict, mark in MARKS.items())]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return Table("Verdicts by section of the paper", frame)


def sentences(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims without the parts of sentences."""
    return claims[claims["part_of"].isna() | (claims["part_of"] == "")]


def rows(claims: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Each sentence as text: the columns of claims.csv, effects with intervals, and `mark`."""
    for claim in sentences(claims).to_dict("records"):
        row = {str(name): "" if pd.isna(value) else str(value) for name, value in claim.items()}
        for column in ("", "_equal_training"):
            numbers = (claim[f"{name}{column}"] for name in ("effect", "low", "high"))
            row[f"effect{column}"] = with_interval(*numbers)
        yield row | {"mark": MARKS[claim["verdict"]]}


def with_interval(value: float, low: float, high: float) -> str:
    """A number and its interval, either of which may be missing."""
    if pd.isna(value):
        return ""
    return f"{value:.3g}" if pd.isna(low) else f"{value:.3g} ({low:.3g} to {high:.3g})"
