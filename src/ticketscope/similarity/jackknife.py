"""Confidence intervals from one pass: a measure when groups of sentences are left out in turn."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ticketscope.errors import InputError
from ticketscope.similarity.covariance import Groups
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
    of G - 1 degrees of freedom times se, cut at 1. Groups are whole sentences, since words of a
    sentence depend on each other, and each is composed as the text is (`even_groups`).

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


def even_groups(
    offsets: Sequence[int] | NDArray[np.integer], groups: int, texts: Sequence[int] = ()
) -> Groups:
    """Groups of whole sentences, as even in tokens as possible, each with a part of every text.

    Texts are strata: if some groups were news and others captions, leaving one out would show how
    news and captions differ, and not how sentences do (Kott 2001). Inside a text a group is
    contiguous, so that neighbouring sentences, which may depend on each other, stay together. A
    text that is a list in the order of length, such as Tatoeba's, is dealt out at random instead:
    parts of it would differ as short and long sentences do.

    Args:
        offsets: Where sentences begin, and where the last ends: 0, ..., tokens.
        groups: Number of groups; fewer if every text has fewer sentences.
        texts: Numbers of sentences of the texts, which follow each other; none: it is one text.

    Raises:
        InputError: the texts have more or fewer sentences in all.
    """
    ends = np.asarray(offsets)
    texts = texts or [len(ends) - 1]
    if sum(texts) != len(ends) - 1:
        raise InputError(
            f"there are {len(ends) - 1} sentences, but their texts have {sum(texts)}: was the text "
            "changed since it was prepared?"
        )
    result: list[list[tuple[int, int]]] = [[] for _ in range(groups)]
    for first, last in itertools.pairwise(itertools.accumulate(texts, initial=0)):
        of_text = np.unique(ends[first : last + 1])
        if _is_in_order_of_length(np.diff(of_text)):
            dealt = np.random.default_rng(0).permutation(len(of_text) - 1) % groups
            for number, run in zip(dealt, itertools.pairwise(of_text.tolist()), strict=True):
                result[number].append(run)
            continue
        ideal = np.linspace(of_text[0], of_text[-1], groups + 1)
        nearest = np.abs(of_text[None, :] - ideal[:, None]).argmin(axis=1)
        bounds = [int(end) for end in of_text[np.unique(nearest)]]
        for group, run in zip(result, itertools.pairwise(bounds), strict=False):
            group.append(run)
    return [group for group in result if group]


def _is_in_order_of_length(lengths: NDArray[np.integer]) -> bool:
    """Whether sentences get longer, or shorter, all through a text."""
    if len(np.unique(lengths)) < 2:
        return False
    trend = stats.spearmanr(np.arange(len(lengths)), lengths)
    return bool(abs(trend.statistic) > 0.5 and trend.pvalue < 0.001)
