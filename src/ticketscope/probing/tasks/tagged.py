"""Files with a word and its tag on each line: chunks, entities, grammatical errors, conjuncts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import (
    Line,
    blank,
    check_tags,
    lines,
    sentences,
)


def read_chunks(path: Path) -> Iterator[Instance]:
    """CoNLL-2000: `word tag chunk`, separated by blanks. Label: the chunk tag, BIO."""
    return _read(sentences(path), None, 3)


def read_entities(path: Path, columns: Literal[2, 4] = 4) -> Iterator[Instance]:
    """CoNLL-2003: `token tag chunk entity`, or two `columns` `token entity`, separated by blanks.

    Lines that begin with -DOCSTART- end a sentence and a document; documents are named by their
    numbers. Label: the entity tag, which is IOB1: I- inside, B- only where an entity follows an
    entity of its own type.
    """
    read = _read(sentences(path, _divides), None, columns)
    for document, instance in zip(_documents(path), read, strict=True):
        yield replace(instance, document=str(document))


def _divides(text: str) -> bool:
    return text.split()[:1] == ["-DOCSTART-"]


def _documents(path: Path) -> Iterator[int]:
    """Number of the document of each sentence, from 1."""
    document, inside = 1, False
    for line in lines(path):
        divides = _divides(line.text)
        if blank(line.text) or divides:
            document, inside = document + divides, False
        elif not inside:
            inside = True
            yield document


def read_errors(path: Path) -> Iterator[Instance]:
    """FCE (Rei & Yannakoudakis 2016): `word<TAB>tag`, c correct, i incorrect."""
    return _read(sentences(path), "\t", 2, ("c", "i"))


def read_conjuncts(path: Path) -> Iterator[Instance]:
    """PTB with Ficler & Goldberg's coordinations: `word<TAB>tag` with untyped B, I, O.

    Every conjunct opens with B; conjunctions, and commas between conjuncts, are O. The files have
    no sentences without coordination or with nested coordinations.
    """
    return _read(sentences(path), "\t", 2, ("B", "I", "O"))


def _read(
    blocks: Iterable[Sequence[Line]],
    separator: str | None,
    columns: int,
    allowed: Sequence[str] | None = None,
) -> Iterator[Instance]:
    """Words of the first and tags of the last column; without `allowed` tags, tags of segments."""
    for number, block in enumerate(blocks, start=1):
        rows = [line.columns(separator, columns, columns) for line in block]
        tags = tuple(row[-1] for row in rows)
        check_tags(block, tags, allowed)
        with block[0].placed():
            yield Instance(str(number), tuple(row[0] for row in rows), tags)
