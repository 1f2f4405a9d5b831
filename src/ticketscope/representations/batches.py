"""From lines of subwords to padded batches, and back to true positions."""

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
        ids: Their numbers in the dictionary, each (length,), the EOS at the end.
        unknown: How many subwords the dictionary lacks.
        digest: SHA-256 of the lines, as a file of them has it.
    """

    pieces: list[list[str]]
    ids: list[torch.Tensor]
    unknown: int
    digest: str

    @cached_property
    def lengths(self) -> Integers:
        """Positions of each sentence, EOS included (sentences,)."""
        return np.array([len(row) for row in self.ids], dtype=np.int64)

    @cached_property
    def offsets(self) -> Integers:
        """Where each sentence begins among all positions of the text (sentences + 1,)."""
        return starts(self.lengths)


def encode(lines: Sequence[str], dictionary: Dictionary, limit: int, side: str) -> Text:
    """Look up the subwords of each line; nothing is ever cut off.

    Args:
        lines: Subwords separated by spaces; an empty line is a sentence of EOS alone.
        dictionary: Of this side.
        limit: Most positions that the model reads, EOS included.
        side: 'source' or 'target', for the error.

    Raises:
        InputError: there is no line, or one is too long: its number and the limit.
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
        # A text may spell the symbol for padding; a position of the text is never padding.
        row = [dictionary.unk() if index == dictionary.pad() else index for index in row]
        unknown += row.count(dictionary.unk())
        pieces.append(words)
        ids.append(torch.tensor([*row, dictionary.eos()]))
    return Text(pieces, ids, unknown, digest.hexdigest())


def batches(lengths: Integers, max_tokens: int) -> Iterator[Integers]:
    """Numbers of the sentences of each batch, the longest first.

    Args:
        lengths: Of each sentence (sentences,); of a pair, the longer side's.
        max_tokens: Most positions of a batch, padding included; a sentence longer than this is a
            batch of its own.
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
    text: Text, chosen: Integers, dictionary: Dictionary, *, left: bool, shift: bool
) -> Side:
    """Pad the chosen sentences to one width; with `shift` the EOS comes first, as decoders read."""
    rows = [text.ids[number] for number in chosen]
    tokens = collate_tokens(
        rows, dictionary.pad(), dictionary.eos(), left_pad=left, move_eos_to_beginning=shift
    )
    return Side(tokens, text.lengths[chosen], left)


def true_positions(side: Side) -> Integers:
    """Where the true positions are in a padded (width, batch) array laid flat, in their order.

    Returns:
        (positions,): first sentence first, each from its beginning to its end.
    """
    columns, within = _enumerate(side.lengths)
    return (within + side.shifts[columns]) * len(side.lengths) + columns


def true_weights(query: Side, key: Side, heads: int) -> Integers:
    """Where the weights of true pairs are in a padded (batch, heads, query, key) array laid flat.

    Returns:
        (pairs * heads,): over sentences, then queries, then keys, then heads.
    """
    columns, within = _enumerate(query.lengths * key.lengths)
    lengths = key.lengths[columns]
    rows = within // lengths + query.shifts[columns]
    keys = within % lengths + key.shifts[columns]
    _, height = query.tokens.shape
    _, width = key.tokens.shape
    first = (columns * heads * height + rows) * width + keys
    return (first[:, None] + np.arange(heads) * (height * width)).ravel()


def _enumerate(lengths: Integers) -> tuple[Integers, Integers]:
    """Sentence, and number within it, of every element: two arrays (sum of lengths,)."""
    columns = np.repeat(np.arange(len(lengths)), lengths)
    return columns, np.arange(len(columns)) - starts(lengths)[columns]
