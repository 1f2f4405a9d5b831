"""Helpers of the readers: numbered lines, sentences between blank lines, located errors."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from ticketscope.errors import InputError
from ticketscope.runtime.text import numbered_lines

BLANKS = " \t"

_GAP = re.compile("[ \t]+")
_BIO = re.compile(r"O|[BI]-\S+")


class Line(NamedTuple):
    """A line of a file, without its newline."""

    path: Path
    number: int
    text: str

    def error(self, message: str) -> InputError:
        return InputError(f"{self.path}, line {self.number}: {message}")

    def columns(self, separator: str | None, minimum: int, maximum: int | None = None) -> list[str]:
        """The columns; InputError if their number is out of range.

        Without `separator`, spaces and tabs separate them; a no-break space is part of a word.
        """
        text = self.text.strip(BLANKS)
        columns = _GAP.split(text) if separator is None else self.text.split(separator)
        if len(columns) < minimum or (maximum is not None and len(columns) > maximum):
            expected = str(minimum) if maximum == minimum else f"{minimum} or more"
            raise self.error(f"{len(columns)} columns, expected {expected}")
        return columns

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Turn a ValueError, as `Instance` raises, into an InputError with the line number."""
        try:
            yield
        except ValueError as error:
            raise self.error(str(error)) from error


def lines(path: Path) -> Iterator[Line]:
    """The lines of a UTF-8 file."""
    for number, text in numbered_lines(path):
        yield Line(path, number, text)


def blank(text: str) -> bool:
    """Whether a line has nothing but spaces and tabs."""
    return not text.strip(BLANKS)


def sentences(
    path: Path, divides: Callable[[str], bool] = lambda text: False
) -> Iterator[list[Line]]:
    """Lists of lines between blank lines and lines that `divides` picks out; none is empty."""
    sentence: list[Line] = []
    for line in lines(path):
        if not blank(line.text) and not divides(line.text):
            sentence.append(line)
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def tab_columns(
    path: Path, minimum: int, maximum: int | None = None
) -> Iterator[tuple[list[str], list[Line], list[list[str]]]]:
    """Sentences of the CoNLL formats with tabs: comments without `#`, lines, columns.

    Raises:
        InputError: a number of columns is out of range, or a comment stands after a word: one
            damaged character makes a comment of a word.
    """
    for block in sentences(path):
        comments = list(takewhile(lambda line: line.text.startswith("#"), block))
        words = block[len(comments) :]
        for line in words:
            if line.text.startswith("#"):
                raise line.error("a comment inside a sentence; move it before its first word")
        if words:
            texts = [line.text[1:].strip() for line in comments]
            yield texts, words, [line.columns("\t", minimum, maximum) for line in words]


def count_words(lines: Sequence[Line], rows: Sequence[Sequence[str]]) -> None:
    """Check that the first column counts the words of a sentence from 1.

    Raises:
        InputError: it does not: a line or a blank line was lost, doubled or moved.
    """
    for position, (line, row) in enumerate(zip(lines, rows, strict=True), start=1):
        if row[0] != str(position):
            raise line.error(f"word {row[0]}, expected {position}")


def check_tags(
    lines: Sequence[Line], tags: Sequence[str], allowed: Sequence[str] | None = None
) -> None:
    """Raises InputError if a tag is not allowed; the default allows O, B-type and I-type."""
    for line, tag in zip(lines, tags, strict=True):
        if not (_BIO.fullmatch(tag) if allowed is None else tag in allowed):
            names = "O, B-type and I-type" if allowed is None else ", ".join(allowed)
            raise line.error(f"unknown tag {tag}; known are {names}")
