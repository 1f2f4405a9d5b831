"""Where the parallel texts of a split lie: what a rule says, and the files that it means.

Files of the user and of the grammar are inputs of the rule, whose paths Snakemake may change. A
manifest stands for the files of a public text, so the settings name their paths.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from ticketscope.corpus import registry
from ticketscope.corpus.parallel import TextFile
from ticketscope.corpus.settings import PlainFiles, Source


class Side(TypedDict):
    """One side of a parallel text, as the settings of a rule name it.

    Attributes:
        path: Its file; None: the rule's next input.
        member: The file inside the archive; None: no archive.
        column: Column of a tab-separated file, from 0; None: the whole line.
    """

    path: str | None
    member: str | None
    column: int | None


def side(text: Source, split: str, language: str, folder: str) -> Side:
    """One side of one text of a split.

    Args:
        text: Files of the user, `toy`, or a name of the registry.
        split: Split to take from a public text.
        language: Language of the side.
        folder: Folder of the public texts' files.

    Raises:
        InputError: the registry has no such text, split or language.
    """
    if isinstance(text, PlainFiles) or text == registry.TOY:
        return {"path": None, "member": None, "column": None}
    file = registry.side(text, split, language)
    return {"path": f"{folder}/{file.path}", "member": file.member, "column": file.column}


def text_files(
    pairs: Iterable[Sequence[Side]], inputs: Iterable[str]
) -> list[tuple[TextFile, TextFile]]:
    """Source and target file of each text.

    Args:
        pairs: Source and target side of each text.
        inputs: Files of the sides without a path, in their order.
    """
    paths = iter(inputs)
    files = []
    for pair in pairs:
        source, target = (
            TextFile(Path(side["path"] or next(paths)), side["member"], side["column"])
            for side in pair
        )
        files.append((source, target))
    return files
