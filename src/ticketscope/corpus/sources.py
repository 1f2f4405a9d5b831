"""Where the parallel texts of a split lie: what a rule says, and the files that it means.

Files of the user and of the grammar are inputs of the rule, whose paths Snakemake may change. A
manifest stands for the files of a public text, so the settings name their paths.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from ticketscope.corpus import registry
from ticketscope.corpus.parallel import TextFile
from ticketscope.corpus.selection import ParallelText
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


class Part(TypedDict):
    """What a split uses of a text, as the settings of a rule say it.

    Attributes:
        sides: Its source and its target side.
        held_out: Split -> its share of the text's source sentences; empty: no split has its own.
        at_most: Pairs to draw, if there are more; None: all.
    """

    sides: Sequence[Side]
    held_out: dict[str, float]
    at_most: int | None


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


def parallel_texts(parts: Iterable[Part], split: str, inputs: Iterable[str]) -> list[ParallelText]:
    """The texts that a split is joined from, as they are read.

    Args:
        parts: Where the sides of each text lie, and what is used of it.
        split: The split that is taken from public texts.
        inputs: Files of the sides without a path, in their order.
    """
    paths = iter(inputs)
    texts = []
    for part in parts:
        source, target = (
            TextFile(Path(side["path"] or next(paths)), side["member"], side["column"])
            for side in part["sides"]
        )
        texts.append(ParallelText(source, target, part["held_out"], split, part["at_most"]))
    return texts
