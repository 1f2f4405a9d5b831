"""Helpers of the readers: numbered lines, sentences between blank lines, located errors."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    """Sentences of the CoNLL formats with tabs: comments without `#`, lines, columns."""
    for block in sentences(path):
        comments = [line.text[1:].strip() for line in block if line.text.startswith("#")]
        words = [line for line in block if not line.text.startswith("#")]
        if words:
            yield comments, words, [line.columns("\t", minimum, maximum) for line in words]


def check_tags(
    lines: Sequence[Line], tags: Sequence[str], allowed: Sequence[str] | None = None
) -> None:
    """Raises InputError if a tag is not allowed; the default allows O, B-type and I-type."""
    for line, tag in zip(lines, tags, strict=True):
        if not (_BIO.fullmatch(tag) if allowed is None else tag in allowed):
            names = "O, B-type and I-type" if allowed is None else ", ".join(allowed)
            raise line.error(f"unknown tag {tag}; known are {names}")


def check_option(name: str, value: object, allowed: Sequence[object]) -> None:
    """Raises InputError if an option does not have one of the allowed values."""
    if value not in allowed:
        raise InputError(f"{name} is {value}, allowed are {', '.join(map(str, allowed))}")
