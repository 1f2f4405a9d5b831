"""The subwords of each word, found by the characters that both are made of.

The paper's authors mapped subwords to words with many rules and left out the sentences, about 5 %,
where the counts did not agree. Here tokenisation and subwords are undone character by character,
so no sentence is left out.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.corpus.settings import Tokenizer
from ticketscope.corpus.tokenization import SPACE, is_moses
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
# Moses treats all kinds of space alike, and drops control characters.
_NO_CHARACTER = re.compile(r"[\s\x00-\x1f]+")


@dataclass(frozen=True)
class Alignment:
    """The subwords of each word of one sentence.

    Attributes:
        spans: First subword of each word and the one after its last (words, 2); equal where a word
            has none. A subword that several words share is in the spans of all of them.
        problem: How the characters differ; None: they agree, so the alignment is exact.
    """

    spans: Spans
    problem: str | None = None


@dataclass(frozen=True)
class TextAlignment:
    """The alignments of all sentences of a text, one after the other.

    Attributes:
        word_offsets: Where the words of each sentence begin, and the end (sentences + 1,).
        spans: As in `Alignment`, counted from the sentence's first subword (words, 2).
    """

    word_offsets: Integers
    spans: Spans


@dataclass(frozen=True)
class AlignmentReport:
    """How well the words of a text could be aligned.

    Attributes:
        sentences: Number of sentences.
        words: Number of words.
        words_without_subwords: Number of words without any, which have no vector.
        unalignable: Line (from 1) and reason of each sentence whose characters differ.
    """

    sentences: int
    words: int
    words_without_subwords: int
    unalignable: list[dict[str, Any]] = field(default_factory=list)


def align(words: Sequence[str], subwords: Sequence[str], tokenizer: Tokenizer) -> Alignment:
    """Find the subwords of each word of a sentence.

    If the characters differ, as many as possible are matched in their order.

    Args:
        words: The user's words, before any tokenisation.
        subwords: As the model reads them, without EOS; of BPE, one that ends in `@@` continues in
            the next.
        tokenizer: What made the tokens that the subwords spell.
    """
    letters = [_NO_CHARACTER.sub("", word) for word in words]
    word_text = "".join(letters)
    subword_text, owners = _characters(subwords, tokenizer)
    if word_text == subword_text:
        return Alignment(_spans(letters, owners))
    return Alignment(
        _spans(letters, _matched(word_text, subword_text, owners)),
        _difference(word_text, subword_text),
    )


def align_text(
    words: Sequence[Sequence[str]], subword_lines: Sequence[str], tokenizer: Tokenizer
) -> tuple[TextAlignment, AlignmentReport]:
    """Align a text, line by line.

    Args:
        words: The user's words of each sentence.
        subword_lines: The subwords of each sentence, separated by spaces.
        tokenizer: What made the tokens that the subwords spell.

    Raises:
        ValueError: the numbers of sentences differ.
    """
    spans, unalignable = [np.zeros((0, 2), dtype=np.int32)], []
    for number, (sentence, line) in enumerate(zip(words, subword_lines, strict=True), start=1):
        alignment = align(sentence, line.split(), tokenizer)
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


def _characters(subwords: Sequence[str], tokenizer: Tokenizer) -> tuple[str, Spans]:
    """The characters of the text, and the subwords that spell each of them.

    Returns:
        The characters without spaces, Moses undone; the first subword of each and the one after
        its last (characters, 2). Several subwords spell one character if BPE has split an entity.
    """
    characters: list[str] = []
    owners: list[tuple[int, int]] = []
    token: list[tuple[str, int]] = []  # characters of a token, each with its subword
    for number, subword in enumerate(subwords):
        if tokenizer == "sentencepiece":
            glued, subword = False, subword.replace(SPACE, " ")  # a space is no character here
        else:
            glued = subword.endswith("@@")
        token += [(letter, number) for letter in (subword[:-2] if glued else subword)]
        if glued and number + 1 < len(subwords):
            continue
        for text, first, last in _written("".join(letter for letter, _ in token), tokenizer):
            characters.append(text)
            owners.append((token[first][1], token[last - 1][1] + 1))
        token = []
    return "".join(characters), np.array(owners, dtype=np.int32).reshape(-1, 2)


def _written(token: str, tokenizer: Tokenizer) -> list[tuple[str, int, int]]:
    """The characters that a token stands for, each with its range in the token."""
    if token == "@-@" and tokenizer == "moses":
        return [("-", 0, 3)]
    characters, start = [], 0
    while start < len(token):
        entity = _ENTITY.match(token, start) if is_moses(tokenizer) else None
        end = entity.end() if entity else start + 1
        text = ENTITIES[entity.group()] if entity else token[start]
        if not _NO_CHARACTER.fullmatch(text):
            characters.append((text, start, end))
        start = end
    return characters


def _spans(letters: Sequence[str], owners: Spans) -> Spans:
    """Spans of words from those of their characters.

    Args:
        letters: The characters of each word.
        owners: Subwords of the characters of all words, as `_characters` returns them
            (characters, 2); -1 marks a character without a subword.
    """
    spans = np.zeros((len(letters), 2), dtype=np.int32)
    start = 0
    for number, word in enumerate(letters):
        subwords = owners[start : start + len(word)]
        subwords = subwords[subwords[:, 0] >= 0]
        if len(subwords):
            spans[number] = subwords[:, 0].min(), subwords[:, 1].max()
        start += len(word)
    return spans


def _matched(word_text: str, subword_text: str, owners: Spans) -> Spans:
    """The subwords of the likeliest counterpart of each character of the words.

    Characters that were replaced share their replacements in their order; -1: no counterpart.
    """
    matched = np.full((len(word_text), 2), -1, dtype=np.int32)
    matcher = difflib.SequenceMatcher(None, word_text, subword_text, autojunk=False)
    for _, first, last, other, end in matcher.get_opcodes():
        if end > other:
            for step in range(last - first):
                matched[first + step] = owners[other + step * (end - other) // (last - first)]
    return matched


def _difference(word_text: str, subword_text: str) -> str:
    pairs = zip(word_text, subword_text, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    shown = slice(common, common + 20)
    return (
        f"from character {common + 1} on, spaces not counted, the words have "
        f"{word_text[shown]!r} and the subwords {subword_text[shown]!r}"
    )
