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

from ticketscope.claims.verdicts import LEAST_SEEDS, LEVEL
from ticketscope.report.compare.estimates import Estimate, mean, minus
from ticketscope.stats.corrections import benjamini_hochberg

# How an interval was made, in the tables' words.
PAIRED = "paired bootstrap over test items"
BOTH = "from both intervals, taken for independent"
SEEDS_PAIRED = "Student's over seeds, paired"
SEEDS_APART = "Welch's over seeds"
NONE = ""

CONFIDENCE = 0.95

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
        p: Two-sided, of the hypothesis that other seeds would not differ on average; NaN below
            `LEAST_SEEDS` seeds a side.
    """

    a: float
    b: float
    estimate: Estimate
    interval: str
    p: float = math.nan


def of_row(a: Row, b: Row, paired: Paired) -> Difference:
    """One seed: paired on the same items if that is possible, else from the two intervals."""
    estimate = paired(a, b)
    if estimate is not None:
        return Difference(a["value"], b["value"], estimate, PAIRED)
    return _of_intervals([a], [b])


def of_seeds(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    """The same seeds in both: the mean of the differences, with Student's interval over seeds.

    With fewer than `LEAST_SEEDS` the interval comes from those of the values.
    """
    if len(a) < LEAST_SEEDS:
        return _of_intervals(a, b)
    return _over_seeds(a, b, stats.ttest_rel, SEEDS_PAIRED)


def of_groups(a: Sequence[Row], b: Sequence[Row]) -> Difference:
    """Other seeds: the difference of the means, with Welch's interval over seeds.

    Where a side has fewer than `LEAST_SEEDS`, the interval comes from those of the values.
    """
    if min(len(a), len(b)) < LEAST_SEEDS:
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
    low, high = result.confidence_interval(CONFIDENCE)
    estimate = Estimate(mean_b - mean_a, float(low), float(high))
    return Difference(mean_a, mean_b, estimate, interval, float(result.pvalue))


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
    """Add `p_corrected` and `verdict`: differs, open, or described where there is no p-value.

    The p-values of the rows that count are corrected for their number in the table, so that of the
    differences that are called such at most `LEVEL` are expected to be none.
    """
    tested = table["counts"] & table["p"].notna()
    corrected = benjamini_hochberg(table["p"].where(tested).to_numpy(dtype=float))
    verdict = np.where(corrected <= LEVEL, "differs", "open")
    return table.assign(
        p_corrected=corrected, verdict=np.where(np.isnan(corrected), "described", verdict)
    )
