"""Three line-aligned files: sources, correct and incorrect translations, about one phenomenon.

DistilLingEval has a folder of them for each phenomenon: src.en, tgt.correct.de, tgt.incorrect.de
(Vamvas and Sennrich 2021; github.com/ZurichNLP/distil-lingeval).
"""

from ticketscope.behaviour.contrast_formats.reading import aligned_lines
from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.behaviour.settings import ContrastLines
from ticketscope.errors import InputError


def read(files: ContrastLines) -> list[Contrast]:
    """An item for each line.

    Raises:
        InputError: a file is missing or wrong, or two translations are equal; names file and line.
    """
    texts = aligned_lines(files.source, files.correct, files.incorrect)
    items = []
    for number, (source, correct, incorrect) in enumerate(zip(*texts, strict=True), start=1):
        if correct == incorrect:
            raise InputError(f"{files.incorrect}, line {number}: is the same as in {files.correct}")
        items.append(
            Contrast(source, correct, incorrect, files.phenomenon, tasks=tuple(files.tasks))
        )
    return items
