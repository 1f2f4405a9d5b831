"""From effects over seeds to verdicts (docs/steps/claims.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ticketscope.claims.model import Claim
from ticketscope.stats.seeds import LEAST_SEEDS, MeanEffect

Floats = NDArray[np.float64]
# False discovery rate over the claims of a column.
LEVEL = 0.05


@dataclass(frozen=True)
class Test:
    """A claim's test in some experiments; all arrays have the shape (experiments,).

    Attributes:
        value: The effect; of several comparisons the one that decides.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: For or against the claim, whichever is smaller; for both by two-sided tests, but that an
            effect is within a margin by two one-sided ones. NaN below `LEAST_SEEDS` seeds.
        supports: Whether `p` is for the claim.
        negligible: Whether the whole interval is too near to 0 to matter.
        deciding: Place of the comparison that decides.
    """

    value: Floats
    low: Floats
    high: Floats
    p: Floats
    supports: NDArray[np.bool_]
    negligible: NDArray[np.bool_]
    deciding: NDArray[np.intp]

    def verdicts(self, adjusted: Floats) -> NDArray[np.str_]:
        """Verdicts (experiments,).

        Args:
            adjusted: p after correction for the claims tested in the same column.
        """
        verdicts = np.where(self.supports, "supported", "contradicted")
        verdicts = np.where(self.negligible, "negligible", verdicts)
        verdicts = np.where(adjusted <= LEVEL, verdicts, "open")
        return np.where(np.isnan(self.p), "described", verdicts)


def test(claim: Claim, comparisons: Sequence[MeanEffect]) -> Test:
    """Whether a claim holds in all of several comparisons.

    It is supported if it is in each of them (intersection-union: the largest p counts), and
    contradicted if it is in one (the smallest p, times their number). One comparison is the plain
    test.

    Args:
        claim: Says on which side of what the effect should be.
        comparisons: With each rival, or of each part; at least one.
    """
    count = len(comparisons)
    if claim.within is not None:
        for_all = np.array([effect.p_within(claim.within) for effect in comparisons])
        against = np.array([effect.p_beyond(claim.within) for effect in comparisons])
    else:
        for_all = np.array([2 * effect.p_above(claim.above) for effect in comparisons])
        against = np.array([2 * effect.p_below(claim.above) for effect in comparisons])
    p_for = np.minimum(for_all.max(axis=0), 1)
    p_against = np.minimum(count * against.min(axis=0), 1)
    supports = p_for <= p_against
    # The comparison that decides is the one in which the claim holds least; ties go by the value.
    values = np.array([effect.value for effect in comparisons])
    least = values if claim.within is None else -np.abs(values)
    worst = np.where(
        supports,
        np.lexsort((least, -for_all), axis=0)[0],
        np.lexsort((least, against), axis=0)[0],
    )

    def of_worst(values: Floats) -> Floats:
        return np.asarray(np.take_along_axis(values, worst[None], axis=0)[0])

    intervals = [effect.interval() for effect in comparisons]
    low, high = (of_worst(np.array([ends[i] for ends in intervals])) for i in (0, 1))
    p = np.minimum(p_for, p_against)
    if min(effect.seeds for effect in comparisons) < LEAST_SEEDS:
        p = np.full_like(p, np.nan)
    bound = claim.negligible or 0
    negligible = (low > -bound) & (high < bound)
    return Test(of_worst(values), low, high, p, supports, negligible, worst)
