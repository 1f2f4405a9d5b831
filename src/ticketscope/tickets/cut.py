"""A cut of the lowest scores that is exact whatever the ties."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.tickets.heads import Heads
from ticketscope.tickets.masks import FloatArray, Mask
from ticketscope.tickets.scopes import cut_heads, cut_rows, erk_counts, rounded, row_rule

Entries = tuple[NDArray[np.bool_], FloatArray]
"""One parameter's entries, flat: whether each is left, and its score."""

SAMPLE = 1 << 20  # scores
BLOCK = 1 << 16  # scores


def cut(
    mask: Mask,
    scores: Mapping[str, FloatArray],
    fraction: float,
    scope: str,
    heads: Heads | None = None,
) -> Mask:
    """Prune the `fraction` of the entries left that has the lowest scores.

    Exactly `round(fraction * left)` entries go from each group that the scope ranks by itself,
    halves rounded up. Among entries that tie at the threshold the earlier go first: in the order of
    the mask's parameters, then of their entries.

    ===========  ==========================================================================
    scope        ranked together
    ===========  ==========================================================================
    global       all entries
    layer        the entries of a tensor
    row          the weights of an output (Sun et al. 2024); a bias is a tensor by itself
    erk          the entries of a tensor, whose share left is proportional to the sum of
                 its sides over their product (Evci et al. 2020), in all as many as global
    n:m          m neighbouring inputs of an output, n of which stay, whatever the fraction
                 (Mishra et al. 2021); biases stay
    head         whole attention heads, by the mean score of their entries (Michel et al.
                 2019); `fraction` is that of the heads left
    ===========  ==========================================================================

    Args:
        mask: What is left so far; what it has cut stays cut.
        scores: One array a parameter, of the parameter's shape.
        fraction: Between 0 and 1.
        scope: One of the table.
        heads: Number of attention heads of the encoder's layers and of the decoder's, for `head`.

    Raises:
        InputError: a score is NaN or infinite, or a matrix has no multiple of m inputs; the message
            names the parameter.
    """
    for name, array in scores.items():
        # Both propagate NaN; neither copies.
        if not np.isfinite([array.min(initial=0), array.max(initial=0)]).all():
            raise InputError(f"cannot prune: {name} holds a weight that is NaN or infinite")
    kept = {name: mask.kept[name].flatten() for name in mask.kept}
    entries = {name: (kept[name], scores[name].ravel()) for name in kept}
    shapes = mask.shapes
    if scope == "global":
        _cut_share(list(entries.values()), fraction)
    elif scope == "layer":
        for name in kept:
            _cut_share([entries[name]], fraction)
    elif scope == "erk":
        left = {name: int(np.count_nonzero(array)) for name, array in kept.items()}
        total = sum(left.values())
        stay = erk_counts(shapes, left, total - rounded(fraction, total))
        for name in kept:
            _cut_lowest([entries[name]], left[name] - stay[name])
    elif scope == "head":
        cut_heads(kept, scores, shapes, fraction, heads or {})
    else:
        for name, shape in shapes.items():
            if len(shape) == 2:
                width, rule = row_rule(name, shape, scope, fraction)
                cut_rows(kept[name].reshape(-1, width), scores[name].reshape(-1, width), rule)
            elif scope == "row":
                _cut_share([entries[name]], fraction)
    return Mask({name: array.reshape(shapes[name]) for name, array in kept.items()})


def _cut_share(arrays: list[Entries], fraction: float) -> None:
    """Cut a share of what is left, in place, over all the arrays together."""
    left = sum(int(np.count_nonzero(kept)) for kept, _ in arrays)
    _cut_lowest(arrays, rounded(fraction, left))


def _cut_lowest(arrays: list[Entries], count: int) -> None:
    """Cut so many entries in place, over all the arrays together."""
    if count == 0:
        return
    left = sum(int(np.count_nonzero(kept)) for kept, _ in arrays)
    threshold, ties = _threshold(arrays, count, *_bracket(arrays, count / left))
    for kept, scores in _blocks(arrays):
        lost = scores < threshold
        if ties:
            equal = np.flatnonzero(kept & (scores == threshold))[:ties]
            lost[equal] = True
            ties -= equal.size
        np.greater(kept, lost, out=kept)  # kept and not lost


def _threshold(
    arrays: list[Entries], count: int, low: np.floating, high: np.floating
) -> tuple[np.floating, int]:
    """The `count`-th lowest score left, and how many of the `count` lowest are equal to it.

    Only what lies between `low` and `high` is ranked, or everything if the answer does not: a
    partition of all scores, with the copies it needs, costs several times as much.
    """
    below, between = 0, []
    for kept, scores in _blocks(arrays):
        lower = scores < low
        below += int(np.count_nonzero(kept & lower))
        between.append(scores[(scores <= high) & kept & ~lower])
    ranked = np.concatenate(between)
    if not below < count <= below + ranked.size:  # the sample misled
        below, ranked = 0, np.concatenate([scores[kept] for kept, scores in arrays])
    lowest = np.partition(ranked, count - below - 1)[: count - below]
    threshold = lowest[-1]
    return threshold, int(np.count_nonzero(lowest == threshold))


def _bracket(arrays: list[Entries], share: float) -> tuple[np.floating, np.floating]:
    """Two scores that very likely have the lowest `share` of the scores left between them."""
    step = -(-sum(kept.size for kept, _ in arrays) // SAMPLE)
    drawn = [scores[::step][kept[::step]] for kept, scores in arrays]
    sample = np.sort(np.concatenate([*drawn, np.zeros(1, np.float32)]))  # never empty
    margin = 4 * math.sqrt(sample.size)  # eight standard deviations of a rank, or more
    low, high = share * sample.size - margin, share * sample.size + margin
    return sample[max(int(low), 0)], sample[min(int(high), sample.size - 1)]


def _blocks(arrays: list[Entries]) -> Iterator[Entries]:
    """Views of the arrays, short enough for a core's cache."""
    for kept, scores in arrays:
        for start in range(0, kept.size, BLOCK):
            yield kept[start : start + BLOCK], scores[start : start + BLOCK]
