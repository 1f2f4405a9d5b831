"""Intervals from one pass: what a measure does when a group of sentences is left out."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ticketscope.errors import InputError
from ticketscope.similarity.sums import Covariances


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


def jackknife(
    sums: Covariances, measure: Callable[[Covariances], float], level: float = 0.95
) -> Interval:
    """Delete-a-group jackknife interval of a measure that never exceeds 1.

    With t_g the measure without group g of G, and m the mean of those:
    se^2 = (G - 1)/G sum (t_g - m)^2, and the interval is the value plus and minus the t quantile
    of G - 1 degrees of freedom times se, cut at 1. Groups are contiguous sentences of about equal
    size, so that words of a sentence, which depend on each other, stay together.

    Source: Quenouille 1949; Efron & Tibshirani 1993, chapter 11; groups: Kott 2001.

    Args:
        sums: A pass that kept groups and the pairs that the measure reads.
        measure: Of the sums.
        level: Coverage.
    """
    groups = len(sums.groups)
    if groups < 2:
        raise InputError(f"a jackknife needs at least 2 groups of sentences, given {groups}")
    values = np.array([measure(sums.without(group)) for group in range(groups)])
    error = math.sqrt((groups - 1) * float(values.var()))
    reach = float(stats.t.ppf((1 + level) / 2, groups - 1)) * error
    value = measure(sums)
    return Interval(value - reach, min(value + reach, 1.0))


def even_groups(offsets: Sequence[int] | NDArray[np.integer], groups: int) -> list[int]:
    """Offsets of contiguous groups of whole sentences, as even in tokens as they can be.

    Args:
        offsets: Where sentences start, and where the last ends: 0, ..., tokens.
        groups: How many; fewer if there are fewer sentences.
    """
    ends = np.unique(np.asarray(offsets))
    ideal = np.linspace(ends[0], ends[-1], groups + 1)
    nearest = np.abs(ends[None, :] - ideal[:, None]).argmin(axis=1)
    return [int(end) for end in ends[np.unique(nearest)]]
