"""CoNLL-X part-of-speech tags (Penn Treebank, LDC99T42)."""

from collections.abc import Iterator
from pathlib import Path

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import tab_columns


def read(path: Path) -> Iterator[Instance]:
    """Tab-separated: id, form, lemma, coarse tag, fine tag, and further columns that are not used.

    A blank line ends a sentence, lines with `#` in front are skipped. Ids count the words of a
    sentence from 1, so that a lost line or tab is noticed. Label: the fine tag.
    """
    for number, (_, words, rows) in enumerate(tab_columns(path, 5), start=1):
        for position, (line, row) in enumerate(zip(words, rows, strict=True), start=1):
            if row[0] != str(position):
                raise line.error(f"word {row[0]}, expected {position}")
        with words[0].placed():
            yield Instance(
                str(number), tuple(row[1] for row in rows), tuple(row[4] for row in rows)
            )
