"""How alike attention heads are one by one, and whether they kept their places."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.similarity.attention import Layout
from ticketscope.similarity.covariance import Array
from ticketscope.similarity.invariances import invariant_to

Floats = NDArray[np.float64]

CHUNK = 512  # distributions at a time, since (rows, heads, heads) are in memory


@invariant_to("permutation")
def head_sim_js(a: Array, b: Array, layout: Layout) -> Floats:
    """Similarity of distributions of each head of a and each of b: 1 - Jensen-Shannon divergence.

    Of two distributions p, q with mean m, in bits: H(m) - (H(p) + H(q)) / 2, from 0 to 1; averaged
    over queries. Symmetric: swapping a and b transposes. Its values are invariant to the order of
    the heads and to nothing else. Source: Lin 1991; for heads, Clark et al. 2019.

    Args:
        a: Packed attention of a layer, (packed, heads).
        b: The same sentences' of another, (packed, other heads).
        layout: Of both.

    Returns:
        (heads, other heads).
    """
    total = np.zeros((a.shape[1], b.shape[1]))
    for p, q, _ in _chunks(a, b, layout):
        mean = (p[:, :, None] + q[:, None, :]) / 2
        own, other = _entropy(p), _entropy(q)
        total += _entropy(mean) - (own[:, None] + other[None, :]) / 2
    return np.asarray(1 - total / len(layout.starts))


def _entropy(weights: Floats) -> Floats:
    """Summed over rows, in bits; 0 log 0 = 0."""
    return -(weights * np.log2(np.where(weights > 0, weights, 1))).sum(axis=0)


@invariant_to("scaling", "translation", "permutation")
def head_sim_pearson(a: Array, b: Array, layout: Layout) -> Floats:
    """Pearson correlation of each head of a with each of b within a query, averaged over queries.

    A distribution without variance, such as one over a single key, correlates 0 with everything.
    Symmetric: swapping transposes. Invariant to one scale, translation, the order of the heads.
    Source: Wu et al. 2020.

    Args:
        a: Packed attention of a layer, (packed, heads).
        b: The same sentences' of another, (packed, other heads).
        layout: Of both.

    Returns:
        (heads, other heads).
    """
    total = np.zeros((a.shape[1], b.shape[1]))
    for p, q, starts in _chunks(a, b, layout):
        centred = [_centre(weights, starts) for weights in (p, q)]
        products = centred[0][:, :, None] * centred[1][:, None, :]
        covariances = np.add.reduceat(products, starts, axis=0)
        left, right = (_deviation(c, w, starts) for c, w in zip(centred, (p, q), strict=True))
        with np.errstate(divide="ignore", invalid="ignore"):
            correlations = covariances / (left[:, :, None] * right[:, None, :])
        total += np.where(np.isfinite(correlations), correlations, 0).sum(axis=0)
    return np.asarray(total / len(layout.starts))


def _centre(weights: Floats, starts: NDArray[np.int64]) -> Floats:
    sizes = np.diff(np.append(starts, len(weights)))
    means = np.add.reduceat(weights, starts, axis=0) / sizes[:, None]
    return np.asarray(weights - np.repeat(means, sizes, axis=0))


def _deviation(centred: Floats, weights: Floats, starts: NDArray[np.int64]) -> Floats:
    """Root of the sum of squares in each query; 0 where it is rounding of the weights."""
    squares = np.add.reduceat(centred**2, starts, axis=0)
    size = np.add.reduceat(weights**2, starts, axis=0)
    return np.sqrt(np.where(squares > 1e-24 * size, squares, 0))


def head_same_rate(similarity: Floats) -> float:
    """Share of heads whose most similar head in the other layer is the one of the same number.

    Args:
        similarity: (heads, heads), of `head_sim_js` or `head_sim_pearson`.
    """
    if similarity.ndim != 2 or similarity.shape[0] != similarity.shape[1]:
        raise InputError(f"heads keep their places only among as many: {similarity.shape}")
    return float(np.mean(similarity.argmax(axis=1) == np.arange(len(similarity))))


def _chunks(
    a: Array, b: Array, layout: Layout
) -> Iterator[tuple[Floats, Floats, NDArray[np.int64]]]:
    """Rows of whole distributions in float64, and where each starts among them."""
    p, q = layout.take(a), layout.take(b)
    starts = layout.starts
    ends = np.append(starts, len(p))
    for first in range(0, len(starts), CHUNK):
        part = starts[first : first + CHUNK]
        rows = slice(part[0], ends[first + len(part)])
        yield p[rows].astype(np.float64), q[rows].astype(np.float64), part - part[0]
