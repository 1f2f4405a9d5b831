"""Every number of two tickets' layers, or of one ticket's own, from one pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dissect.similarity.covariance import (
    BLOCK,
    Array,
    Covariances,
    Floats,
    Rows,
    cross_covariances,
)
from dissect.similarity.jackknife import jackknife
from dissect.similarity.layers import layer_sim_of, neuron_sim_of
from dissect.similarity.spectra import spectrum_of


@dataclass(frozen=True)
class Matrices:
    """Similarities of layers with layers.

    Attributes:
        n: Tokens, or word pairs.
        layer: LayerSim (AttentionSim of attention), (layers, other layers).
        debiased: The same, debiased.
        neuron: NeuronSim from a layer to another's, (layers, other layers).
        neuron_back: NeuronSim from the other's layers, (other layers, layers).
    """

    n: int
    layer: Floats
    debiased: Floats
    neuron: Floats
    neuron_back: Floats


@dataclass(frozen=True)
class Comparison(Matrices):
    """Two tickets: the matrices, and more of the pairs of layers of the same number.

    Attributes:
        layer_interval: 95 % jackknife interval of `layer`, (same layers, 2).
        debiased_interval: Of `debiased`.
        neuron_interval: Of `neuron`.
        maxima: Each neuron's (or head's) highest correlation; one array (dim,) a layer.
        best: Which of the other's neurons that is; one array (dim,) a layer.
        same_rate: Share of neurons whose best is of the same number, (same layers,).
    """

    layer_interval: Floats
    debiased_interval: Floats
    neuron_interval: Floats
    maxima: list[Floats]
    best: list[NDArray[np.int64]]
    same_rate: Floats


@dataclass(frozen=True)
class OwnComparison(Matrices):
    """One ticket's layers with each other, and their spectra.

    Attributes:
        spectra: Cumulative shares of centred layers; one array (dim,) a layer.
        spectra_uncentered: Of the layers as they are, as the paper's authors took them.
    """

    spectra: list[Floats]
    spectra_uncentered: list[Floats]


def compare(
    own: Sequence[Array] | Array,
    other: Sequence[Array] | Array,
    *,
    groups: Sequence[int],
    rows: Rows | None = None,
    block: int = BLOCK,
    device: str | None = None,
) -> Comparison:
    """Compare each layer of a ticket with each layer of another.

    Args:
        own: (layers, tokens, dim), or a sequence of (tokens, dim): one side's states. For
            attention, packed word pairs (layers, packed, heads).
        other: The other's, of the same tokens.
        groups: Offsets of groups of sentences among the tokens taken (`even_groups`).
        rows: Tokens to take, all by default; for attention `Layout.rows`.
        block: Tokens at a time.
        device: Where to compute: by default a GPU if there is one.
    """
    layers, others = list(own), list(other)
    first, second = range(len(layers)), range(len(layers), len(layers) + len(others))
    same = list(zip(first, second, strict=False))
    sums = cross_covariances(
        [*layers, *others],
        [(i, j) for i in first for j in second],
        rows=rows, groups=groups, grouped=same, block=block, device=device,
    )  # fmt: skip
    neurons = [neuron_sim_of(sums, i, j) for i, j in same]

    def intervals(measure: Callable[..., float]) -> Floats:
        return np.array([jackknife(sums, partial(measure, pair=pair)) for pair in same])

    return Comparison(
        **_matrices(sums, first, second),
        layer_interval=intervals(lambda part, pair: layer_sim_of(part, *pair)),
        debiased_interval=intervals(lambda part, pair: layer_sim_of(part, *pair, debiased=True)),
        neuron_interval=intervals(lambda part, pair: neuron_sim_of(part, *pair).value),
        maxima=[found.maxima for found in neurons],
        best=[found.best for found in neurons],
        same_rate=np.array([found.same_rate for found in neurons]),
    )


def compare_self(
    own: Sequence[Array] | Array,
    *,
    rows: Rows | None = None,
    block: int = BLOCK,
    device: str | None = None,
) -> OwnComparison:
    """Compare each layer of a ticket with each of its own; arguments as of `compare`."""
    layers = list(own)
    every = range(len(layers))
    pairs = [(i, j) for i in every for j in every]
    sums = cross_covariances(layers, pairs, rows=rows, block=block, device=device)
    return OwnComparison(
        **_matrices(sums, every, every),
        spectra=[spectrum_of(sums, i).cumulative for i in every],
        spectra_uncentered=[spectrum_of(sums, i, centered=False).cumulative for i in every],
    )


def _matrices(sums: Covariances, first: range, second: range) -> dict[str, Any]:
    shape = (len(first), len(second))
    layer, debiased, neuron, back = (np.empty(shape) for _ in range(4))
    for place in np.ndindex(shape):
        i, j = first[place[0]], second[place[1]]
        layer[place] = layer_sim_of(sums, i, j)
        debiased[place] = layer_sim_of(sums, i, j, debiased=True)
        neuron[place] = neuron_sim_of(sums, i, j).value
        back[place] = neuron_sim_of(sums, j, i).value
    found = {"layer": layer, "debiased": debiased, "neuron": neuron, "neuron_back": back.T}
    return {"n": sums.n, **found}
