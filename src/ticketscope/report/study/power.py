"""What the seeds could see of open claims, and what half of the paper's effect would take."""

import pandas as pd

from ticketscope.claims.findings import TOO_MANY, seeds_for
from ticketscope.claims.model import claims
from ticketscope.report.study.outcomes import COUNTED


def open_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Open verdicts of the first two columns, with `half` and `needed`.

    `half` is half of the paper's effect, of the same part, and `needed` the seeds at which the
    half-width of the interval would be as small, as text ("excluded" where the interval lies below
    it). Both are empty where the paper has no number, or where the sentence says that nothing
    changes.
    """
    effects = {claim.id for claim in claims() if claim.within is None and not claim.above}
    unresolved = rows[(rows["verdict"] == "open") & rows["column"].isin(COUNTED)].copy()
    half = unresolved["paper_of_part"] / 2
    unresolved["half"] = half.where((half > 0) & unresolved["id"].isin(effects))
    unresolved["needed"] = [
        "" if pd.isna(half) else needed(half, high, half_width, seeds)
        for half, high, half_width, seeds in zip(
            *(unresolved[name] for name in ("half", "high", "resolvable", "seeds")), strict=True
        )
    ]
    return unresolved


def needed(half: float, high: float, half_width: float, seeds: int) -> str:
    """Seeds that would see half of the paper's effect, as text."""
    if high < half:
        return "excluded"
    if half_width <= half:
        return "has enough"
    count = seeds_for(half, half_width, seeds)
    return f"more than {TOO_MANY}" if count > TOO_MANY else str(count)
