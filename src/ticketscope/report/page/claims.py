"""The claims at the top of the page: what they say together, and each for itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

# Told apart without colour.
MARKS = {"agrees": "✓", "differs": "✗", "undecided": "?", "not measurable here": "–"}
_WORDS = {
    "agrees": "agree with what was measured here",
    "differs": "differ",
    "undecided": "are undecided",
    "not measurable here": "cannot be measured here",
}
# Sections of the paper, and where the page shows what they are about.
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


@dataclass(frozen=True)
class Part:
    """A section of the paper.

    Attributes:
        number: Its number.
        title: What it is about.
        anchor: Where the page shows it.
        counts: Claims by verdict, in the order of `MARKS`.
    """

    number: str
    title: str
    anchor: str
    counts: tuple[int, ...]


def summary(claims: pd.DataFrame) -> str:
    """How many claims hold here."""
    counts = claims["verdict"].value_counts()
    said = [f"{int(counts.get(verdict, 0))} {words}" for verdict, words in _WORDS.items()]
    return f"Of {len(claims)} claims of the paper, {', '.join(said[:-1])} and {said[-1]}."


def parts(claims: pd.DataFrame) -> list[Part]:
    """The verdicts of each section of the paper that has claims."""
    own = claims["section"].astype(str)
    found = []
    for number, (title, anchor) in PARTS.items():
        verdicts = claims.loc[own.str.startswith(number), "verdict"].value_counts()
        if len(verdicts):
            counts = tuple(int(verdicts.get(verdict, 0)) for verdict in MARKS)
            found.append(Part(number, title, anchor, counts))
    return found


def rows(claims: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Each claim as text: the columns of claims.csv, `measured` with its interval."""
    for _, claim in claims.iterrows():
        row = {name: "" if pd.isna(value) else str(value) for name, value in claim.items()}
        yield row | {"measured": _measured(claim), "mark": MARKS[claim["verdict"]]}


def _measured(claim: pd.Series) -> str:
    if pd.isna(claim["measured"]):
        return ""
    interval = "" if pd.isna(claim["low"]) else f" ({claim['low']:.3g} to {claim['high']:.3g})"
    return f"{claim['measured']:.3g}{interval}"
