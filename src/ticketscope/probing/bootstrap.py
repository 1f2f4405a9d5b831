"""Scores of probes and their paired bootstrap over test instances (Koehn 2004)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.metrics import Metric, Statistics
from ticketscope.stats.resampling import interval, paired_p_value


@dataclass(frozen=True)
class Score:
    """Mean score of some probes.

    Attributes:
        value: On all test instances.
        samples: In each resample of them (resamples,).
    """

    value: float
    samples: NDArray[np.float64]


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


def score_of(metric: Metric, statistics: Statistics, counts: NDArray[np.int32]) -> Score:
    """Mean score of replicates.

    Args:
        metric: Metric of the statistics.
        statistics: Statistics of the replicates of one layer (replicates, instances, counts).
        counts: How often each instance is drawn (resamples, instances), the same for all tickets
            (`stats.resampling.resample`).
    """
    samples = metric.value(counts.astype(np.float64) @ statistics).mean(axis=0)
    return Score(float(metric.value(statistics.sum(axis=1)).mean()), samples)


def mean_score(scores: Sequence[Score]) -> Score:
    """Of several tickets, such as those of all seeds, on the same resamples."""
    values = np.mean([score.value for score in scores])
    return Score(float(values), np.mean([score.samples for score in scores], axis=0))


def paired_difference(system: Score, baseline: Score) -> Difference:
    """A system against a baseline, on the same resamples of the same instances."""
    low, high = interval(system.samples - baseline.samples)
    p = paired_p_value(system.value, system.samples, baseline.value, baseline.samples)
    return Difference(system.value - baseline.value, low, high, p)
