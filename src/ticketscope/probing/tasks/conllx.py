"""CoNLL-X part-of-speech tags (Penn Treebank, LDC99T42)."""

from collections.abc import Iterator
from pathlib import Path

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import count_words, tab_columns


def read(path: Path) -> Iterator[Instance]:
    """Tab-separated: id, form, lemma, coarse tag, fine tag, and further columns that are not used.

    A blank line ends a sentence, lines with `#` in front are skipped. Label: the fine tag.
    """
    for number, (_, words, rows) in enumerate(tab_columns(path, 5), start=1):
        count_words(words, rows)
        with words[0].placed():
            yield Instance(
                str(number), tuple(row[1] for row in rows), tuple(row[4] for row in rows)
            )
