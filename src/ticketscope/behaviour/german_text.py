"""Words of a German sentence in their places, for rules that exchange one of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A hyphenated compound is one word: `rot-weiß` has no `rot` to exchange.
_WORD = re.compile(r"\w+(?:-\w+)*-?")


@dataclass(frozen=True)
class Word:
    """A word of a text: text[start:end]."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text, without punctuation."""
    return [Word(match.group(), *match.span()) for match in _WORD.finditer(text)]


def exchange(text: str, changes: Sequence[tuple[Word, str]]) -> str:
    """The text with words replaced, each written with a capital if the old one is."""
    for word, new in sorted(changes, key=lambda change: change[0].start, reverse=True):
        if word.text[0].isupper():
            new = new[0].upper() + new[1:]
        text = text[: word.start] + new + text[word.end :]
    return text


def times(phrase: str, english: str) -> int:
    """How often an English word or phrase is in a sentence, in any case."""
    return len(re.findall(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", english, re.IGNORECASE))
