"""SDP 2015 (SemEval-2015 task 18): semantic dependencies, DM."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.pairs import Pair, arc_instance, relation_instance
from ticketscope.probing.tasks.reading import Line, count_words, tab_columns

_FIXED = 9  # id, form, lemma, pos, head, deprel, top, pred, frame


@dataclass(frozen=True)
class _Sentence:
    name: str
    tokens: tuple[str, ...]
    first: Line
    arcs: dict[Pair, str]  # (argument, predicate), by token, then by column


def _sentences(path: Path) -> Iterator[_Sentence]:
    """One column per predicate (`+` in column 8, in their order) follows the nine fixed ones."""
    for number, (comments, lines, rows) in enumerate(tab_columns(path, _FIXED), start=1):
        count_words(lines, rows)
        for line, row in zip(lines, rows, strict=True):
            if row[7] not in ("+", "-"):
                raise line.error(f"pred is {row[7]}, allowed are + and -")
        predicates = [i for i, row in enumerate(rows) if row[7] == "+"]
        arcs: dict[Pair, str] = {}
        for token, (line, row) in enumerate(zip(lines, rows, strict=True)):
            arguments = row[_FIXED:]
            if len(arguments) != len(predicates):
                wanted = f"{_FIXED} and one for each of {len(predicates)} predicates"
                raise line.error(f"{len(row)} columns, expected {wanted}")
            for predicate, label in zip(predicates, arguments, strict=True):
                if not label:
                    raise line.error("an argument is empty; without one it is _")
                if label != "_":
                    arcs[token, predicate] = label
        names = [comment for comment in comments if comment.isdecimal()]
        name = names[-1] if names else str(number)
        yield _Sentence(name, tuple(row[1] for row in rows), lines[0], arcs)


def read_arcs(path: Path, seed: int = 0) -> Iterator[Instance]:
    """Pairs (argument, predicate) with label "1", each followed by a random non-arc, "0".

    A token may have several heads, and none of them is drawn. See `pairs` for the draw.
    """
    generator = Random(seed)
    for sentence in _sentences(path):
        if sentence.arcs:
            with sentence.first.placed():
                yield arc_instance(sentence.name, sentence.tokens, sentence.arcs, generator)


def read_relations(path: Path) -> Iterator[Instance]:
    """Pairs (argument, predicate) with the argument's label (ARG1, BV, compound); no negatives."""
    for sentence in _sentences(path):
        if sentence.arcs:
            with sentence.first.placed():
                yield relation_instance(sentence.name, sentence.tokens, sentence.arcs)
