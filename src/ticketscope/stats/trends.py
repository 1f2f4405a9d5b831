"""Does a score change with sparsity? Rank correlation with a permutation test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Scores = NDArray[np.float64]

# Permutations up to which a test is exact: all orders of eight tickets.
ORDERS = 40_320


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

    test = stats.permutation_test(
        (stats.rankdata(scores),),
        correlation,
        permutation_type="pairings",
        n_resamples=ORDERS,
        batch=20_000,
        vectorized=True,
        rng=np.random.default_rng(seed),
    )
    return Trend(float(test.statistic), float(test.pvalue), least)
