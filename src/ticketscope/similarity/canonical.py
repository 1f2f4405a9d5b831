"""Canonical correlations: SVCCA and PWCCA, from the covariances of one pass."""

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.similarity.covariance import Array, Covariances, cross_covariances
from ticketscope.similarity.invariances import invariant_to

Floats = NDArray[np.float64]


@invariant_to("orthogonal", "scaling", "translation", "permutation")
def svcca(x: Array, y: Array, *, share: float = 0.99) -> float:
    """Mean canonical correlation of the principal directions that hold `share` of the variance.

    Both layers are cut to their fewest principal components with that share; the singular values
    of Cxx^-1/2 Cxy Cyy^-1/2 there are averaged over the smaller number of components. Symmetric.
    Biased upwards when tokens are few: take many more tokens than dimensions.

    Invariant to orthogonal maps, one scale, translation. Source: Raghu et al. 2017.

    Args:
        x: (tokens, dim).
        y: (tokens, another dim), the same tokens.
        share: Of the variance to keep, in (0, 1].
    """
    sums = cross_covariances([x, y], [(0, 1)])
    left, right = (_whitening(sums, i, share) for i in (0, 1))
    correlations = np.linalg.svd(left.T @ sums.covariance(0, 1) @ right, compute_uv=False)
    return float(np.minimum(correlations, 1).mean())


@invariant_to("scaling", "translation", "permutation")
def pwcca(x: Array, y: Array) -> float:
    """Canonical correlations weighted by how much of x their directions account for.

    With h_i the canonical variates of x of unit variance, sum_i w_i rho_i / sum w_i, where
    w_i = sum_j |cov(h_i, x_j)|. Not symmetric: weights come from x. Needs more tokens than
    dimensions; directions without variance are left out.

    Invariant to one scale, translation and the order of neurons on either side, and to any
    invertible map of y; the weights' absolute values see a rotation of x. Source: Morcos et al.
    2018.

    Args:
        x: (tokens, dim).
        y: (tokens, another dim), the same tokens.
    """
    sums = cross_covariances([x, y], [(0, 1)])
    left, right = (_whitening(sums, i, 1.0) for i in (0, 1))
    turn, correlations, _ = np.linalg.svd(
        left.T @ sums.covariance(0, 1) @ right, full_matrices=False
    )
    weights = np.abs(turn.T @ left.T @ sums.covariance(0, 0)).sum(axis=1)
    return float(np.minimum(correlations, 1) @ weights / weights.sum())


def _whitening(sums: Covariances, i: int, share: float) -> Floats:
    """W of shape (dim, components) with W^T Cxx W = 1, of the leading principal directions."""
    covariance = sums.covariance(i, i)
    if sums.n <= len(covariance):
        raise InputError(
            f"canonical correlations need more tokens than dimensions: {sums.n} tokens, "
            f"{len(covariance)} dimensions"
        )
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = values[::-1], vectors[:, ::-1]
    epsilon = 1e-6 if "float32" in str(sums.precision) else 1e-12
    real = int((values > epsilon * values[0]).sum()) if values[0] > 0 else 0
    if real == 0:
        raise InputError("a layer whose tokens are all the same has no canonical correlations")
    shares = np.cumsum(values[:real]) / values[:real].sum()
    kept = min(int(np.searchsorted(shares, share - 1e-12)) + 1, real)
    return np.asarray(vectors[:, :kept] / np.sqrt(values[:kept]))
