"""What may be said of scores: spread, differences, trends with sparsity, classes of tasks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dissect.probing.metrics import Metric, Statistics
from dissect.translation.scores import paired_p_value

Scores = NDArray[np.float64]
Verdict = Literal["invariant", "degrading", "improving", "undecided"]

# Permutations up to which a test is exact: all orders of eight tickets.
ORDERS = 40_320


@dataclass(frozen=True)
class Difference:
    """A ticket's score minus LTH0's, the same seed.

    Attributes:
        value: Of the means over replicates.
        low: Lower end of the 95 % percentile interval.
        high: Upper end.
        p: Two-sided.
    """

    value: float
    low: float
    high: float
    p: float


def resampled(metric: Metric, statistics: Statistics, counts: NDArray[np.int32]) -> Scores:
    """The mean over replicates of the score, in each resample of the test instances.

    Args:
        metric: That counted the statistics.
        statistics: Of one layer's replicates (replicates, instances, counts).
        counts: How often each instance is drawn (resamples, instances); the same for all tickets
            (`translation.scores.resample`).

    Returns:
        (resamples,).
    """
    return metric.value(counts.astype(np.float64) @ statistics).mean(axis=0)


def paired_difference(
    metric: Metric, ticket: Statistics, dense: Statistics, counts: NDArray[np.int32]
) -> Difference:
    """Paired bootstrap over test sentences of a ticket against LTH0 (Koehn 2004).

    Args:
        metric: That counted the statistics.
        ticket: (replicates, instances, counts).
        dense: The same of LTH0.
        counts: As in `resampled`.
    """
    scores = [float(metric.value(x.sum(axis=1)).mean()) for x in (ticket, dense)]
    samples = [resampled(metric, x, counts) for x in (ticket, dense)]
    low, high = np.quantile(samples[0] - samples[1], [0.025, 0.975])
    p = paired_p_value(scores[0], samples[0], scores[1], samples[1])
    return Difference(scores[0] - scores[1], float(low), float(high), p)


@dataclass(frozen=True)
class Trend:
    """Spearman's rank correlation of scores with sparsity.

    Attributes:
        rho: 0 if all scores are equal.
        p: Two-sided, by permutation of the tickets.
        least: The smallest p that so many tickets allow.
    """

    rho: float
    p: float
    least: float


def trend(scores: Scores, sparsity: Scores, seed: int) -> Trend:
    """Of tickets LTH0, LTH1, ...: scores (tickets,), the mean over seeds where there are several.

    Exact up to eight tickets, with `ORDERS` random permutations above.
    """
    size = len(scores)
    least = 2 / min(float(np.prod(np.arange(1.0, size + 1))), ORDERS)
    if size < 3 or np.ptp(scores) == 0 or np.ptp(sparsity) == 0:
        return Trend(0.0, 1.0, min(least, 1.0))
    ranks = stats.rankdata(sparsity)

    def correlation(x: Scores, axis: int) -> Scores:
        centred = x - x.mean(axis=axis, keepdims=True)
        other = ranks - ranks.mean()
        below = np.sqrt((centred**2).sum(axis=axis) * (other**2).sum())
        return np.asarray((centred * other).sum(axis=axis) / below)

    found = stats.permutation_test(
        (stats.rankdata(scores),),
        correlation,
        permutation_type="pairings",
        n_resamples=ORDERS,
        batch=20_000,
        vectorized=True,
        rng=np.random.default_rng(seed),
    )
    return Trend(float(found.statistic), float(found.pvalue), least)


def holm(p_values: Scores) -> Scores:
    """p-values corrected for their number (Holm 1979), in the order given."""
    order = np.argsort(p_values, kind="stable")
    steps = p_values[order] * np.arange(len(p_values), 0, -1)
    corrected = np.empty_like(steps)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return corrected


def classify(
    trends: dict[str, Trend], last: dict[str, Difference], level: float
) -> dict[str, tuple[Verdict, float]]:
    """Class of each task (section 4.2), and the corrected p-value that decided.

    The rule: a task is degrading (improving) if its score on the layer chosen on dev falls (rises)
    with sparsity by Spearman's correlation over all tickets of the series, and the last ticket is
    below (above) LTH0 on the test sentences, both in the same direction. Both tests have to reject,
    so their larger p-value is the task's; Holm's correction over the tasks is applied to it, and
    the result must be below `level`. Any other task is invariant, which means that no trend was
    shown. If even a perfect order of so few tickets could not have been significant, the task is
    undecided.

    Args:
        trends: By task.
        last: By task, the difference of the series' last ticket from LTH0.
        level: Such as .05.
    """
    joint = [max(trends[task].p, last[task].p) for task in trends]
    corrected = holm(np.array(joint))
    classes: dict[str, tuple[Verdict, float]] = {}
    for task, p in zip(trends, corrected.tolist(), strict=True):
        rho, difference = trends[task].rho, last[task].value
        verdict: Verdict = "invariant"
        if trends[task].least * len(trends) >= level:
            verdict = "undecided"
        elif p < level and rho * difference > 0:
            verdict = "improving" if rho > 0 else "degrading"
        classes[task] = (verdict, p)
    return classes
