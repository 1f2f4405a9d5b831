"""The contrast sets of the config: the files that one needs, and its items."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from ticketscope.behaviour import registry
from ticketscope.behaviour.contrast_formats import read_files
from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.behaviour.settings import ContrastFiles
from ticketscope.corpus.registry import SourceFile


@dataclass(frozen=True)
class NeededFiles:
    """What a contrast set is read from.

    Attributes:
        public: Files to fetch, each once.
        paths: Paths of the user's files, each once.
    """

    public: list[SourceFile]
    paths: list[str]


def files_of(entry: str | ContrastFiles) -> NeededFiles:
    """The files of a contrast set: a public set's name, or files of the user.

    Raises:
        InputError: there is no public set of that name.
    """
    if isinstance(entry, str):
        return NeededFiles(registry.find(entry).files(), [])
    return NeededFiles([], list(dict.fromkeys(registry.paths(entry))))


def read_set(
    entry: str | ContrastFiles,
    folder: Path,
    progress: Callable[[str], None] = lambda line: None,
) -> list[Contrast]:
    """The items of a contrast set: a public set's name, or files of the user.

    Args:
        entry: The set, as the config has it; the embedded grammar's (`toy`) is none of these.
        folder: Where the files of public sets lie. Paths of the user's files are taken as given.
        progress: Gets a line where items of a file cannot be used, with their number.

    Raises:
        InputError: there is no public set of that name, or a file is missing or wrong; names file
            and line.
    """
    if not isinstance(entry, str):
        return read_files(entry, progress)
    items = []
    for part in registry.find(entry).parts:
        items += read_files(registry.below(folder, part), progress)
    return items


def told_apart(correct: Sequence[str], incorrect: Sequence[str], known: Set[str]) -> list[int]:
    """Numbers of the items whose translations are not the same to the models.

    A margin of such a pair would be 0, and so counted as wrong. Translations may differ in spaces
    that a tokeniser drops, or in subwords that the models' dictionary lacks, which are all one.

    Args:
        correct: Subwords of the correct translations, one line an item.
        incorrect: The same of the incorrect ones.
        known: Subwords of the dictionary.
    """

    def read(line: str) -> list[str | None]:
        return [subword if subword in known else None for subword in line.split()]

    pairs = zip(correct, incorrect, strict=True)
    return [number for number, pair in enumerate(pairs) if read(pair[0]) != read(pair[1])]
