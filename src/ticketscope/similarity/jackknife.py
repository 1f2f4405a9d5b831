"""Confidence intervals from one pass: a measure when groups of sentences are left out in turn."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ticketscope.errors import InputError
from ticketscope.similarity.measures import Reading
from ticketscope.similarity.sums import Covariances


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


def jackknife(sums: Covariances, measure: Reading, i: int, j: int) -> Interval:
    """Delete-a-group jackknife interval, at 95 %, of a measure that never exceeds 1.

    With t_g the measure without group g of G, and m the mean of those:
    se^2 = (G - 1)/G sum (t_g - m)^2, and the interval is the value plus and minus the t quantile
    of G - 1 degrees of freedom times se, cut at 1. Groups are contiguous sentences of about equal
    size, so that words of a sentence, which depend on each other, stay together.

    Source: Quenouille 1949; Efron & Tibshirani 1993, chapter 11; groups: Kott 2001.

    Args:
        sums: A pass that kept groups and the pairs that the measure reads.
        measure: A measure of two networks of a pass.
        i: Number of the first network.
        j: Number of the second.

    Raises:
        InputError: fewer than two groups.
    """
    groups = len(sums.groups)
    if groups < 2:
        raise InputError(
            "a jackknife leaves groups of sentences out in turn and needs at least 2, given "
            f"{groups}: name a text of more sentences in representations.split"
        )
    left_out = np.array([measure(sums.without(group), i, j) for group in range(groups)])
    return around(measure(sums, i, j), left_out)


def around(value: float, left_out: NDArray[np.float64]) -> Interval:
    """The 95 % interval of a value from those without each group (groups,)."""
    groups = len(left_out)
    error = math.sqrt((groups - 1) * float(left_out.var()))
    reach = float(stats.t.ppf(0.975, groups - 1)) * error
    return Interval(value - reach, min(value + reach, 1.0))


def even_groups(offsets: Sequence[int] | NDArray[np.integer], groups: int) -> list[int]:
    """Offsets of contiguous groups of whole sentences, as even in tokens as possible.

    Args:
        offsets: Where sentences begin, and where the last ends: 0, ..., tokens.
        groups: Number of groups; fewer if there are fewer sentences.
    """
    ends = np.unique(np.asarray(offsets))
    ideal = np.linspace(ends[0], ends[-1], groups + 1)
    nearest = np.abs(ends[None, :] - ideal[:, None]).argmin(axis=1)
    return [int(end) for end in ends[np.unique(nearest)]]
