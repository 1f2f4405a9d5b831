"""B minus A, of one seed or of several, with an interval where possible."""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ticketscope.report.compare.estimates import Estimate, mean, minus

# How an interval was made, in the tables' words.
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
        interval: How the interval was made.
        df: Degrees of freedom of a t interval; NaN: a normal distribution is assumed.
    """

    a: float
    b: float
    estimate: Estimate
    interval: str
    df: float = math.nan


def of_row(a: Row, b: Row, paired: Paired) -> Difference:
    """One seed: paired on the same items if that is possible, else from the two intervals."""
    estimate = paired(a, b)
    if estimate is not None:
        return Difference(a["value"], b["value"], estimate, PAIRED)
    return _of_intervals([a], [b])


def of_seeds(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    """The same seeds in both: the mean of the differences, with Student's interval over seeds."""
    return _over_seeds(a, b, stats.ttest_rel, SEEDS_PAIRED)


def of_groups(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    """Other seeds: the difference of the means, with Welch's interval over seeds.

    Where a side has a single seed, the interval comes from those of the values.
    """
    if min(len(a), len(b)) == 1:
        return _of_intervals(a, b)
    return _over_seeds(a, b, partial(stats.ttest_ind, equal_var=False), SEEDS_APART)


def _over_seeds(
    a: Sequence[Row], b: Sequence[Row], test: Callable[..., Any], interval: str
) -> Difference:
    values_a, values_b = _values(a), _values(b)
    mean_a, mean_b = float(values_a.mean()), float(values_b.mean())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of seeds without variance
        result = test(values_b, values_a)
    # Seeds without variance (counts, often) do not show how far they could differ.
    if not math.isfinite(result.statistic) or PAIR in str(a[0]["seed"]):
        return Difference(mean_a, mean_b, Estimate(mean_b - mean_a), NONE)
    low, high = result.confidence_interval(LEVEL)
    estimate = Estimate(mean_b - mean_a, float(low), float(high))
    return Difference(mean_a, mean_b, estimate, interval, float(result.df))


def _of_intervals(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    mean_a, mean_b = (mean([_estimate(row) for row in side]) for side in (a, b))
    difference = minus(mean_b, mean_a)
    if math.isnan(difference.low) or math.isnan(difference.high):
        return Difference(mean_a.value, mean_b.value, Estimate(difference.value), NONE)
    return Difference(mean_a.value, mean_b.value, difference, BOTH)


def _values(rows: Sequence[Row]) -> Any:
    return np.array([row["value"] for row in rows], dtype=float)


def _estimate(row: Row) -> Estimate:
    return Estimate(*(float(row[name]) for name in ("value", "low", "high")))


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """Add `outside`, whether an interval excludes 0, and `corrected`, whether it still does so.

    The corrected interval is Bonferroni's for as many differences as count in the table: each side
    is widened by the ratio of the quantiles, of Student's distribution where there are degrees of
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
