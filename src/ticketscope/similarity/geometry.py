"""Orthogonal Procrustes and RSA: the shapes of two clouds of tokens compared."""

import math

import numpy as np
import torch
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from ticketscope.errors import InputError
from ticketscope.similarity.covariance import Array, cross_covariances
from ticketscope.similarity.invariances import invariant_to

RSA_TOKENS = 5000  # 12.5 million pairs, 100 MB a layer


@invariant_to("orthogonal", "scaling", "translation", "permutation")
def procrustes(x: Array, y: Array) -> float:
    """How well y fits x after the best rotation and scale: 1 for perfectly.

    |X^T Y|_* / (|X|_F |Y|_F) with centred columns, the nuclear norm being the sum of singular
    values; the square is 1 minus scipy.spatial.procrustes's disparity. Symmetric. A constant layer
    fits nothing: 0.

    Invariant to orthogonal maps, one scale, translation. Source: Schönemann 1966; for
    representations, Ding et al. 2021, Williams et al. 2021.

    Args:
        x: (tokens, dim).
        y: (tokens, another dim), the same tokens.
    """
    sums = cross_covariances([x, y], [(0, 1)])
    own = sums.trace(0) * sums.trace(1)
    nuclear = float(torch.linalg.svdvals(sums.cross(0, 1)).sum())
    return nuclear / math.sqrt(own) if own > 0 else 0.0


@invariant_to("scaling", "permutation")
def rsa(x: Array, y: Array) -> float:
    """Representational similarity analysis: do the same tokens lie near each other?

    Spearman correlation, over all pairs of tokens, of the two layers' 1 - Pearson correlation of
    the tokens' vectors. Symmetric. It compares all pairs, so it is for samples of up to 5000
    tokens.

    Invariant to one scale and the order of neurons; a rotation changes a token's mean over neurons
    and so its correlations, a translation likewise. Source: Kriegeskorte et al. 2008.

    Args:
        x: (tokens, dim), at least 2 dimensions.
        y: (tokens, another dim), the same tokens.
    """
    layers = [np.asarray(layer, dtype=np.float64) for layer in (x, y)]
    if len(layers[0]) != len(layers[1]) or not 3 <= len(layers[0]) <= RSA_TOKENS:
        raise InputError(
            f"RSA compares the same 3 to {RSA_TOKENS} tokens: given {len(x)} and {len(y)}"
        )
    distances = []
    for layer in layers:
        if not np.isfinite(layer).all():
            raise InputError("RSA: a value is NaN or infinite")
        if (np.ptp(layer, axis=1) == 0).any():
            raise InputError("RSA: a token whose vector is constant correlates with nothing")
        distances.append(pdist(layer, "correlation"))
    return float(spearmanr(*distances).statistic)
