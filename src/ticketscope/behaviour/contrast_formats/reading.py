"""What the readers of contrast sets share: line-aligned files, and what cannot be used."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.corpus.parallel import TextFile, one_line
from ticketscope.errors import InputError


def aligned_lines(*paths: str) -> list[list[str]]:
    """The lines of files with as many lines each; an empty line is an error.

    Raises:
        InputError: a file is missing, not UTF-8 or empty, or their lengths differ.
    """
    texts = [list(_lines(path)) for path in paths]
    for path, lines in zip(paths, texts, strict=True):
        if len(lines) != len(texts[0]):
            raise InputError(
                f"misaligned: {paths[0]} has {len(texts[0])} lines, {path} has {len(lines)}"
            )
        if not lines:
            raise InputError(f"{path} is empty")
    return texts


def _lines(path: str) -> Iterator[str]:
    """The first empty line ends it: a packed file of some kilobytes can hold millions of them."""
    for number, line in enumerate(TextFile(Path(path)).lines(), start=1):
        if not line.strip():
            raise InputError(f"{path}, line {number}: is empty")
        yield one_line(line)


def without_equal(
    items: list[Contrast], place: str, progress: Callable[[str], None]
) -> list[Contrast]:
    """The items whose two translations differ; says how many do not."""
    different = [item for item in items if item.correct != item.incorrect]
    if equal := len(items) - len(different):
        progress(f"{place}: left out {equal} of {len(items)} items, whose translations are equal")
    return different
