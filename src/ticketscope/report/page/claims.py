"""The claims on the page: findings in words, and every sentence folded under its section."""

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ticketscope.claims.columns import REFERENCES, Reference, suffix
from ticketscope.report.tables.claims import sentences

# Told apart without colour.
MARKS = {
    "supported": "✓",
    "contradicted": "✗",
    "negligible": "≈",
    "open": "?",
    "described": "·",
    "not measurable": "–",
}
COLUMNS: dict[Reference, str] = {
    "paper": "As in the paper",
    "equal_training": "At equal training",
    "equal_sparsity": "At equal sparsity",
}
# Sections of the paper: what they are about, and the section of the page that shows it.
PARTS = {
    "3.3": ("BLEU", "tickets"),
    "3.4": ("Module sparsities", "modules"),
    "4.2": ("Best layers, linear probes", "probing"),
    "4.3": ("MLP probes", "probing"),
    "4.4": ("Layer by layer", "probing"),
    "5.2": ("LayerSim and NeuronSim", "similarity"),
    "5.3": ("Components, categories of tokens", "similarity"),
    "5.4": ("Attention", "similarity"),
}
# The same of the claims that are ours, which are never counted with the paper's.
EXTENSION_PARTS = {
    "Contrasts": ("", "behaviour"),
    "Item by item": ("", "behaviour"),
    "Difficult or semantic": ("", "behaviour"),
    "Cause, not correlation": ("", "behaviour"),
}
_EXTENSION_COLUMNS: dict[Reference, str] = COLUMNS | {"paper": "Against LTH0"}
# Series are compared with each other.
ANATOMY_PARTS = {"What makes a ticket": ("", "anatomy")}
_ANATOMY_COLUMNS: dict[Reference, str] = {"paper": "Difference"}
# Figures that show a claim of ours.
_EXTENSION_FIGURES = {
    "contrast-lost": "contrasts_kept",
    "minority-first": "contrast_margins",
    "contrast-follows-probe": "contrasts_probes",
    "sparse-still-uses": "erasure",
    "allocation-share": "bleu_sparsity",
    "which-weights": "bleu_sparsity",
    "flips-before-mean": "flips",
    "rare-first": "words_by_frequency",
    "hidden-stable-output-not": "predictions",
    "difficult-first": "probe_scores_linear",
    "more-to-lose": "probe_scores_linear",
    "semantic-first": "probe_scores_linear",
}
# Figures of ours in the place of the paper's tables.
_TABLES = {
    "Table A1": "bleu_sparsity",
    "Table A2": "probe_scores_linear",
    "Table A3": "probe_scores_mlp",
}
# Verdicts against LTH0 and against the control that have more to say together.
_TOGETHER = {
    ("supported", "contradicted"): "It holds against LTH0 and is contradicted at equal training: "
    "further training explains it, sparsity does not.",
    ("supported", "negligible"): "It holds against LTH0; the effect left at equal training is too "
    "small to matter, so further training explains it.",
    ("supported", "open"): "It holds against LTH0 and is open at equal training: these seeds "
    "cannot tell whether sparsity or further training is the cause.",
    ("open", "supported"): "It is open against LTH0 and holds at equal training.",
    ("contradicted", "supported"): "It is contradicted against LTH0 and holds at equal training: "
    "further training hides what sparsity does.",
}


@dataclass(frozen=True)
class Fold:
    """The claims of a section of the paper, or of a part of ours.

    Attributes:
        number: Of the section, or the part's name.
        title: What it is about; empty where the name says it.
        section: Anchor of the page's section.
        paper: Whether the paper says it, and may give a number.
        columns: Names of the table's columns of effects.
        counts: By column of the table: the number of verdicts of each kind, in words.
        rows: A row a sentence, as `_row` makes it.
    """

    number: str
    title: str
    section: str
    paper: bool
    columns: Sequence[str]
    counts: Mapping[str, str]
    rows: list[dict[str, Any]]

    @property
    def anchor(self) -> str:
        """Of the fold itself."""
        return f"claims-{self.number.lower().replace(' ', '-')}"


def folds(claims: pd.DataFrame, figures: Collection[str], link: Callable[[str], str]) -> list[Fold]:
    """The paper's claims, section by section.

    Args:
        claims: tables/claims.csv.
        figures: Names of the figures on the page.
        link: The address of a table by its path; empty where there is none.
    """
    return _folds(claims, PARTS, COLUMNS, figures, link)


def extension_folds(
    claims: pd.DataFrame, figures: Collection[str], link: Callable[[str], str]
) -> list[Fold]:
    """The claims that are ours (tables/extension_claims.csv), as `folds` has the paper's."""
    return [
        *_folds(claims, EXTENSION_PARTS, _EXTENSION_COLUMNS, figures, link),
        *_folds(claims, ANATOMY_PARTS, _ANATOMY_COLUMNS, figures, link),
    ]


def _folds(
    claims: pd.DataFrame,
    sections: Mapping[str, tuple[str, str]],
    columns: Mapping[Reference, str],
    figures: Collection[str],
    link: Callable[[str], str],
) -> list[Fold]:
    parts = claims[claims["part_of"].notna() & (claims["part_of"] != "")]
    by_sentence = {name: rows.to_dict("records") for name, rows in parts.groupby("part_of")}
    folds = []
    for number, (title, section) in sections.items():
        in_section = sentences(claims)
        in_section = in_section[in_section["section"].astype(str).str.startswith(number)]
        if in_section.empty:
            continue
        counts = {
            name: _counts(in_section[f"verdict{suffix(reference)}"])
            for reference, name in zip(REFERENCES[:2], columns.values(), strict=False)
        }
        rows = [
            _row(claim, by_sentence.get(claim["id"], []), columns, figures, link)
            for claim in in_section.to_dict("records")
        ]
        named, of_paper = list(columns.values()), sections is PARTS
        folds.append(Fold(number, title, section, of_paper, named, counts, rows))
    return folds


def _counts(verdicts: pd.Series) -> str:
    counts = verdicts.value_counts()
    return ", ".join(
        f"{counts[verdict]} {mark} {verdict}"
        for verdict, mark in MARKS.items()
        if verdict in counts
    )


def _row(
    claim: Mapping[Any, Any],
    parts: list[dict[Any, Any]],
    names: Mapping[Reference, str],
    figures: Collection[str],
    link: Callable[[str], str],
) -> dict[str, Any]:
    """A sentence as the template shows it."""
    row = {str(name): "" if pd.isna(value) else value for name, value in claim.items()}
    paths = [path for path in str(row["tables"]).split("; ") if path]
    return row | {
        "columns": _columns(claim, names),
        "together": _TOGETHER.get((claim["verdict"], claim["verdict_equal_training"]), ""),
        "figures": list(_figures(claim, figures)),
        "tables": [(path, link(path)) for path in paths],
        "parts": [
            {"part": part["part"], "columns": _columns(part, names)}
            | {"paper": "" if pd.isna(part["paper"]) else part["paper"]}
            for part in parts
        ],
    }


def _columns(claim: Mapping[Any, Any], names: Mapping[Reference, str]) -> list[dict[str, str]]:
    """For each reference its name, the effect with its interval, the mark, and the verdict."""
    columns = []
    for reference, name in names.items():
        numbers = (claim[f"{column}{suffix(reference)}"] for column in ("effect", "low", "high"))
        verdict = claim[f"verdict{suffix(reference)}"]
        verdict = verdict if isinstance(verdict, str) else ""
        columns.append(
            {"name": name, "effect": with_interval(*numbers)}
            | {"verdict": verdict, "mark": MARKS.get(verdict, "")}
        )
    return columns


def _figures(claim: Mapping[Any, Any], drawn: Collection[str]) -> Iterator[tuple[str, str]]:
    """What shows a claim: the name of each figure that its section mentions, and its anchor."""
    section, figure = str(claim["section"]), _EXTENSION_FIGURES.get(str(claim["id"]))
    if figure is not None and figure in drawn:
        yield "plot", figure
    for table, name in _TABLES.items():
        if table in section and name in drawn:
            yield "plot", name
    if "Figure" in section:
        for number in re.findall(r"\bA?\d+\b", section.split("Figure", 1)[1]):
            name = f"figure_{number.lower()}"
            if name in drawn:
                yield f"Figure {number}", name


def with_interval(value: float, low: float, high: float) -> str:
    """A number and its interval, either of which may be missing.

    All three have the decimals that give half of the interval's width one or two digits (two if
    they are at most 35), as the Particle Data Group rounds.
    """
    if pd.isna(value):
        return ""
    half = 0.0 if pd.isna(low) else (high - low) / 2
    if not half:
        return f"{value:.3g}" if pd.isna(low) else f"{value:.3g} [{low:.3g},\u00a0{high:.3g}]"
    place = math.floor(math.log10(half))
    decimals = max(0, (half / 10**place < 3.55) - place)
    return f"{value:z.{decimals}f} [{low:z.{decimals}f},\u00a0{high:z.{decimals}f}]"
