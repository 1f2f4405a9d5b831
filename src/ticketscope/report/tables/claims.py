"""The numbers of the forest plot: effects of tables/claims.csv, each sentence on its own scale."""

import numpy as np
import pandas as pd

from ticketscope.claims.columns import Reference, suffix
from ticketscope.claims.model import claims as all_claims
from ticketscope.stats.seeds import LEAST_SEEDS

# Columns of claims.csv that the forest plot shows, and what they compare with.
COMPARISONS: dict[Reference, str] = {
    "paper": "as in the paper",
    "equal_training": "at equal training",
}


def sentences(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims without the parts of sentences."""
    return claims[claims["part_of"].isna() | (claims["part_of"] == "")]


def forest_points(claims: pd.DataFrame) -> pd.DataFrame:
    """A row for each measured sentence and comparison, in the order of the paper.

    `scale` is the largest of a sentence's numbers without their signs: both effects, the ends of
    their intervals, the paper's effect. `at`, `at_low`, `at_high` and `at_paper` are the numbers
    divided by it, so that they lie between -1 and 1. The sentence holds between `holds_from` and
    `holds_to`, on the same scale. Two seeds have no interval here: Student's would be 13 times as
    wide as they are apart, and everything else on its scale would shrink to nothing.
    """
    margins = {claim.id: (claim.above, claim.within) for claim in all_claims()}
    rows = []
    for claim in sentences(claims).to_dict("records"):
        paper = pd.to_numeric(claim["paper"], errors="coerce")
        numbers = {
            reference: [claim[f"{name}{suffix(reference)}"] for name in ("effect", "low", "high")]
            for reference in COMPARISONS
        }
        if 1 < claim["seeds"] < LEAST_SEEDS:
            numbers = {name: [effect, np.nan, np.nan] for name, (effect, *_) in numbers.items()}
        sizes = np.abs([paper, *(x for values in numbers.values() for x in values)]).astype(float)
        if np.isnan(sizes[1:]).all():
            continue
        scale = float(np.nanmax(sizes)) or 1.0
        above, within = margins.get(claim["id"], (0.0, None))
        for reference, (effect, low, high) in numbers.items():
            if pd.isna(effect):
                continue
            rows.append(
                {
                    "id": claim["id"],
                    "section": str(claim["section"]).split(",")[0],
                    "sentence": claim["sentence"],
                    "unit": claim["unit"],
                    "comparison": COMPARISONS[reference],
                    "seeds": claim["seeds"],
                    "effect": effect,
                    "low": low,
                    "high": high,
                    "paper": paper,
                    "verdict": claim[f"verdict{suffix(reference)}"],
                    "scale": scale,
                    "at": effect / scale,
                    "at_low": low / scale,
                    "at_high": high / scale,
                    "at_paper": paper / scale,
                    "holds_from": above / scale if within is None else -within / scale,
                    "holds_to": np.inf if within is None else within / scale,
                }
            )
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "id", "section", "sentence", "unit", "comparison", "seeds", "effect", "low", "high", "paper",
    "verdict", "scale", "at", "at_low", "at_high", "at_paper", "holds_from", "holds_to",
]  # fmt: skip
