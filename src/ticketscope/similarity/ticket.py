"""All that section 5 says of one ticket: compared with its own layers and with other tickets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.representations.layout import KINDS
from ticketscope.representations.store import Store
from ticketscope.similarity.attention import Layout, concentration
from ticketscope.similarity.jackknife import even_groups
from ticketscope.similarity.measures import ATTENTION, STATES, Measure
from ticketscope.similarity.names import Name
from ticketscope.similarity.pair import Comparison, Matrices, OwnComparison, compare, compare_self

COLUMNS = [
    "measure", "module", "seed", "series", "ticket", "layer", "other_seed", "other_ticket",
    "other_layer", "n", "value", "debiased", "low", "high",
]  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A kind of layers of a store: states of a side, or attention of a kind.

    Attributes:
        module: encoder, decoder, enc_self, enc_dec or dec_self.
        layers: (layers, tokens or packed pairs, dim or heads).
        offsets: Where sentences begin among the rows that count, and where the last ends.
        rows: Those rows; None: all.
        first: Number of the first layer: states have the embedding as layer 0.
    """

    module: str
    layers: NDArray[Any]
    offsets: NDArray[np.int64]
    rows: NDArray[np.intp] | None = None
    first: int = 0

    @property
    def measures(self) -> Mapping[str, Measure]:
        """What it is compared by."""
        return ATTENTION if self.module in KINDS else STATES

    @property
    def same(self) -> str:
        """What the share of neurons, or heads, whose best match stands where they do is called."""
        return "SameHead" if self.module in KINDS else "SameNeuron"


@dataclass
class Findings:
    """What is written of one ticket.

    Attributes:
        similarity: Rows of tables/similarity.csv.
        spectra: Of the final layers: rows of tables/spectra.csv.
        concentration: Rows of tables/attention_concentration.csv.
        matrices: `<module>/<other>/<measure>` -> (layers, other layers); the other is `LTH0`,
            `LTH2` ..., or `seed1-LTH0` of another seed. Of layers of the same number also
            `<module>/<other>/maxima/<layer>` and `.../best/<layer>` -> (dim,).
    """

    similarity: list[dict[str, Any]] = field(default_factory=list)
    spectra: list[dict[str, Any]] = field(default_factory=list)
    concentration: list[dict[str, Any]] = field(default_factory=list)
    matrices: dict[str, NDArray[Any]] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """tables/similarity.csv's part."""
        return pd.DataFrame(self.similarity, columns=COLUMNS)


def parts(store: Store) -> Iterator[Part]:
    """States of both sides, then attention of each kind."""
    yield Part("encoder", store.encoder, store.encoder_offsets)
    if store.decoder is not None and store.decoder_offsets is not None:
        yield Part("decoder", store.decoder, store.decoder_offsets)
    for kind in KINDS:
        if kind in store.attention:
            layout = Layout(np.column_stack(store.lengths(kind)), kind)
            yield Part(kind, store.attention[kind], layout.offsets, layout.rows, first=1)


def examine(
    name: Name,
    store: Store,
    others: Mapping[Name, Store],
    *,
    groups: int,
    block: int,
    threshold: float,
    device: str | None = None,
    progress: Callable[[str], None] = print,
) -> Findings:
    """Compare a ticket with itself and with other tickets on the same text.

    Args:
        name: The ticket.
        store: Its representations.
        others: Tickets to compare it with.
        groups: Of sentences, for the jackknife.
        block: Tokens at a time.
        threshold: Mass on one key from which attention counts as concentrated.
        device: As torch names it; None: a GPU if there is one.
        progress: Gets a line a module.

    Raises:
        InputError: the stores are of different texts.
    """
    found = Findings()
    theirs = {
        other: {part.module: part for part in parts(opened)} for other, opened in others.items()
    }
    for part in parts(store):
        progress(f"seed {name.seed} {name.series} {name.ticket}: {part.module}")
        own = compare_self(
            part.layers, measures=part.measures, rows=part.rows, block=block, device=device
        )
        _add_own(found, name, part, own)
        for other, modules in theirs.items():
            result = compare(
                part.layers,
                modules[part.module].layers,
                groups=even_groups(part.offsets, groups),
                measures=part.measures,
                rows=part.rows,
                block=block,
                device=device,
            )
            _add_pair(found, name, other, part, result)
        if part.module in KINDS:
            _add_concentration(found, name, part, store, threshold)
    return found


def _add_own(found: Findings, name: Name, part: Part, result: OwnComparison) -> None:
    _keep(found, part, name.ticket, result)
    base = _base(part, name, name, result.n)
    for a, b in np.ndindex(result.shape):
        place = {"layer": a + part.first, "other_layer": b + part.first}
        for measure, one in part.measures.items():
            if a < b or (a > b and not one.symmetric):
                found.similarity.append(base | place | _values(result, measure, a, b))
    if part.module not in KINDS:
        for centered, spectra in ((True, result.spectra), (False, result.spectra_uncentered)):
            found.spectra += [
                name.columns
                | {"module": part.module, "centered": centered, "rank": rank, "share": share}
                for rank, share in enumerate(spectra[-1].tolist(), start=1)
            ]


def _add_pair(found: Findings, name: Name, other: Name, part: Part, result: Comparison) -> None:
    label = other.ticket if other.seed == name.seed else f"seed{other.seed}-{other.ticket}"
    _keep(found, part, label, result)
    base = _base(part, name, other, result.n)
    back = {"ticket": other.ticket, "other_ticket": name.ticket, "seed": other.seed,
            "other_seed": name.seed}  # fmt: skip
    for a, b in np.ndindex(result.shape):
        row = base | {"layer": a + part.first, "other_layer": b + part.first}
        swapped = row | back | {"layer": b + part.first, "other_layer": a + part.first}
        for measure, one in part.measures.items():
            values = _values(result, measure, a, b)
            if a == b:
                low, high = result.intervals[measure][a]
                values |= {"low": low, "high": high}
            found.similarity.append(row | values)
            if not one.symmetric:
                value = result.back[measure][b, a]
                found.similarity.append(swapped | {"measure": measure, "value": value})
        if a == b:
            found.similarity.append(row | {"measure": part.same, "value": result.same_rate[a]})
            prefix = f"{part.module}/{label}"
            found.matrices[f"{prefix}/maxima/{a + part.first}"] = result.maxima[a]
            found.matrices[f"{prefix}/best/{a + part.first}"] = result.best[a]


def _add_concentration(
    found: Findings, name: Name, part: Part, store: Store, threshold: float
) -> None:
    kind = next(kind for kind in KINDS if kind == part.module)
    layout = Layout(np.column_stack(store.lengths(kind)), kind)
    shares = [
        float(concentration(layer, layout, threshold=threshold).mean()) for layer in part.layers
    ]
    rows: Sequence[tuple[object, float]] = [
        *enumerate(shares, start=part.first), ("all", float(np.mean(shares))),
    ]  # fmt: skip
    found.concentration += [
        name.columns | {"module": kind, "layer": layer, "share": share} for layer, share in rows
    ]


def _keep(found: Findings, part: Part, other: str, result: Matrices) -> None:
    for measure, values in result.values.items():
        arrays = {measure: values}
        if measure in result.debiased:
            arrays[f"{measure}_debiased"] = result.debiased[measure]
        if measure in result.back:
            arrays[f"{measure}_back"] = result.back[measure]
        found.matrices |= {f"{part.module}/{other}/{key}": array for key, array in arrays.items()}


def _base(part: Part, name: Name, other: Name, n: int) -> dict[str, Any]:
    return {
        "module": part.module,
        "seed": name.seed,
        "series": name.series,
        "ticket": name.ticket,
        "other_seed": other.seed,
        "other_ticket": other.ticket,
        "n": n,
    }


def _values(result: Matrices, measure: str, a: int, b: int) -> dict[str, Any]:
    row = {"measure": measure, "value": result.values[measure][a, b]}
    if measure in result.debiased:
        row["debiased"] = result.debiased[measure][a, b]
    return row
