"""CoNLL-2000 base chunks."""

from collections.abc import Iterator
from pathlib import Path

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import check_tags, sentences


def read(path: Path) -> Iterator[Instance]:
    """`word tag chunk`, separated by blanks; a blank line ends a sentence.

    Label: the chunk tag, BIO.
    """
    for number, words in enumerate(sentences(path), start=1):
        rows = [line.columns(None, 3, 3) for line in words]
        labels = [row[2] for row in rows]
        check_tags(words, labels)
        yield Instance(str(number), tuple(row[0] for row in rows), tuple(labels))
