"""`word<TAB>tag` files with a fixed tagset: grammatical errors (FCE) and conjuncts."""

from collections.abc import Iterator
from pathlib import Path

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import sentences


def read_errors(path: Path) -> Iterator[Instance]:
    """Grammatical error detection, FCE (Rei & Yannakoudakis 2016): c correct, i incorrect."""
    return _read(path, ("c", "i"))


def read_conjuncts(path: Path) -> Iterator[Instance]:
    """Conjunct identification, PTB with Ficler & Goldberg's extension: B, I, O, untyped.

    Every conjunct opens with B; conjunctions, and commas between conjuncts, are O. Sentences with
    nested coordination, or with none, are not in these files.
    """
    return _read(path, ("B", "I", "O"))


def _read(path: Path, tags: tuple[str, ...]) -> Iterator[Instance]:
    for number, words in enumerate(sentences(path), start=1):
        rows = [line.columns("\t", 2, 2) for line in words]
        for line, (_, tag) in zip(words, rows, strict=True):
            if tag not in tags:
                raise line.error(f"unknown tag {tag}; known are {', '.join(tags)}")
        with words[0].placed():
            yield Instance(str(number), tuple(w for w, _ in rows), tuple(tag for _, tag in rows))
