"""Instances of pairs of words: arc prediction with negative examples, and arc classification.

Negatives follow the rule of Liu et al. for train, dev and test: for the arc (child, parent), draw a
token uniformly from those that are neither the child nor a head of it, in the order of the
sentence. `Random.choice` draws as their `Random.sample(set, 1)` of Python 3.6 does, so a generator
seeded with 0 at the start of each file gives their pairs.
"""

from collections.abc import Collection, Mapping, Sequence
from random import Random

from ticketscope.probing.instances import Instance

Pair = tuple[int, int]


def balanced(arcs: Collection[Pair], size: int, generator: Random) -> list[tuple[Pair, str]]:
    """Pairs (child, parent) with label "1", each followed by a pair with label "0" if any exists.

    Args:
        arcs: All arcs of a sentence, in the order of the pairs; a child may have several heads.
        size: Number of tokens of the sentence.
        generator: Draws the negatives.
    """
    heads: dict[int, set[int]] = {}
    for child, parent in arcs:
        heads.setdefault(child, {child}).add(parent)
    examples: list[tuple[Pair, str]] = []
    for child, parent in arcs:
        examples.append(((child, parent), "1"))
        if size > len(heads[child]):
            # One of the others, without a list of them: a sentence may have many thousand words.
            token = generator.choice(range(size - len(heads[child])))
            for excluded in sorted(heads[child]):
                token += token >= excluded
            examples.append(((child, token), "0"))
    return examples


def pair_instance(
    name: str,
    tokens: Sequence[str],
    examples: Sequence[tuple[Pair, str]],
    sentences: Sequence[int] | None = None,
) -> Instance:
    """An instance of labelled pairs; ValueError if it is not valid."""
    pairs, labels = zip(*examples, strict=True)
    starts = None if sentences is None else tuple(sentences)
    return Instance(name, tuple(tokens), labels, pairs=pairs, sentences=starts)


def arc_instance(
    name: str, tokens: Sequence[str], arcs: Collection[Pair], generator: Random
) -> Instance:
    """An instance of arc prediction, with `balanced` negatives."""
    return pair_instance(name, tokens, balanced(arcs, len(tokens), generator))


def relation_instance(name: str, tokens: Sequence[str], arcs: Mapping[Pair, str]) -> Instance:
    """An instance of arc classification, without negatives."""
    return pair_instance(name, tokens, list(arcs.items()))
