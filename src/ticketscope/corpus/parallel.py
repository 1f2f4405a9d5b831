"""Parallel text: two files whose lines are pairs, checked while they are read."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write
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


def write_parallel(
    pairs: list[tuple[TextFile, TextFile]],
    source: Path,
    target: Path,
    *,
    limit: int | None = None,
) -> dict[str, int]:
    """Write one split: all pairs of all texts in order, one sentence a line, as UTF-8.

    A pair with an empty side is useless for training and testing: it is dropped and counted.
    Characters that other programs take for line ends (U+2028, form feed, ...) become spaces.

    Args:
        pairs: Source and target side of each text.
        source: Output, source language.
        target: Output, target language.
        limit: Use only the first pairs; None: all.

    Returns:
        Numbers of `pairs` written and `dropped`.

    Raises:
        InputError: a text is missing, empty, not UTF-8, or its sides differ in length.
    """
    written = dropped = 0
    with atomic_write(source) as source_out, atomic_write(target) as target_out:
        with (
            source_out.open("w", encoding="utf-8", newline="\n") as source_stream,
            target_out.open("w", encoding="utf-8", newline="\n") as target_stream,
        ):
            for source_text, target_text in pairs:
                empty = True
                for pair in _aligned(source_text, target_text):
                    empty = False
                    if limit is not None and written == limit:
                        continue  # read on: misalignment further down is an error too
                    source_line, target_line = map(one_line, pair)
                    if source_line and target_line:
                        source_stream.write(source_line + "\n")
                        target_stream.write(target_line + "\n")
                        written += 1
                    else:
                        dropped += 1
                if empty:
                    raise InputError(f"{source_text} and {target_text} are empty")
        if written == 0:
            raise InputError(f"{pairs[0][0]} and {pairs[0][1]}: no line has text on both sides")
    return {"pairs": written, "dropped": dropped}


def one_line(text: str) -> str:
    """A text without tabs and without what any program takes for the end of a line."""
    return " ".join(" ".join(text.splitlines()).split("\t")).strip()


def _aligned(source: TextFile, target: TextFile) -> Iterator[tuple[str, str]]:
    for pair in zip_longest(source.lines(), target.lines()):
        if None in pair:
            lengths = [sum(1 for _ in text.lines()) for text in (source, target)]
            raise InputError(
                f"misaligned: {source} has {lengths[0]} lines, {target} has {lengths[1]}"
            )
        yield pair


def read_lines(path: str | Path) -> list[str]:
    """All lines of a text, in memory.

    Raises:
        InputError: missing, or not UTF-8.
    """
    return list(TextFile(Path(path)).lines())
