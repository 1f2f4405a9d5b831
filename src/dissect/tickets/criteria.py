"""Pruning criteria: what ranks the weights, and a cut that is exact whatever the ties."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dissect.errors import InputError
from dissect.tickets.masks import Mask

FloatArray = NDArray[np.floating]


def magnitude_scores(weights: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """|w| of every entry (section 3.2: 'the 20% lowest magnitude')."""
    return {name: np.abs(array) for name, array in weights.items()}


def random_scores(
    shapes: Mapping[str, tuple[int, ...]], *, seed: int, k: int
) -> dict[str, FloatArray]:
    """Uniform pseudo-weights for every entry: the random baseline, drawn anew at iteration k."""
    generator = np.random.default_rng([seed, k])
    return {name: generator.random(shape, dtype=np.float32) for name, shape in shapes.items()}


def cut(mask: Mask, scores: Mapping[str, FloatArray], fraction: float, scope: str) -> Mask:
    """Prune the `fraction` of the entries left that has the lowest scores.

    Exactly `round(fraction * left)` entries go, halves rounded up. Among entries that tie at the
    threshold the earlier go first: in the order of the mask's parameters, then of their entries.

    Args:
        mask: What is left so far; what it has cut stays cut.
        scores: Non-negative, one array a parameter, of the parameter's shape.
        fraction: Between 0 and 1.
        scope: `global` ranks all parameters together, `layer` each by itself.

    Raises:
        InputError: a score is NaN or infinite; the message names the parameter.
    """
    for name, array in scores.items():
        if not np.isfinite(array.max(initial=0)):  # max() propagates NaN: one pass, no copy
            raise InputError(f"cannot prune: {name} holds a weight that is NaN or infinite")
    names = list(mask.kept)
    groups = [names] if scope == "global" else [[name] for name in names]
    kept: dict[str, NDArray[np.bool_]] = {}
    for group in groups:
        flat = np.concatenate([mask.kept[name].ravel() for name in group])
        values = np.concatenate([scores[name].ravel() for name in group])
        _cut_flat(flat, values, fraction)
        start = 0
        for name in group:
            shape = mask.kept[name].shape
            size = mask.kept[name].size
            kept[name] = flat[start : start + size].reshape(shape)
            start += size
    return Mask(kept)


def _cut_flat(kept: NDArray[np.bool_], scores: FloatArray, fraction: float) -> None:
    """Cut in place; overwrites `scores`."""
    gone = kept.size - int(np.count_nonzero(kept))
    count = int(fraction * (kept.size - gone) + 0.5)
    if count == 0:
        return
    # Only what is left is ranked: among as many equal scores as have gone, a partition crawls.
    left = scores[kept] if gone else scores
    ranked = np.partition(left, count - 1)[:count]
    if gone:
        scores[~kept] = -1
    threshold = ranked.max()
    ties = int(np.count_nonzero(ranked == threshold))
    del left, ranked
    np.greater_equal(scores, threshold, out=kept)
    kept[_first_where(scores, threshold, ties)] = False


def _first_where(scores: FloatArray, value: np.floating, count: int) -> NDArray[np.intp]:
    """Indices of the first `count` entries equal to `value`."""
    return np.flatnonzero(scores == value)[:count]
