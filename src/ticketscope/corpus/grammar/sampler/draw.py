"""Random choice, and questions about referents."""

from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from ticketscope.corpus.grammar.lexicon import Adjective
from ticketscope.corpus.grammar.spec import Clause, Phrase

T = TypeVar("T")


class Retry(Exception):  # noqa: N818 -- control flow, not an error
    """The draw makes no sensible sentence; the caller draws another."""


class Zipf(Generic[T]):
    """Draws items with probability proportional to (rank + offset) ** -exponent, in groups."""

    def __init__(self, groups: list[list[T]], offset: float = 2.0) -> None:
        self.items = [item for group in groups for item in group]
        self._ranks = [rank + offset for group in groups for rank in range(len(group))]
        self._totals: dict[float, list[float]] = {}

    def draw(self, rng: Random, exponent: float = 1.0) -> T:
        """One item; a larger exponent makes rare items rarer."""
        if exponent not in self._totals:
            self._totals[exponent] = list(accumulate(rank**-exponent for rank in self._ranks))
        total = self._totals[exponent]
        return self.items[bisect_left(total, rng.random() * total[-1])]


def pick(rng: Random, items: list[T]) -> T:
    """One item, all equally likely."""
    return items[int(rng.random() * len(items))]


def draw_until(draw: Callable[[], T], accept: Callable[[T], bool], tries: int = 20) -> T:
    """The first item that is acceptable."""
    for _ in range(tries):
        item = draw()
        if accept(item):
            return item
    raise Retry


def kind_of(phrase: Phrase) -> str:
    """Class letter of the referent, empty for named places."""
    root = phrase.root()
    if root.speaker:
        return "P"
    if root.parts:
        return kind_of(root.parts[0])
    if root.name is not None:
        return {"person": "P", "organisation": "G"}.get(root.name.kind, "")
    return root.noun.kind if root.noun is not None else ""


def same_pronoun(first: Phrase, second: Phrase) -> bool:
    """Whether an English pronoun for one phrase could be understood as the other."""
    if first.plural or second.plural:
        return first.plural == second.plural
    human = kind_of(first) == "P"
    if human != (kind_of(second) == "P"):
        return False
    return not (human and {first.root().sex, second.root().sex} == {"m", "f"})


def fitting(clause: Clause) -> str:
    """Classes of subject that a hearer considers possible for the clause."""
    if clause.verb is not None:
        return clause.verb.subject_rivals
    if isinstance(clause.predicate, Adjective):
        return clause.predicate.english_kinds
    return "P"
