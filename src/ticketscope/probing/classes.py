"""What may be said of scores: spread, differences, trends with sparsity, classes of tasks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.metrics import Metric, Statistics
from ticketscope.stats.corrections import holm
from ticketscope.stats.resampling import paired_p_value
from ticketscope.stats.trends import Trend

Scores = NDArray[np.float64]
Verdict = Literal["invariant", "degrading", "improving", "undecided"]


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
            (`stats.resampling.resample`).

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
