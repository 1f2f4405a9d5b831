"""Every number of two tickets' layers, or of one ticket's own, from one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.similarity.covariance import (
    BLOCK,
    Array,
    Covariances,
    Floats,
    Rows,
    cross_covariances,
)
from ticketscope.similarity.jackknife import Interval, jackknife
from ticketscope.similarity.layers import neuron_sim_of
from ticketscope.similarity.measures import STATES, Measure
from ticketscope.similarity.spectra import spectrum_of


@dataclass(frozen=True)
class Matrices:
    """Similarities of layers with layers, by measure.

    Attributes:
        n: Tokens, or word pairs.
        values: From a layer to another's, (layers, other layers).
        back: From the other's layers, (other layers, layers), of measures that are not symmetric.
        debiased: As `values`, of the measures that have it.
    """

    n: int
    values: dict[str, Floats]
    back: dict[str, Floats]
    debiased: dict[str, Floats]

    @property
    def shape(self) -> tuple[int, ...]:
        """Layers, other layers."""
        return next(iter(self.values.values())).shape


@dataclass(frozen=True)
class Comparison(Matrices):
    """Two tickets: the matrices, and more of the pairs of layers of the same number.

    Attributes:
        intervals: 95 % jackknife intervals of `values`, (same layers, 2).
        maxima: Each neuron's (or head's) highest correlation; one array (dim,) a layer.
        best: Which of the other's neurons that is; one array (dim,) a layer.
        same_rate: Share of neurons whose best is of the same number, (same layers,).
    """

    intervals: dict[str, Floats]
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
    measures: Mapping[str, Measure] = STATES,
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
        measures: By name.
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

    def interval(measure: Measure, i: int, j: int) -> Interval:
        return jackknife(sums, lambda part: measure.of(part, i, j))

    return Comparison(
        **_matrices(sums, first, second, measures),
        intervals={
            name: np.array([interval(measure, i, j) for i, j in same])
            for name, measure in measures.items()
        },
        maxima=[found.maxima for found in neurons],
        best=[found.best for found in neurons],
        same_rate=np.array([found.same_rate for found in neurons]),
    )


def compare_self(
    own: Sequence[Array] | Array,
    *,
    measures: Mapping[str, Measure] = STATES,
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
        **_matrices(sums, every, every, measures),
        spectra=[spectrum_of(sums, i).cumulative for i in every],
        spectra_uncentered=[spectrum_of(sums, i, centered=False).cumulative for i in every],
    )


def _matrices(
    sums: Covariances, first: range, second: range, measures: Mapping[str, Measure]
) -> dict[str, Any]:
    shape = (len(first), len(second))
    values = {name: np.empty(shape) for name in measures}
    back = {name: np.empty(shape[::-1]) for name, one in measures.items() if not one.symmetric}
    debiased = {name: np.empty(shape) for name, one in measures.items() if one.debiased}
    for a, b in np.ndindex(shape):
        i, j = first[a], second[b]
        for name, measure in measures.items():
            values[name][a, b] = measure.of(sums, i, j)
            if measure.debiased:
                debiased[name][a, b] = measure.debiased(sums, i, j)
            if not measure.symmetric:
                back[name][b, a] = measure.of(sums, j, i)
    return {"n": sums.n, "values": values, "back": back, "debiased": debiased}
