"""Which maps of a representation a measure does not see, declared where the measure is defined.

As in ReSi (Klabunde et al. 2025): the declaration is data, and the tests hold each measure to it,
both ways. Every measure is blind to the order of the tokens, if it is the same for both sides.
"""

from collections.abc import Callable
from typing import Literal, TypeVar, get_args

Map = Literal[
    "orthogonal",  # x Q, Q orthogonal
    "scaling",  # c x, c > 0
    "translation",  # x + t, the same t for every token
    "permutation",  # of neurons (dimensions, heads)
    "rescaling",  # each neuron by a factor of its own, of either sign
    "linear",  # x A, A invertible: implies all above but translation
]
MAPS: tuple[Map, ...] = get_args(Map)

INVARIANCES: dict[str, frozenset[Map]] = {}  # by the measure's name

Measure = TypeVar("Measure", bound=Callable[..., object])


def invariant_to(*maps: Map) -> Callable[[Measure], Measure]:
    """Declare what a measure is invariant to, when the map is applied to either of its sides."""

    def declare(measure: Measure) -> Measure:
        INVARIANCES[measure.__name__] = frozenset(maps)
        return measure

    return declare
