"""Which subwords a word is made of: by the characters that both are made of.

The paper's authors mapped subwords to words with a pile of rules and left out the sentences, about
5 %, where the counts did not agree. Here Moses and BPE are undone character by character, so no
sentence is left out.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.representations.layout import Integers, starts

Spans = NDArray[np.int32]

# What Moses writes for the characters that XML and its own phrase tables reserve.
ENTITIES = {
    "&amp;": "&",
    "&#124;": "|",
    "&lt;": "<",
    "&gt;": ">",
    "&apos;": "'",
    "&quot;": '"',
    "&#91;": "[",
    "&#93;": "]",
}
_ENTITY = re.compile("|".join(map(re.escape, ENTITIES)))
# Moses takes spaces of all kinds for one, and drops control characters.
_NO_CHARACTER = re.compile(r"[\s\x00-\x1f]+")


@dataclass(frozen=True)
class Alignment:
    """The subwords of each word of one sentence.

    Attributes:
        spans: First subword and the one after the last (words, 2); equal where a word has none. A
            subword that words share is in the spans of all of them.
        problem: Why the characters differ; None: they agree, and so the alignment is exact.
    """

    spans: Spans
    problem: str | None = None


@dataclass(frozen=True)
class TextAlignment:
    """The alignments of a text, sentences end to end.

    Attributes:
        word_offsets: Where the words of each sentence begin (sentences + 1,).
        spans: As in `Alignment`, counted from the sentence's first subword (words, 2).
    """

    word_offsets: Integers
    spans: Spans


@dataclass(frozen=True)
class AlignmentReport:
    """What a reader should know of a text's alignment.

    Attributes:
        sentences: Number of sentences.
        words: Number of words.
        words_without_subwords: Words that have none; their vectors are zeros.
        unalignable: Line (from 1) and reason of each sentence whose characters differ.
    """

    sentences: int
    words: int
    words_without_subwords: int
    unalignable: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def align(words: Sequence[str], subwords: Sequence[str]) -> Alignment:
    """Find the subwords of each word of a sentence.

    If the characters differ, as many as possible are matched in their order.

    Args:
        words: The user's, before any tokenisation.
        subwords: Of Moses and BPE, without EOS; pieces that end in `@@` are glued to the next.
    """
    letters = [_NO_CHARACTER.sub("", word) for word in words]
    given = "".join(letters)
    found, owners = _characters(subwords)
    if given == found:
        return Alignment(_spans(letters, owners))
    return Alignment(_spans(letters, _matched(given, found, owners)), _difference(given, found))


def align_text(
    words: Sequence[Sequence[str]], subword_lines: Sequence[str]
) -> tuple[TextAlignment, AlignmentReport]:
    """Align a text, line by line.

    Args:
        words: The user's words of each sentence.
        subword_lines: Its subwords, separated by spaces.

    Raises:
        ValueError: the numbers of sentences differ.
    """
    spans, unalignable = [np.zeros((0, 2), dtype=np.int32)], []
    for number, (sentence, line) in enumerate(zip(words, subword_lines, strict=True), start=1):
        alignment = align(sentence, line.split())
        spans.append(alignment.spans)
        if alignment.problem is not None:
            unalignable.append({"line": number, "reason": alignment.problem})
    packed = np.concatenate(spans)
    offsets = starts(np.array([len(sentence) for sentence in words], dtype=np.int64))
    empty = int(np.count_nonzero(packed[:, 0] == packed[:, 1]))
    return (
        TextAlignment(offsets, packed),
        AlignmentReport(len(words), len(packed), empty, unalignable),
    )


def _characters(subwords: Sequence[str]) -> tuple[str, Spans]:
    """The text's characters, and the subwords that spell each of them.

    Returns:
        The characters, Moses undone, without spaces; first subword and the one after the last of
        each (characters, 2). Several spell one when BPE has split an entity.
    """
    characters: list[str] = []
    owners: list[tuple[int, int]] = []
    token: list[tuple[str, int]] = []  # characters of a Moses token, each with its subword
    for number, subword in enumerate(subwords):
        glued = subword.endswith("@@")
        token += [(letter, number) for letter in (subword[:-2] if glued else subword)]
        if glued and number + 1 < len(subwords):
            continue
        for text, first, last in _undo_moses("".join(letter for letter, _ in token)):
            characters.append(text)
            owners.append((token[first][1], token[last - 1][1] + 1))
        token = []
    return "".join(characters), np.array(owners, dtype=np.int32).reshape(-1, 2)


def _undo_moses(token: str) -> list[tuple[str, int, int]]:
    """The characters that a Moses token stands for, each with its range in the token."""
    if token == "@-@":
        return [("-", 0, 3)]
    found, at = [], 0
    while at < len(token):
        entity = _ENTITY.match(token, at) if token[at] == "&" else None
        end = entity.end() if entity else at + 1
        text = ENTITIES[entity.group()] if entity else token[at]
        if not _NO_CHARACTER.fullmatch(text):
            found.append((text, at, end))
        at = end
    return found


def _spans(letters: Sequence[str], owners: Spans) -> Spans:
    """Spans of words from those of their characters; a span of -1 marks one without a subword.

    Args:
        letters: Each word's characters.
        owners: As `_characters` returns, for all words' characters (characters, 2).
    """
    spans = np.zeros((len(letters), 2), dtype=np.int32)
    at = 0
    for number, word in enumerate(letters):
        own = owners[at : at + len(word)]
        own = own[own[:, 0] >= 0]
        if len(own):
            spans[number] = own[:, 0].min(), own[:, 1].max()
        at += len(word)
    return spans


def _matched(given: str, found: str, owners: Spans) -> Spans:
    """For each character of `given` the subwords of its likeliest counterpart in `found`.

    Characters that were replaced by others share those out in their order; -1: no counterpart.
    """
    matched = np.full((len(given), 2), -1, dtype=np.int32)
    matcher = difflib.SequenceMatcher(None, given, found, autojunk=False)
    for _, first, last, other, end in matcher.get_opcodes():
        if end > other:
            for step in range(last - first):
                matched[first + step] = owners[other + step * (end - other) // (last - first)]
    return matched


def _difference(given: str, found: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(given, found, strict=False)) if a != b), None)
    at = min(len(given), len(found)) if at is None else at
    return (
        f"from character {at + 1} on, spaces not counted, the words have "
        f"{given[at : at + 20]!r} and the subwords {found[at : at + 20]!r}"
    )
