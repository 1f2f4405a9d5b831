"""The text that is encoded for some tasks, and the positions of each instance's words in it.

Tasks of one text share sentences, and each sentence is encoded once.
"""

import zlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ticketscope.corpus.settings import Tokenizer
from ticketscope.probing.instances import Instance
from ticketscope.probing.settings import Context
from ticketscope.representations.alignment import AlignmentReport, TextAlignment, align_text
from ticketscope.representations.layout import Integers

Words = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where the instances of a split lie in a text.

    Attributes:
        instances: Numbers of the instances that have a place, ascending.
        rows: Position of the first word of each in the concatenated sentences, and the position
            after its last word (instances, 2).
        shuffled: The same of its words in permuted order; None if they are not encoded so.
    """

    instances: Integers
    rows: Integers
    shuffled: Integers | None = None


@dataclass(frozen=True)
class Text:
    """The encoder's input for some tasks.

    Attributes:
        sentences: Words of each line, in the order in which the encoder reads them.
        subwords: Subwords of each line, separated by spaces.
        order: Line by line, the place in the line of each of its words in the words' own order.
        places: Of the instances, for each key, usually task and split.
        divided: Documents that were longer than the model's input limit, by key and id.
        too_long: Instances that were left out because a sentence is longer than that limit.
    """

    sentences: list[Words] = field(default_factory=list)
    subwords: list[str] = field(default_factory=list)
    order: list[NDArray[np.int64]] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    divided: list[str] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)

    def place_arrays(self) -> dict[str, Integers]:
        """The places as arrays: rows by key, and `<key>/instances`, `<key>/shuffled`."""
        arrays: dict[str, Integers] = {}
        for key, place in self.places.items():
            arrays |= {key: place.rows, f"{key}/instances": place.instances}
            if place.shuffled is not None:
                arrays[f"{key}/shuffled"] = place.shuffled
        return arrays

    def align(self, tokenizer: Tokenizer) -> tuple[TextAlignment, AlignmentReport]:
        """Subwords of all words; words of a permuted line come in their own order."""
        alignment, report = align_text(self.sentences, self.subwords, tokenizer)
        shifted = zip(alignment.word_offsets[:-1], self.order, strict=True)
        places = [np.zeros(0, dtype=np.int64), *(start + order for start, order in shifted)]
        spans = alignment.spans[np.concatenate(places)]
        return TextAlignment(alignment.word_offsets, spans), report


def lay_out(
    tasks: Mapping[str, Mapping[int, Instance]],
    context: Context,
    encode: Callable[[Words], str],
    longest: int,
    *,
    shuffled: bool = False,
) -> Text:
    """Lay out the words of instances as one text, without repetitions.

    Args:
        tasks: Instances by key and by their number in their file.
        context: Whether a document is one line. Documents that are too long are always divided into
            sentences. An instance with a sentence that is too long is left out.
        encode: Returns the subwords of a line, separated by spaces.
        longest: Largest number of subwords in a line, without EOS.
        shuffled: Whether to add each sentence once more with its words permuted.
    """
    text = Text()
    builder = _Builder(text, encode, longest)
    for key, instances in tasks.items():
        kept, rows, permuted = [], [], []
        for number, instance in instances.items():
            places = [builder.place(key, instance, context)]
            if shuffled:
                places.append(builder.place(key, instance, context, permuted=True))
            if None in places:
                text.too_long.append(f"{key}: {instance.id}")
                continue
            kept.append(number)
            rows.append(places[0])
            permuted.append(places[-1])
        text.places[key] = Place(
            np.array(kept, dtype=np.int64),
            np.array(rows, dtype=np.int64).reshape(-1, 2),
            np.array(permuted, dtype=np.int64).reshape(-1, 2) if shuffled else None,
        )
    return text


class _Builder:
    """Adds lines to a text."""

    def __init__(self, text: Text, encode: Callable[[Words], str], longest: int) -> None:
        self._text, self._encode, self._longest = text, encode, longest
        self._words = 0
        self._placed: dict[Hashable, tuple[int, int] | None] = {}

    def place(
        self, key: str, instance: Instance, context: Context, *, permuted: bool = False
    ) -> tuple[int, int] | None:
        """First word of an instance and the one after its last; None: a line is too long."""
        unit = _lines(instance, context)
        name = (unit, instance.sentences) if permuted else unit
        if name not in self._placed:
            self._placed[name] = self._add(key, instance, unit, permuted)
        return self._placed[name]

    def _add(
        self, key: str, instance: Instance, unit: tuple[Words, ...], permuted: bool
    ) -> tuple[int, int] | None:
        sentences = (instance.sentences or (0,)) if len(unit) == 1 else (0,)
        orders = [
            _permutation(line, sentences) if permuted else np.arange(len(line)) for line in unit
        ]
        lines = [_arranged(line, order) for line, order in zip(unit, orders, strict=True)]
        subwords = [self._encode(line) for line in lines]
        if len(unit) == 1 and len(sentences) > 1 and self._too_long(subwords):
            if not permuted:
                self._text.divided.append(f"{key}: {instance.id}")
            return self._add(key, instance, _lines(instance, "sentence"), permuted)
        if self._too_long(subwords):
            return None
        self._text.sentences.extend(lines)
        self._text.subwords.extend(subwords)
        self._text.order.extend(orders)
        first = self._words
        self._words += len(instance.tokens)
        return first, self._words

    def _too_long(self, lines: Sequence[str]) -> bool:
        return any(len(line.split()) > self._longest for line in lines)


def _permutation(line: Words, sentences: Sequence[int]) -> NDArray[np.int64]:
    """Place of each word in the permuted line; a function of the line alone.

    Words stay in their sentences, which begin at the words of these numbers.
    """
    generator = np.random.default_rng(zlib.crc32(" ".join(line).encode()))
    bounds = pairwise((*sentences, len(line)))
    return np.concatenate([first + generator.permutation(end - first) for first, end in bounds])


def _arranged(line: Words, order: NDArray[np.int64]) -> Words:
    return tuple(line[i] for i in np.argsort(order))


def _lines(instance: Instance, context: Context) -> tuple[Words, ...]:
    if context == "document" or instance.sentences is None:
        return (instance.tokens,)
    bounds = pairwise((*instance.sentences, len(instance.tokens)))
    return tuple(instance.tokens[first:last] for first, last in bounds)
