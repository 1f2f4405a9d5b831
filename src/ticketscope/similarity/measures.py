"""The measures of tables/similarity.csv: each is read off the sums of one pass for two layers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ticketscope.similarity.layers import layer_sim_of, neuron_sim_of
from ticketscope.similarity.sums import Covariances

Reading = Callable[[Covariances, int, int], float]
"""From network i to network j of a pass that has the covariances of both and between them."""


@dataclass(frozen=True)
class Measure:
    """A measure whose values are at most 1.

    Attributes:
        of: Its value.
        symmetric: Whether it is the same from j to i; else the table has both directions.
        debiased: The value without the bias of few tokens, for the column of that name.
    """

    of: Reading
    symmetric: bool = True
    debiased: Reading | None = None


def _neuron_sim(sums: Covariances, i: int, j: int) -> float:
    return neuron_sim_of(sums, i, j).value


_CKA = Measure(layer_sim_of, debiased=partial(layer_sim_of, debiased=True))

# By the name in the table: of states, and of attention with heads as features.
STATES = {
    "LayerSim": _CKA,
    "NeuronSim": Measure(_neuron_sim, symmetric=False),
}
ATTENTION = {"AttentionSim": _CKA}
