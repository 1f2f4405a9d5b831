"""All similarities of the layers of two tickets, or of one ticket, from one pass."""

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
    Groups,
    Rows,
    cross_covariances,
)
from ticketscope.similarity.jackknife import jackknife
from ticketscope.similarity.layers import neuron_sim_of
from ticketscope.similarity.measures import STATES, Measure
from ticketscope.similarity.spectra import cumulative_shares


@dataclass(frozen=True)
class Matrices:
    """Similarities of layers with layers, by measure.

    Attributes:
        n: Tokens, or word pairs.
        values: From each layer to each other layer, (layers, other layers).
        back: In the other direction, (other layers, layers); measures that are not symmetric.
        debiased: As `values`; measures that have a debiased value.
    """

    n: int
    values: dict[str, Floats]
    back: dict[str, Floats]
    debiased: dict[str, Floats]

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of layers and of other layers."""
        return next(iter(self.values.values())).shape

    def cell(self, measure: str, a: int, b: int) -> dict[str, Any]:
        """A measure of two layers as columns: measure, n, value and, if it has one, debiased."""
        columns = {"measure": measure, "n": self.n, "value": self.values[measure][a, b]}
        if measure in self.debiased:
            columns["debiased"] = self.debiased[measure][a, b]
        return columns

    def arrays(self) -> dict[str, Floats]:
        """All matrices by <measure>, <measure>_debiased and <measure>_back."""
        debiased = {f"{measure}_debiased": array for measure, array in self.debiased.items()}
        return self.values | debiased | {f"{name}_back": array for name, array in self.back.items()}


@dataclass(frozen=True)
class Comparison(Matrices):
    """Two tickets: the matrices, and more about pairs of layers of the same number.

    Attributes:
        intervals: 95 % jackknife intervals of `values`, (same layers, 2).
        maxima: Each neuron's (or head's) highest correlation, (dim,) of each layer.
        best: The number of the other's neuron that has it, (dim,) of each layer.
        same_rate: Share of neurons whose best match has the same number, (same layers,).
        same_rate_back: The same of the other's neurons, (same layers,): the paper's direction if
            the other is LTH0.
    """

    intervals: dict[str, Floats]
    maxima: list[Floats]
    best: list[NDArray[np.int64]]
    same_rate: Floats
    same_rate_back: Floats


@dataclass(frozen=True)
class OwnComparison(Matrices):
    """The layers of one ticket with each other, and their spectra.

    Attributes:
        intervals: 95 % jackknife intervals of `values`, (layers, layers, 2); NaN where there are no
            groups of sentences, and for a layer with itself or an earlier one.
        spectra: Cumulative shares of the centred layers, (dim,) of each; NaN where all tokens are
            the same.
        spectra_uncentered: Of the layers without centring, as the paper's authors took them.
    """

    intervals: dict[str, Floats]
    spectra: list[Floats]
    spectra_uncentered: list[Floats]


def compare(
    layers: Sequence[Array] | Array,
    others: Sequence[Array] | Array,
    *,
    groups: Groups,
    measures: Mapping[str, Measure] = STATES,
    rows: Rows | None = None,
    block: int = BLOCK,
    device: str | None = None,
) -> Comparison:
    """Compare each layer of a ticket with each layer of another.

    Args:
        layers: (layers, tokens, dim), or a sequence of (tokens, dim): the states of one side. For
            attention, packed word pairs (layers, packed, heads).
        others: The same of the other ticket, for the same tokens.
        groups: Groups of sentences, as the tokens used (`even_groups`).
        measures: Measures by name.
        rows: Numbers of the tokens to use; None: all. For attention `Layout.rows`.
        block: Tokens at a time.
        device: Where to compute, as torch names it; None: a GPU if there is one.
    """
    layers, others = list(layers), list(others)
    first, second = range(len(layers)), range(len(layers), len(layers) + len(others))
    same = list(zip(first, second, strict=False))
    sums = cross_covariances(
        [*layers, *others],
        [(i, j) for i in first for j in second],
        rows=rows, groups=groups, grouped=same, block=block, device=device,
    )  # fmt: skip
    neurons = [neuron_sim_of(sums, i, j) for i, j in same]
    return Comparison(
        **_matrices(sums, first, second, measures),
        intervals={
            name: np.array([jackknife(sums, measure.of, i, j) for i, j in same])
            for name, measure in measures.items()
        },
        maxima=[result.maxima for result in neurons],
        best=[result.best for result in neurons],
        same_rate=np.array([result.same_rate for result in neurons]),
        same_rate_back=np.array([neuron_sim_of(sums, j, i).same_rate for i, j in same]),
    )


def compare_self(
    layers: Sequence[Array] | Array,
    *,
    groups: Groups = (),
    measures: Mapping[str, Measure] = STATES,
    rows: Rows | None = None,
    block: int = BLOCK,
    device: str | None = None,
) -> OwnComparison:
    """Compare each layer of a ticket with each of its layers; arguments as of `compare`.

    Groups keep the covariances of all pairs for each group: little for heads, much for neurons.
    """
    layers = list(layers)
    numbers = range(len(layers))
    pairs = [(i, j) for i in numbers for j in numbers]
    later = [(i, j) for i, j in pairs if i < j and groups]
    sums = cross_covariances(
        layers, pairs, rows=rows, groups=groups, grouped=later, block=block, device=device
    )
    intervals = {name: np.full((len(layers), len(layers), 2), np.nan) for name in measures}
    for name, measure in measures.items():
        for i, j in later:
            intervals[name][i, j] = jackknife(sums, measure.of, i, j)
    return OwnComparison(
        **_matrices(sums, numbers, numbers, measures),
        intervals=intervals,
        spectra=[cumulative_shares(sums, i) for i in numbers],
        spectra_uncentered=[cumulative_shares(sums, i, centered=False) for i in numbers],
    )


def _matrices(
    sums: Covariances, first: range, second: range, measures: Mapping[str, Measure]
) -> dict[str, Any]:
    shape = (len(first), len(second))
    values = {name: np.empty(shape) for name in measures}
    back = {name: np.empty(shape[::-1]) for name, m in measures.items() if not m.symmetric}
    debiased = {name: np.empty(shape) for name, m in measures.items() if m.debiased}
    # All measures of a pair at once, so that its covariance is centred once.
    for a, b in np.ndindex(shape):
        i, j = first[a], second[b]
        for name, measure in measures.items():
            values[name][a, b] = measure.of(sums, i, j)
            if measure.debiased:
                debiased[name][a, b] = measure.debiased(sums, i, j)
            if not measure.symmetric:
                back[name][b, a] = measure.of(sums, j, i)
    return {"n": sums.n, "values": values, "back": back, "debiased": debiased}
