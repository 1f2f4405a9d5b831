"""B minus A, of one seed or of several, with an interval where one can be had."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ticketscope.report.claims.model import Estimate
from ticketscope.report.claims.rules import mean, minus

# How an interval was made, as the tables say it.
PAIRED = "paired bootstrap over test items"
BOTH = "from both intervals, taken for independent"
SEEDS_PAIRED = "Student's over seeds, paired"
SEEDS_APART = "Welch's over seeds"
NONE = ""

LEVEL = 0.95

# Between the numbers of two seeds whose models are compared with each other. Such pairs have seeds
# in common, so their spread gives no interval.
PAIR = " with "

# As `measures` reads them: seed, keys, own, value, low, high.
Row = Mapping[str, Any]
# A row of A and its partner in B -> the difference; None: they were not measured on the same items.
Paired = Callable[[Row, Row], Estimate | None]


@dataclass(frozen=True)
class Difference:
    """B minus A.

    Attributes:
        a: A's value.
        b: B's value.
        estimate: The difference and its interval.
        interval: How that was made.
        df: Degrees of freedom of a t interval; NaN: taken for normal.
    """

    a: float
    b: float
    estimate: Estimate
    interval: str
    df: float = math.nan


def of_row(a: Row, b: Row, paired: Paired) -> Difference:
    """One seed: paired on the same items if that is possible, else from the two intervals."""
    found = paired(a, b)
    if found is not None:
        return Difference(a["value"], b["value"], found, PAIRED)
    return _of_intervals([a], [b])


def of_seeds(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    """The same seeds in both: the mean of the differences, with Student's interval over seeds."""
    one, other = _values(a), _values(b)
    error = float((other - one).std(ddof=1)) / math.sqrt(len(one))
    return _over_seeds(a, b, error, len(one) - 1, SEEDS_PAIRED)


def of_groups(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    """Other seeds: the difference of the means, with Welch's interval over seeds.

    Where a side has a single seed, the interval comes from those of the values.
    """
    if min(len(a), len(b)) == 1:
        return _of_intervals(a, b)
    one, other = _values(a), _values(b)
    parts = [float(side.var(ddof=1)) / len(side) for side in (one, other)]
    below = sum(part**2 / (len(side) - 1) for part, side in zip(parts, (one, other), strict=True))
    df = sum(parts) ** 2 / below if below else math.nan
    return _over_seeds(a, b, math.sqrt(sum(parts)), df, SEEDS_APART)


def _over_seeds(
    a: Sequence[Row], b: Sequence[Row], error: float, df: float, interval: str
) -> Difference:
    one, other = float(_values(a).mean()), float(_values(b).mean())
    value = other - one
    # Seeds that do not vary (counts, often) do not say how far they could.
    if error == 0 or PAIR in str(a[0]["seed"]):
        return Difference(one, other, Estimate(value), NONE)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, df)) * error
    return Difference(one, other, Estimate(value, value - reach, value + reach), interval, df)


def _of_intervals(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    one, other = (mean([_estimate(row) for row in side]) for side in (a, b))
    found = minus(other, one)
    if math.isnan(found.low) or math.isnan(found.high):
        return Difference(one.value, other.value, Estimate(found.value), NONE)
    return Difference(one.value, other.value, found, BOTH)


def _values(rows: Sequence[Row]) -> Any:
    return np.array([row["value"] for row in rows], dtype=float)


def _estimate(row: Row) -> Estimate:
    return Estimate(*(float(row[name]) for name in ("value", "low", "high")))


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """With `outside`, whether an interval leaves out 0, and `corrected`, whether it still does so.

    Corrected is Bonferroni's interval for as many differences as count in the table: each side is
    widened by the ratio of the quantiles, of Student's distribution where there are degrees of
    freedom (`df`), else of the normal one.
    """
    tests = max(int((table["counts"] & table["low"].notna()).sum()), 1)
    wide, usual = (
        _quantile(p, table["df"]) for p in (1 - (1 - LEVEL) / 2 / tests, (1 + LEVEL) / 2)
    )
    value = table["difference"]
    low = value - (value - table["low"]) * wide / usual
    high = value + (table["high"] - value) * wide / usual
    return table.assign(
        outside=(table["low"] > 0) | (table["high"] < 0), corrected=(low > 0) | (high < 0)
    )


def _quantile(p: float, df: pd.Series) -> Any:
    return np.where(df.isna(), stats.norm.ppf(p), stats.t.ppf(p, df.fillna(1)))
