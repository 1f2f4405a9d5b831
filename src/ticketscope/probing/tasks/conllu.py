"""CoNLL-U: part-of-speech tags and basic dependencies (PTB converted to UD v1; UD EWT)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Literal

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.pairs import Pair, arc_instance, relation_instance
from ticketscope.probing.tasks.reading import Line, count_words, tab_columns

_NUMBER = re.compile(r"[0-9]{1,9}")
_NO_WORD = re.compile(r"[0-9]+[-.][0-9]+")  # a range, an empty node
_COLUMNS = {"upos": 3, "xpos": 4}


@dataclass(frozen=True)
class _Sentence:
    name: str
    document: str | None
    lines: list[Line]
    rows: list[list[str]]

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(row[1] for row in self.rows)

    def heads(self) -> list[int]:
        """Head of each word, from 0; -1 for the root. Every word leads up to a root."""
        heads = []
        for line, row in zip(self.lines, self.rows, strict=True):
            if not _NUMBER.fullmatch(row[6]) or int(row[6]) > len(self.rows):
                raise line.error(f"head {row[6]} of a sentence of {len(self.rows)} words")
            heads.append(int(row[6]) - 1)
        # The walk on which each word was reached first: each word is passed once.
        walks = [0] * len(heads)
        for walk, line in enumerate(self.lines, start=1):
            above = walk - 1
            while above >= 0 and not walks[above]:
                walks[above] = walk
                above = heads[above]
            if above >= 0 and walks[above] == walk:
                raise line.error("the heads run in a circle")
        return heads


def _sentences(path: Path) -> Iterator[_Sentence]:
    """Words only: ranges (3-4) and empty nodes (8.1) are skipped."""
    document = None
    for number, (comments, lines, columns) in enumerate(tab_columns(path, 10, 10), start=1):
        keep = [i for i, row in enumerate(columns) if not _NO_WORD.fullmatch(row[0])]
        words, rows = [lines[i] for i in keep], [columns[i] for i in keep]
        if not words:
            raise lines[0].error("a sentence without words")
        count_words(words, rows)
        for comment in comments:
            if comment.split()[:1] == ["newdoc"]:
                document = comment.partition("=")[2].strip() or f"document at {number}"
        named = (c.split("=", 1)[1].strip() for c in comments if c.startswith("sent_id ="))
        yield _Sentence(next(named, str(number)), document, words, rows)


def read_tags(path: Path, column: Literal["upos", "xpos"] = "xpos") -> Iterator[Instance]:
    """Label: `upos` (column 4) or `xpos` (column 5) of every word."""
    for sentence in _sentences(path):
        labels = [row[_COLUMNS[column]] for row in sentence.rows]
        if "_" in labels:
            raise sentence.lines[labels.index("_")].error(f"has no {column}")
        with sentence.lines[0].placed():
            yield Instance(
                sentence.name, sentence.tokens, tuple(labels), document=sentence.document
            )


def read_arcs(path: Path, seed: int = 0) -> Iterator[Instance]:
    """Pairs (word, head) with label "1", each followed by a random pair that is no arc, "0".

    Roots give no pair; sentences without any are skipped. See `pairs` for the draw.
    """
    generator = Random(seed)
    for sentence in _sentences(path):
        heads = sentence.heads()
        arcs = [(child, head) for child, head in enumerate(heads) if head >= 0]
        if arcs:
            with sentence.lines[0].placed():
                instance = arc_instance(sentence.name, sentence.tokens, arcs, generator)
                yield replace(instance, document=sentence.document)


def read_relations(path: Path) -> Iterator[Instance]:
    """Pairs (word, head) with the relation as label, subtype included; no negatives."""
    for sentence in _sentences(path):
        arcs: dict[Pair, str] = {}
        for child, head in enumerate(sentence.heads()):
            if head >= 0:
                arcs[child, head] = sentence.rows[child][7]
                if arcs[child, head] == "_":
                    raise sentence.lines[child].error("has no relation")
        if arcs:
            with sentence.lines[0].placed():
                instance = relation_instance(sentence.name, sentence.tokens, arcs)
                yield replace(instance, document=sentence.document)
