"""Parts of a parallel text: what is held out of it for testing, and a sample of its pairs.

Both follow from hashes of the sentences, so they are the same on every machine, in any order of the
file, and need no seed. A larger sample of a text holds every smaller one.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from ticketscope.corpus.parallel import TextFile, one_line
from ticketscope.errors import InputError

Pair = tuple[str, str]

_HASHES = 1 << 64


@dataclass(frozen=True)
class ParallelText:
    """A parallel text and the part of it that a split uses.

    Attributes:
        source: Side in the source language.
        target: Side in the target language, with as many lines.
        held_out: Split -> its share of the source sentences, for a text of a single set; empty:
            every split is the whole text.
        split: The split to use; any name that `held_out` lacks stands for what it leaves.
        at_most: Pairs to draw from that, if there are more; None: all.
    """

    source: TextFile
    target: TextFile
    held_out: Mapping[str, float] | None = None
    split: str = "train"
    at_most: int | None = None

    def pairs(self) -> Iterator[Pair]:
        """The pairs of the part in the order of the file, each side on one line.

        An empty side is kept as it is.

        Raises:
            InputError: a file is missing, damaged or not UTF-8, or the sides differ in length.
        """
        part = self._held_out_or_rest() if self.held_out else _aligned(self.source, self.target)
        return part if self.at_most is None else _draw(list(part), self.at_most)

    def __str__(self) -> str:
        return f"{self.source} and {self.target}"

    def _held_out_or_rest(self) -> Iterator[Pair]:
        """What a split has of a text with held-out parts, so that no sentence is in two of them.

        A source sentence belongs to one split, by its hash. Of several translations a held-out
        split has the first that is not empty. What is left has no translation that a held-out split
        has either.
        """
        held_out: dict[str, dict[str | int, Pair]] = {split: {} for split in self.held_out or {}}
        rest: list[Pair] = []
        for number, pair in enumerate(_aligned(self.source, self.target)):
            key = sentence_key(pair[0])
            split = split_of(key, self.held_out or {})
            if split is None:
                rest.append(pair)
            else:  # an empty side stands for no sentence, only for itself
                held_out[split].setdefault(key if all(pair) else number, pair)
        if self.split in held_out:
            return iter(held_out[self.split].values())
        tested = {
            sentence_key(pair[1])
            for part in held_out.values()
            for pair in part.values()
            if all(pair)
        }
        return (pair for pair in rest if sentence_key(pair[1]) not in tested)


def sentence_key(sentence: str) -> str:
    """What two spellings of a sentence share: letters and digits, whatever their case."""
    return "".join(filter(str.isalnum, sentence.casefold()))


def split_of(key: str, held_out: Mapping[str, float]) -> str | None:
    """The held-out split of a source sentence; None: no one's.

    Args:
        key: Its `sentence_key`.
        held_out: Split -> its share of all sentences.
    """
    position = _hash(key) / _HASHES
    for split, share in held_out.items():
        position -= share
        if position < 0:
            return split
    return None


def _draw(pairs: list[Pair], at_most: int) -> Iterator[Pair]:
    ranked = sorted(range(len(pairs)), key=lambda number: _hash("\t".join(pairs[number])))
    drawn = set(ranked[:at_most])
    return (pair for number, pair in enumerate(pairs) if number in drawn)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _aligned(source: TextFile, target: TextFile) -> Iterator[Pair]:
    for pair in zip_longest(source.lines(), target.lines()):
        if None in pair:
            lengths = [_length(text.lines()) for text in (source, target)]
            raise InputError(
                f"misaligned: {source} has {lengths[0]} lines, {target} has {lengths[1]}"
            )
        yield one_line(pair[0]), one_line(pair[1])


def _length(lines: Iterable[str]) -> int:
    return sum(1 for _ in lines)
