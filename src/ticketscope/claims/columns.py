"""Columns and verdicts of tables/claims.csv, and columns of tables/claim_effects.csv."""

from typing import Literal, get_args

# How a claim is estimated: magnitude tickets against LTH0 as in the paper, against the control of
# the same iteration, or against the random series of the same iteration. The first has no suffix.
Reference = Literal["paper", "equal_training", "equal_sparsity"]
REFERENCES: tuple[Reference, ...] = get_args(Reference)


def suffix(reference: Reference) -> str:
    """What the columns of a reference end with."""
    return "" if reference == "paper" else f"_{reference}"


# A verdict is supported, contradicted, negligible (an effect that is there, but too small to
# matter), open (neither shown nor excluded), described (fewer than three seeds) or not measurable.
# It is empty where the claim is not asked against the reference.
_ESTIMATE = ("effect", "low", "high", "p", "verdict")
# The terms of the study's plan (docs/results/study-plan.md).
DECIDED = ("supported", "contradicted", "negligible")
TESTED = (*DECIDED, "open")

# One row for each sentence of the paper, followed by its parts (tasks, sides, categories), which
# name their sentence in `part_of` and themselves in `part`.
COLUMNS = [
    "id", "section", "sentence", "part_of", "part", "paper", "statistic", "unit", "margin", "seeds",
    *(name + suffix(reference) for reference in REFERENCES for name in _ESTIMATE),
    "resolvable", "resolvable_equal_training", "note", "tables",
]  # fmt: skip
# One row for each claim, reference and seed.
EFFECT_COLUMNS = ["id", "reference", "seed", "effect"]
