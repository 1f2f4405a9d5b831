"""Maps of a representation that leave a measure unchanged, declared where it is defined.

As in ReSi (Klabunde et al. 2025), the declaration is data. Tests check that each measure is
unchanged by the declared maps and changed by all others. Every measure is invariant to the order
of the tokens, as long as both sides share it.
"""

from collections.abc import Callable
from typing import Literal, TypeVar, get_args

Map = Literal[
    "orthogonal",  # x Q, Q orthogonal
    "scaling",  # c x, c > 0
    "translation",  # x + t, the same t for every token
    "permutation",  # of neurons (dimensions, heads)
    "rescaling",  # each neuron by its own factor, of either sign
    "linear",  # x A, A invertible: implies all above but translation
]
MAPS: tuple[Map, ...] = get_args(Map)

INVARIANCES: dict[str, frozenset[Map]] = {}  # by the measure's name

Measure = TypeVar("Measure", bound=Callable[..., object])


def invariant_to(*maps: Map) -> Callable[[Measure], Measure]:
    """Declare the maps of either side that leave a measure unchanged."""

    def declare(measure: Measure) -> Measure:
        INVARIANCES[measure.__name__] = frozenset(maps)
        return measure

    return declare
