"""What the seeds could see of open claims, and what half of the paper's effect would take."""

import pandas as pd

from ticketscope.claims.findings import TOO_MANY, seeds_for
from ticketscope.claims.model import claims
from ticketscope.report.study.outcomes import COUNTED


def open_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Open verdicts of the first two columns, with `half` and `needed`.

    `half` is half of the paper's effect and `needed` the seeds at which the half-width of the
    interval would be as small, as text; both are empty where the paper has no number, or where the
    sentence says that nothing changes.
    """
    effects = {claim.id for claim in claims() if claim.within is None and not claim.above}
    unresolved = rows[(rows["verdict"] == "open") & rows["column"].isin(COUNTED)].copy()
    half = pd.to_numeric(unresolved["paper"], errors="coerce") / 2
    unresolved["half"] = half.where((half > 0) & unresolved["id"].isin(effects))
    unresolved["needed"] = [
        "" if pd.isna(effect) else needed(effect, half_width, seeds)
        for effect, half_width, seeds in zip(
            unresolved["half"], unresolved["resolvable"], unresolved["seeds"], strict=True
        )
    ]
    return unresolved


def needed(effect: float, half_width: float, seeds: int) -> str:
    """Seeds that would see an effect, as text."""
    if half_width <= effect:
        return "has enough"
    count = seeds_for(effect, half_width, seeds)
    return f"more than {TOO_MANY}" if count > TOO_MANY else str(count)
