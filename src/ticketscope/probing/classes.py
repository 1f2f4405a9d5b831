"""Statistics of one comparison, on arrays: the paired bootstrap of two scores, and task classes.

`comparison` selects the probes of all tickets, calls these functions, and builds the tables.
"""

from collections.abc import Collection
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
    """Difference of two scores, such as a ticket's minus LTH0's.

    Attributes:
        value: Difference of the means over replicates.
        low: Lower end of the 95 % percentile interval.
        high: Upper end of the interval.
        p: Two-sided p-value.
    """

    value: float
    low: float
    high: float
    p: float


def resampled_scores(metric: Metric, statistics: Statistics, counts: NDArray[np.int32]) -> Scores:
    """Mean score of the replicates in each resample of the test instances.

    Args:
        metric: Metric of the statistics.
        statistics: Statistics of the replicates of one layer (replicates, instances, counts).
        counts: How often each instance is drawn (resamples, instances), the same for all tickets
            (`stats.resampling.resample`).

    Returns:
        (resamples,).
    """
    return metric.value(counts.astype(np.float64) @ statistics).mean(axis=0)


def paired_difference(
    metric: Metric, system: Statistics, baseline: Statistics, counts: NDArray[np.int32]
) -> Difference:
    """Paired bootstrap over test instances of a system against a baseline (Koehn 2004).

    Args:
        metric: Metric of the statistics.
        system: Statistics such as those of a ticket (replicates, instances, counts).
        baseline: Statistics such as those of LTH0, with the same instances.
        counts: As in `resampled_scores`.
    """
    scores = [float(metric.value(x.sum(axis=1)).mean()) for x in (system, baseline)]
    samples = [resampled_scores(metric, x, counts) for x in (system, baseline)]
    low, high = np.quantile(samples[0] - samples[1], [0.025, 0.975])
    p = paired_p_value(scores[0], samples[0], scores[1], samples[1])
    return Difference(scores[0] - scores[1], float(low), float(high), p)


def classify(
    trends: dict[str, Trend],
    last: dict[str, Difference],
    level: float,
    at_floor: Collection[str] = (),
) -> dict[str, tuple[Verdict, float]]:
    """Class of each task (section 4.2), and the corrected p-value that it is based on.

    A task is degrading (improving) if its score falls (rises) with sparsity over the tickets of the
    series, by Spearman's correlation, and the last ticket is below (above) LTH0 on the test
    instances. Both tests must reject, so the task's p-value is the larger of the two. It must be
    below `level` after Holm's correction over the tasks. Any other task is invariant: no trend was
    shown. A task is undecided if even a perfect order of so few tickets could not be significant,
    or if the probe of a ticket never left its floor.

    Args:
        trends: Trend of each task over the tickets.
        last: Difference of the series' last ticket from LTH0, for each task.
        level: Significance level, such as .05.
        at_floor: Tasks in which a ticket's probe never left its floor.
    """
    joint = [max(trends[task].p, last[task].p) for task in trends]
    corrected = holm(np.array(joint))
    classes: dict[str, tuple[Verdict, float]] = {}
    for task, p in zip(trends, corrected.tolist(), strict=True):
        rho, difference = trends[task].rho, last[task].value
        verdict: Verdict = "invariant"
        if trends[task].least * len(trends) >= level or task in at_floor:
            verdict = "undecided"
        elif p < level and rho * difference > 0:
            verdict = "improving" if rho > 0 else "degrading"
        classes[task] = (verdict, p)
    return classes
