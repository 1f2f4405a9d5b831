"""From lines of subwords to padded batches, and from there to the positions without padding."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
import torch
from fairseq.data import Dictionary
from fairseq.data.data_utils import collate_tokens

from ticketscope.errors import InputError
from ticketscope.representations.layout import Integers, starts


@dataclass(frozen=True)
class Text:
    """One side of a text as a model reads it.

    Attributes:
        pieces: Subwords of each sentence, without EOS.
        ids: Their numbers in the dictionary, (length,) of each sentence, with the EOS at the end.
        unknown: Number of subwords that the dictionary lacks.
        digest: SHA-256 of a file of the lines.
    """

    pieces: list[list[str]]
    ids: list[torch.Tensor]
    unknown: int
    digest: str

    @cached_property
    def lengths(self) -> Integers:
        """Number of positions of each sentence, including EOS (sentences,)."""
        return np.array([len(row) for row in self.ids], dtype=np.int64)

    @cached_property
    def offsets(self) -> Integers:
        """Where each sentence begins among the text's positions, and the end (sentences + 1,)."""
        return starts(self.lengths)


def encode(lines: Sequence[str], dictionary: Dictionary, limit: int, side: str) -> Text:
    """Look up the subwords of each line; nothing is cut off.

    Args:
        lines: Subwords separated by spaces; an empty line is a sentence of EOS alone.
        dictionary: The dictionary of this side.
        limit: Largest number of positions that the model reads, including EOS.
        side: 'source' or 'target', for the error.

    Raises:
        InputError: there is no line, or one is too long; gives its number and the limit.
    """
    if not lines:
        raise InputError(f"the {side} text is empty")
    pieces, ids, unknown = [], [], 0
    digest = hashlib.sha256()
    for number, line in enumerate(lines, start=1):
        digest.update(f"{line}\n".encode())
        words = line.split()
        if len(words) + 1 > limit:
            raise InputError(
                f"line {number} of the {side} text has {len(words) + 1} subwords, the end of "
                f"sentence included; the model reads {limit} at most: leave the line out or split "
                "it"
            )
        row = [dictionary.index(word) for word in words]
        # A text may contain the symbol for padding, but a position of the text is never padding.
        row = [dictionary.unk() if index == dictionary.pad() else index for index in row]
        unknown += row.count(dictionary.unk())
        pieces.append(words)
        ids.append(torch.tensor([*row, dictionary.eos()]))
    return Text(pieces, ids, unknown, digest.hexdigest())


def batches(lengths: Integers, max_tokens: int) -> Iterator[Integers]:
    """Yield the numbers of the sentences of each batch, longest sentences first.

    Args:
        lengths: Length of each sentence, or of the longer side of each pair (sentences,).
        max_tokens: Largest size of a batch in positions, including padding; a longer sentence is a
            batch by itself.
    """
    order = np.argsort(-lengths, kind="stable")
    first = 0
    while first < len(order):
        size = max(1, max_tokens // int(lengths[order[first]]))
        yield order[first : first + size]
        first += size


@dataclass(frozen=True)
class Side:
    """One side of a batch.

    Attributes:
        tokens: Numbers in the dictionary, padded (batch, width).
        lengths: True lengths (batch,).
        left: Whether the padding comes first.
    """

    tokens: torch.Tensor
    lengths: Integers
    left: bool

    @property
    def shifts(self) -> Integers:
        """Position at which each sentence begins (batch,)."""
        return (self.tokens.shape[1] - self.lengths) * self.left


def collate(
    text: Text, sentences: Integers, dictionary: Dictionary, *, left: bool, shift: bool
) -> Side:
    """Pad the sentences of these numbers to one width.

    Args:
        text: The text.
        sentences: Numbers of the sentences (batch,).
        dictionary: The dictionary of this side.
        left: Whether the padding comes first.
        shift: Whether the EOS comes first, as decoders read it.
    """
    rows = [text.ids[number] for number in sentences]
    tokens = collate_tokens(
        rows, dictionary.pad(), dictionary.eos(), left_pad=left, move_eos_to_beginning=shift
    )
    return Side(tokens, text.lengths[sentences], left)


def true_positions(side: Side) -> Integers:
    """Indices of the true positions in a flattened (width, batch) array, sentence by sentence.

    Returns:
        (positions,).
    """
    columns, places = _enumerate(side.lengths)
    return (places + side.shifts[columns]) * len(side.lengths) + columns


def true_weights(query: Side, key: Side, heads: int) -> Integers:
    """Indices of the weights of true pairs in a flattened (batch, heads, query, key) array.

    Returns:
        (pairs * heads,): by sentence, then query, then key, then head.
    """
    columns, places = _enumerate(query.lengths * key.lengths)
    lengths = key.lengths[columns]
    rows = places // lengths + query.shifts[columns]
    keys = places % lengths + key.shifts[columns]
    _, height = query.tokens.shape
    _, width = key.tokens.shape
    first = (columns * heads * height + rows) * width + keys
    return (first[:, None] + np.arange(heads) * (height * width)).ravel()


def _enumerate(lengths: Integers) -> tuple[Integers, Integers]:
    """The sentence of every element, and its place within it: two arrays (sum of lengths,)."""
    columns = np.repeat(np.arange(len(lengths)), lengths)
    return columns, np.arange(len(columns)) - starts(lengths)[columns]
