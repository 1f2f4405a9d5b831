"""A file of sentences, as one side of a parallel text, checked while it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.text import numbered_lines


@dataclass(frozen=True)
class TextFile:
    """The file that holds one side of a parallel text.

    Attributes:
        path: Plain file, .gz, or an archive (.zip, .tar, .tar.gz, .tgz).
        member: File inside the archive.
        column: Column of a tab-separated file, from 0; None: the whole line.
    """

    path: Path
    member: str | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.member}" if self.member else str(self.path)

    def lines(self) -> Iterator[str]:
        r"""Yield the lines without their ends; only \n and \r\n end a line.

        Raises:
            InputError: the file is missing, damaged or not UTF-8, has other line ends, or a line
                lacks the column; names file and line.
        """
        for number, text in numbered_lines(self.path, self.member):
            if self.column is None:
                yield text
                continue
            columns = text.split("\t")
            if self.column >= len(columns):
                raise InputError(f"{self}, line {number}: has no column {self.column}")
            yield columns[self.column]


def one_line(text: str) -> str:
    """A text without tabs and without what any program takes for the end of a line."""
    return " ".join(" ".join(text.splitlines()).split("\t")).strip()


def read_lines(path: str | Path) -> list[str]:
    """All lines of a text, in memory.

    Raises:
        InputError: missing, or not UTF-8.
    """
    return list(TextFile(Path(path)).lines())
