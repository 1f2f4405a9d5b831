"""Scopes of a cut that are no ranking of all entries: by rows, by shape, by attention head."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.tickets.heads import Heads, split_heads
from ticketscope.tickets.masks import FloatArray
from ticketscope.tickets.parameters import module_of

BLOCK = 1 << 16  # entries that are ranked at a time


def rounded(fraction: float, left: int) -> int:
    """How many of so many entries a fraction is, halves rounded up."""
    return int(fraction * left + 0.5)


def row_rule(
    name: str, shape: tuple[int, ...], scope: str, fraction: float
) -> tuple[int, Callable[[NDArray[np.int64]], NDArray[np.int64]]]:
    """Length of the groups of a matrix, and how many of so many entries left stay in each."""
    if scope == "row":
        return shape[1], lambda left: left - (fraction * left + 0.5).astype(np.int64)
    stay, group = map(int, scope.split(":"))
    if shape[1] % group:
        raise InputError(
            f"cannot prune: {name} has {shape[1]} inputs, which is no multiple of {group}: choose "
            f"another pattern than {scope}"
        )
    return group, lambda left: np.minimum(left, stay)


def cut_rows(
    kept: NDArray[np.bool_],
    scores: FloatArray,
    stay: Callable[[NDArray[np.int64]], NDArray[np.int64]],
) -> None:
    """Cut the lowest entries of each row in place, (rows, entries)."""
    step = max(1, BLOCK // kept.shape[1])
    for first in range(0, len(kept), step):
        block = kept[first : first + step]
        left = np.count_nonzero(block, axis=1)
        # What is cut comes last, so that the first of the order are the lowest that are left.
        order = np.argsort(
            np.where(block, scores[first : first + step], np.inf), axis=1, kind="stable"
        )
        lost = np.arange(block.shape[1]) < (left - stay(left))[:, None]
        cut_now = np.zeros_like(block)
        np.put_along_axis(cut_now, order, lost, axis=1)
        block &= ~cut_now


def erk_counts(
    shapes: Mapping[str, tuple[int, ...]], left: Mapping[str, int], total: int
) -> dict[str, int]:
    """How many entries of each tensor stay, `total` in all (Evci et al. 2020).

    The share that stays is proportional to the sum of a tensor's sides over their product, and at
    most 1: small and narrow tensors stay dense. Fractions are rounded by largest remainder.

    Args:
        shapes: Of the tensors; a bias counts as a matrix of one column.
        left: How many entries each has left, which is the most that can stay.
        total: At most as many as are left.
    """
    sizes = {name: math.prod(shape) for name, shape in shapes.items()}
    sides = {name: sum(shape) + (len(shape) == 1) for name, shape in shapes.items()}
    dense: set[str] = set()
    scale = 0.0
    while len(dense) < len(sizes):
        rest = total - sum(left[name] for name in dense)
        scale = max(rest, 0) / sum(sides[name] for name in sides if name not in dense)
        full = {name for name in sizes if name not in dense and scale * sides[name] > left[name]}
        if not full:
            break
        dense |= full
    exact = {name: left[name] if name in dense else scale * sides[name] for name in sizes}
    counts = {name: int(value) for name, value in exact.items()}
    missing = total - sum(counts.values())
    by_remainder = sorted(counts, key=lambda name: counts[name] - exact[name])
    for name in by_remainder:
        if missing > 0 and counts[name] < left[name]:
            counts[name] += 1
            missing -= 1
    return counts


def cut_heads(
    kept: Mapping[str, NDArray[np.bool_]],
    scores: Mapping[str, FloatArray],
    shapes: Mapping[str, tuple[int, ...]],
    fraction: float,
    heads: Heads,
) -> None:
    """Cut whole attention heads in place: their queries, keys, values and output's columns."""
    parts: dict[tuple[str, int, str, int], list[tuple[NDArray[np.bool_], FloatArray]]] = {}
    for name, shape in shapes.items():
        module = module_of(name)
        if module is None:
            continue
        split = [
            split_heads(module, array.reshape(shape), heads[module.side])
            for array in (kept[name], scores[name])
        ]
        for (head, entries), (_, ranked) in zip(*split, strict=True):
            if head is not None:
                key = module.side, module.layer, module.block, head
                parts.setdefault(key, []).append((entries, ranked))
    means = {
        key: np.mean(np.concatenate([ranked[entries] for entries, ranked in arrays]))
        for key, arrays in parts.items()
        if any(entries.any() for entries, _ in arrays)
    }
    # Sorting is stable, and modules come in the model's order.
    for key in sorted(means, key=lambda key: float(means[key]))[: rounded(fraction, len(means))]:
        for entries, _ in parts[key]:
            entries[:] = False
