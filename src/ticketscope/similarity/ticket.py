"""All that section 5 measures of a ticket: its layers beside each other and another ticket's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.representations.store import Store
from ticketscope.runtime.devices import full_memory
from ticketscope.similarity.attention import Layout, concentration, concentration_interval
from ticketscope.similarity.jackknife import even_groups
from ticketscope.similarity.measures import ATTENTION, STATES, Measure
from ticketscope.similarity.pair import Comparison, Matrices, OwnComparison, compare, compare_self

COLUMNS = [
    "measure", "module", "seed", "series", "ticket", "layer", "other_seed", "other_ticket",
    "other_layer", "n", "value", "debiased", "low", "high", "n_per_d", "reverse",
]  # fmt: skip

# Fewer tokens than so many for each dimension make a warning: linear CKA of independent data is
# about 1 / (1 + n / d), so .17 here and .5 at one token a dimension.
ENOUGH = 5

Row = dict[str, Any]


@dataclass(frozen=True)
class Module:
    """A stack of layers in a store: the states of one side, or the attention of one kind.

    Attributes:
        name: encoder, decoder, enc_self, enc_dec or dec_self.
        layers: (layers, tokens, dim), or for attention (layers, packed pairs, heads).
        offsets: Where each sentence begins among the tokens or word pairs, and the end.
        layout: Of attention.
    """

    name: str
    layers: NDArray[Any]
    offsets: NDArray[np.int64]
    layout: Layout | None = None

    @property
    def rows(self) -> NDArray[np.int64] | None:
        """Numbers of the rows that are compared; None: all."""
        return self.layout.rows if self.layout else None

    @property
    def first(self) -> int:
        """Number of the first layer: the embedding is layer 0 of the states."""
        return 1 if self.layout else 0

    @property
    def dim(self) -> int:
        """Neurons, or heads."""
        return int(self.layers[0].shape[-1])

    @property
    def measures(self) -> Mapping[str, Measure]:
        """Measures by which its layers are compared."""
        return ATTENTION if self.layout else STATES

    @property
    def same_measure(self) -> str:
        """Name of the share of neurons, or heads, whose best match has their own number."""
        return "SameHead" if self.layout else "SameNeuron"


@dataclass
class TicketSimilarity:
    """Everything that is written about one ticket.

    Attributes:
        similarity: Rows of tables/similarity.csv.
        spectra: Rows of tables/spectra.csv, about the final layers.
        concentration: Rows of tables/attention_concentration.csv.
        matrices: `<module>/<other>/<measure>` -> (layers, other layers), where the other ticket is
            named by `TicketName.beside`. For layers of the same number also
            `<module>/<other>/maxima/<layer>` and `<module>/<other>/best/<layer>` -> (dim,).
    """

    similarity: list[Row] = field(default_factory=list)
    spectra: list[Row] = field(default_factory=list)
    concentration: list[Row] = field(default_factory=list)
    matrices: dict[str, NDArray[Any]] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """This ticket's part of tables/similarity.csv."""
        return pd.DataFrame(self.similarity, columns=COLUMNS)

    def add_matrices(self, module: Module, other: str, comparison: Matrices) -> None:
        """Add the arrays of a comparison with the ticket that is named `other`."""
        arrays: dict[str, NDArray[Any]] = {**comparison.arrays()}
        if isinstance(comparison, Comparison):
            matches = zip(comparison.maxima, comparison.best, strict=True)
            for layer, (maxima, best) in enumerate(matches, start=module.first):
                arrays |= {f"maxima/{layer}": maxima, f"best/{layer}": best}
        self.matrices |= {f"{module.name}/{other}/{key}": array for key, array in arrays.items()}


def modules(store: Store) -> Iterator[Module]:
    """States of both sides, then attention of each kind."""
    yield Module("encoder", store.encoder, store.encoder_offsets)
    if store.decoder is not None and store.decoder_offsets is not None:
        yield Module("decoder", store.decoder, store.decoder_offsets)
    for kind, weights in store.attention.items():
        layout = Layout(np.column_stack(store.lengths(kind)), kind)
        yield Module(kind, weights, layout.offsets, layout)


@full_memory("lower similarity.block")
def examine(
    name: TicketName,
    store: Store,
    others: Mapping[TicketName, Store],
    *,
    groups: int,
    block: int,
    threshold: float,
    texts: Sequence[int] = (),
    device: str | None = None,
    progress: Callable[[str], None] = print,
) -> TicketSimilarity:
    """Compare a ticket with itself and with other tickets on the same text.

    Args:
        name: The ticket.
        store: Its representations.
        others: Representations of the tickets to compare it with.
        groups: Groups of sentences for the jackknife.
        block: Tokens at a time.
        threshold: Mass on one key above which attention counts as concentrated.
        texts: Numbers of sentences of the texts that follow each other; none: it is one text.
        device: Where to compute, as torch names it; None: a GPU if there is one.
        progress: Gets a line for each module.

    Raises:
        InputError: the stores are of different texts, or of other sentences than `texts` says.
    """
    for other_store in others.values():
        if other_store.text != store.text:
            raise InputError(
                f"{store.path} and {other_store.path} hold different texts: only states of the "
                "same text can be compared"
            )
    result = TicketSimilarity()
    other_modules = {
        other: {module.name: module for module in modules(other_store)}
        for other, other_store in others.items()
    }
    for module in modules(store):
        progress(f"seed {name.seed} {name.series} {name.label}: {module.name}")
        options: Row = {
            "measures": module.measures, "rows": module.rows, "block": block, "device": device,
        }  # fmt: skip
        sentences = even_groups(module.offsets, groups, texts)
        comparison = compare_self(
            module.layers, groups=sentences if module.layout else (), **options
        )
        if comparison.n < ENOUGH * module.dim:
            progress(
                f"warning: {module.name} has {comparison.n / module.dim:.1f} tokens for each of "
                f"its {module.dim} dimensions; below {ENOUGH}, similarity comes from the few "
                "tokens alone: read the debiased values, or compare on a longer text"
            )
        result.add_matrices(module, name.label, comparison)
        result.similarity += _layer_rows(module, name, comparison)
        if module.layout is None:
            result.spectra += _spectrum_rows(module, name, comparison)
        else:
            result.concentration += _concentration_rows(
                module, module.layout, name, threshold, groups, texts
            )
        for other, counterparts in other_modules.items():
            pair = compare(
                module.layers,
                counterparts[module.name].layers,
                groups=sentences,
                **options,
            )
            result.add_matrices(module, other.beside(name), pair)
            result.similarity += _pair_rows(module, name, other, pair)
    return result


def _row(
    module: Module, name: TicketName, other: TicketName, a: int, b: int, n: int, **values: object
) -> Row:
    """A row about the a-th layer of a ticket and the b-th of another, on n tokens."""
    return {
        "module": module.name,
        "seed": name.seed,
        "series": name.series,
        "ticket": name.label,
        "layer": a + module.first,
        "other_seed": other.seed,
        "other_ticket": other.label,
        "other_layer": b + module.first,
        "n": n,
        "n_per_d": n / module.dim,
        **values,
    }


def _layer_rows(module: Module, name: TicketName, comparison: OwnComparison) -> Iterator[Row]:
    """Each pair of different layers, in both directions if the measure has two."""
    for a, b in np.ndindex(comparison.shape):
        for measure, definition in module.measures.items():
            if a < b or (a > b and not definition.symmetric):
                low, high = comparison.intervals[measure][a, b]
                yield _row(
                    module, name, name, a, b, **comparison.cell(measure, a, b), low=low, high=high
                )


def _pair_rows(
    module: Module, name: TicketName, other: TicketName, pair: Comparison
) -> Iterator[Row]:
    """Each pair of layers, in both directions if the measure has two.

    Layers of the same number also have intervals and the share of neurons that kept their place, in
    the paper's direction: LTH0's neurons look for their best match in LTHk, and `reverse` is the
    share of LTHk's neurons.
    """
    for a, b in np.ndindex(pair.shape):
        for measure, definition in module.measures.items():
            row = _row(module, name, other, a, b, **pair.cell(measure, a, b))
            if a == b:
                row["low"], row["high"] = pair.intervals[measure][a]
            yield row
            if not definition.symmetric:
                back: Row = {"measure": measure, "n": pair.n, "value": pair.back[measure][b, a]}
                # Both directions belong to the series that is compared.
                yield _row(module, other, name, b, a, **back) | {"series": name.series}
        if a == b:
            yield _row(
                module, name, other, a, b, pair.n,
                measure=module.same_measure,
                value=pair.same_rate_back[a],
                reverse=pair.same_rate[a],
            )  # fmt: skip


def _spectrum_rows(module: Module, name: TicketName, comparison: OwnComparison) -> Iterator[Row]:
    for centered, spectra in ((True, comparison.spectra), (False, comparison.spectra_uncentered)):
        columns = name.columns | {"module": module.name, "centered": centered}
        for rank, share in enumerate(spectra[-1].tolist(), start=1):
            yield columns | {"rank": rank, "share": share}


def _concentration_rows(
    module: Module,
    layout: Layout,
    name: TicketName,
    threshold: float,
    groups: int,
    texts: Sequence[int],
) -> Iterator[Row]:
    shares = []
    columns = name.columns | {"module": module.name}
    for number, layer in enumerate(module.layers, start=module.first):
        shares.append(float(concentration(layer, layout, threshold=threshold).mean()))
        low, high = concentration_interval(layer, layout, groups, texts, threshold=threshold)
        row = {"layer": number, "share": shares[-1], "kind": "layer", "low": low, "high": high}
        yield columns | row
    yield columns | {"layer": None, "share": float(np.mean(shares)), "kind": "all"}
