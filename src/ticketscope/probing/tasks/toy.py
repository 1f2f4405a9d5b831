"""All 18 tasks from the derivations of the embedded grammar (docs/steps/toy-grammar.md).

An instance is a line of the corpus, which may contain several sentences; its id is the line number.
Labels are the gold annotations of the derivation. Three tasks need additional rules:

- NER is written in IOB1, as in the paper's corpus.
- GED: see `toy_errors`.
- Coref: pairs (word, earlier word) are the heads of two mentions of one chain, label "1". Each is
  followed by a pair of the same word and the head of another, earlier noun phrase, label "0". Heads
  are nouns and names by their semantic tag, without expressions of time. Pairs without another noun
  phrase are omitted, so both labels are equally frequent.

As in the original tasks, arc prediction gets balanced negatives, and sentences without arc,
adposition, event, coordination or chain are skipped; so are nested coordinations.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from ticketscope.corpus.grammar import Derivation
from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import trees
from ticketscope.probing.tasks.pairs import Pair, balanced, pair_instance
from ticketscope.probing.tasks.toy_errors import corrupt

_ENTITIES = ("CON", "ROL", "PER", "GPE", "ORG")  # semantic tags of nouns that are not times

_Make = Callable[[str, Derivation, Random], Instance | None]


def instances(lines: Iterable[Derivation], task: str, seed: int = 0) -> Iterator[Instance]:
    """Instances of a task from lines of the grammar; negatives and errors are drawn by `seed`.

    Raises:
        InputError: there is no such task.
    """
    if task not in _TASKS:
        raise InputError(f"task is {task}, allowed are {', '.join(_TASKS)}")
    generator = Random(seed)
    for number, line in enumerate(lines, start=1):
        instance = _TASKS[task](str(number), line, generator)
        if instance is not None:
            yield instance


def _every_token(field: str) -> _Make:
    def make(name: str, line: Derivation, generator: Random) -> Instance:
        return Instance(name, line.tokens, getattr(line, field))

    return make


def _ancestor(level: int) -> _Make:
    def make(name: str, line: Derivation, generator: Random) -> Instance:
        labels = [trees.ancestors(trees.leaves(tree), level) for tree in line.trees]
        return Instance(name, line.tokens, tuple(label for tree in labels for label in tree))

    return make


def iob1(tags: Sequence[str]) -> tuple[str, ...]:
    """BIO tags as IOB1: B- only after a span of the same type."""
    return tuple(
        "I" + tag[1:] if tag.startswith("B-") and before[1:] != tag[1:] else tag
        for before, tag in zip(("O", *tags), tags, strict=False)
    )


def _entities(name: str, line: Derivation, generator: Random) -> Instance:
    return Instance(name, line.tokens, iob1(line.ner))


def _errors(name: str, line: Derivation, generator: Random) -> Instance:
    tokens, labels = corrupt(line, generator)
    return Instance(name, tokens, labels)


def _conjuncts(name: str, line: Derivation, generator: Random) -> Instance | None:
    coordinations = sorted((spans[0][0], spans[-1][1]) for spans in line.conjuncts)
    if not coordinations or any(second[0] <= first[1] for first, second in pairwise(coordinations)):
        return None
    labels = ["O"] * len(line.tokens)
    for spans in line.conjuncts:
        for first, last in spans:
            labels[first : last + 1] = ["B", *["I"] * (last - first)]
    return Instance(name, line.tokens, tuple(labels))


def _syntax(line: Derivation) -> dict[Pair, str]:
    arcs = zip(enumerate(line.heads), line.relations, strict=True)
    return {(child, head): relation for (child, head), relation in arcs if head >= 0}


def _semantics(line: Derivation) -> dict[Pair, str]:
    return {(argument, predicate): label for argument, predicate, label in line.semantic_arcs}


def _predicted(arcs: Callable[[Derivation], dict[Pair, str]]) -> _Make:
    def make(name: str, line: Derivation, generator: Random) -> Instance | None:
        examples = balanced(arcs(line), len(line.tokens), generator)
        return pair_instance(name, line.tokens, examples) if examples else None

    return make


def _classified(arcs: Callable[[Derivation], dict[Pair, str]]) -> _Make:
    def make(name: str, line: Derivation, generator: Random) -> Instance | None:
        examples = list(arcs(line).items())
        return pair_instance(name, line.tokens, examples) if examples else None

    return make


def _selected(targets: Callable[[Derivation], Mapping[int, Any]]) -> _Make:
    def make(name: str, line: Derivation, generator: Random) -> Instance | None:
        labels = targets(line)
        if not labels:
            return None
        return Instance(name, line.tokens, tuple(labels.values()), indices=tuple(labels))

    return make


def _coreference(name: str, line: Derivation, generator: Random) -> Instance | None:
    nouns = [
        i
        for i, tag in enumerate(line.semtags)
        if tag in _ENTITIES and line.pos[i][0] == "N" and line.relations[i] not in _NO_HEADS
    ]
    drawn: list[tuple[Pair, str]] = []
    for chain in line.coreference:
        heads = sorted(head for _, _, head in chain)
        joined = {
            i for i, head in enumerate(line.heads) if head in heads and line.relations[i] == "conj"
        }
        for child in heads:
            others = [i for i in nouns if i < child and i not in heads and i not in joined]
            for parent in heads[: heads.index(child)]:
                if others and line.tokens[parent] != line.tokens[child]:
                    drawn.append(((child, parent), "1"))
                    drawn.append(((child, generator.choice(others)), "0"))
    starts = (0, *[i + 1 for i, token in enumerate(line.tokens[:-1]) if token == "."])
    return pair_instance(name, line.tokens, drawn, starts) if drawn else None


_NO_HEADS = ("compound", "mwe")

_TASKS: Mapping[str, _Make] = {
    "POS": _every_token("pos"),
    "CCG": _every_token("ccg"),
    "Parent": _ancestor(1),
    "GParent": _ancestor(2),
    "GGParent": _ancestor(3),
    "Chunk": _every_token("chunks"),
    "NER": _entities,
    "GED": _errors,
    "Conj": _conjuncts,
    "SynPred": _predicted(_syntax),
    "SynClass": _classified(_syntax),
    "ST": _every_token("semtags"),
    "PS-Fxn": _selected(lambda line: {i: function for i, _, function in line.supersenses}),
    "PS-Role": _selected(lambda line: {i: role for i, role, _ in line.supersenses}),
    "EF": _selected(lambda line: dict(line.factuality)),
    "SemPred": _predicted(_semantics),
    "SemClass": _classified(_semantics),
    "Coref": _coreference,
}
