"""Word vectors from the states of their subwords (appendix A.1: the mean)."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ticketscope.representations.alignment import TextAlignment
from ticketscope.representations.layout import Integers, starts
from ticketscope.representations.settings import Pooling

# Positions at a time, which bounds the memory needed beside the result.
BLOCK = 16384


def pool_words(
    states: NDArray[np.floating[Any]],
    offsets: Integers,
    alignment: TextAlignment,
    how: Pooling = "mean",
    out: NDArray[np.floating[Any]] | None = None,
) -> NDArray[np.floating[Any]]:
    """A vector for each word of a text; the vector of a word without subwords is NaN.

    The EOS belongs to no word. Sums are in float32, whatever the precision of the states.

    Args:
        states: States of the encoder (layers, positions, dim), as in a store.
        offsets: Where each sentence begins, and the end (sentences + 1,): the store's
            `encoder_offsets`.
        alignment: The alignment of the same text.
        how: Mean of the subwords, or the first, or the last.
        out: Array to fill, such as a memory map (layers, words, dim); None: a new float32 array.

    Returns:
        (layers, words, dim).

    Raises:
        ValueError: the alignment and the states belong to different texts.
    """
    spans = _rows(offsets, alignment)
    if how == "first":
        spans[:, 1] = np.minimum(spans[:, 0] + 1, spans[:, 1])
    elif how == "last":
        spans[:, 0] = np.maximum(spans[:, 1] - 1, spans[:, 0])
    counts = spans[:, 1] - spans[:, 0]
    members = _members(spans, counts, int(offsets[-1]))
    shape = len(states), len(spans), states.shape[2]
    pooled = np.empty(shape, dtype=np.float32) if out is None else out
    for words, positions in _blocks(offsets, alignment.word_offsets):
        block = members[words, positions]
        divisors = np.where(counts[words], counts[words], np.nan).astype(np.float32)[:, None]
        for layer, state in enumerate(states):
            sums = block @ np.asarray(state[positions], dtype=np.float32)
            np.divide(sums, divisors, out=pooled[layer, words], casting="same_kind")
    return pooled


def _members(spans: Integers, counts: Integers, positions: int) -> csr_matrix:
    """A matrix with ones where a position belongs to a word (words, positions)."""
    bounds = starts(counts)
    columns = np.arange(bounds[-1]) + np.repeat(spans[:, 0] - bounds[:-1], counts)
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_matrix((ones, columns, bounds), shape=(len(spans), positions))


def _rows(offsets: Integers, alignment: TextAlignment) -> Integers:
    """The spans, counted from the first position of the text (words, 2)."""
    words = np.diff(alignment.word_offsets)
    if len(offsets) != len(alignment.word_offsets):
        raise ValueError(f"{len(words)} sentences are aligned, {len(offsets) - 1} have states")
    # The last position of a sentence is its EOS.
    subwords = np.repeat(np.diff(offsets) - 1, words)
    if np.any(alignment.spans[:, 1] > subwords):
        raise ValueError("the alignment and the states belong to different texts")
    return alignment.spans + np.repeat(offsets[:-1], words)[:, None]


def _blocks(offsets: Integers, word_offsets: Integers) -> Iterator[tuple[slice, slice]]:
    """Ranges of words and positions of consecutive sentences, about `BLOCK` positions each."""
    cuts = np.searchsorted(offsets, np.arange(0, offsets[-1], BLOCK)).tolist()
    for first, last in pairwise([*cuts, len(offsets) - 1]):
        yield (
            slice(word_offsets[first], word_offsets[last]),
            slice(offsets[first], offsets[last]),
        )
