"""The contrast sets of the config: the files that one needs, and its items."""

from collections.abc import Callable
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
        own: Paths of the user's files, each once.
    """

    public: list[SourceFile]
    own: list[str]


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
