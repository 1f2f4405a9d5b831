"""Negative examples for arc prediction: after each arc, one pair that is none.

The rule of Liu et al. (`balanced`), used for train, dev and test alike: for the arc (child,
parent), draw a token uniformly from those that are neither the child nor any head of it, in the
order of the sentence. `Random.choice` takes the same step as their `Random.sample(set, 1)` of
Python 3.6, so that a generator seeded with 0 at the start of each file gives their pairs.
"""

from collections.abc import Sequence
from random import Random

Pair = tuple[int, int]


def balanced(arcs: Sequence[Pair], size: int, generator: Random) -> list[tuple[Pair, str]]:
    """Pairs (child, parent) with label "1", each followed by one with label "0" if there is any.

    `arcs` are all arcs of a sentence of `size` tokens, in the order wanted; a child may have
    several heads.
    """
    heads: dict[int, set[int]] = {}
    for child, parent in arcs:
        heads.setdefault(child, {child}).add(parent)
    examples: list[tuple[Pair, str]] = []
    for child, parent in arcs:
        examples.append(((child, parent), "1"))
        allowed = [token for token in range(size) if token not in heads[child]]
        if allowed:
            examples.append(((child, generator.choice(allowed)), "0"))
    return examples
