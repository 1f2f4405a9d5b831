"""CoNLL-2003 named entities."""

from collections.abc import Iterator
from pathlib import Path

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import check_option, check_tags, sentences

_DIVIDER = "-DOCSTART-"


def read(path: Path, columns: int = 4) -> Iterator[Instance]:
    """`token tag chunk entity`, separated by white space; 2 columns (token, entity) can be had too.

    Blank lines and lines that begin with -DOCSTART- end a sentence. Label: the entity tag as it
    stands, which is IOB1: I- inside, B- only where an entity follows one of its own type.
    """
    check_option("columns", columns, (2, 4))
    blocks = sentences(path, lambda text: text.split()[0] == _DIVIDER)
    for number, words in enumerate(blocks, start=1):
        rows = [line.columns(None, columns, columns) for line in words]
        labels = [row[-1] for row in rows]
        check_tags(words, labels)
        yield Instance(str(number), tuple(row[0] for row in rows), tuple(labels))
