"""What is compared: for each table of differences, its rows in either experiment.

A row has `seed`, the keys by which it finds its partner, `own` (the ticket's name in its own
experiment), `value`, and where there is one its interval, `low` and `high`. Rows without a value
are left out: nothing was measured.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from ticketscope.errors import InputError
from ticketscope.probing.layers import best_layers
from ticketscope.report.claims.components import VARIANCE
from ticketscope.report.compare.differences import PAIR
from ticketscope.report.compare.results import Results

TICKET = ("series", "ticket")


@dataclass(frozen=True)
class Measure:
    """A table of differences.

    Attributes:
        name: Of its file.
        title: For people.
        note: What is compared, and what its interval covers.
        source: The table of the experiment that it is read from.
        columns: That it must have.
        keys: By which rows find their partners, next to the seed.
        rows: Table -> rows, before `own`, with `seed`, `keys`, `value` and perhaps `low`, `high`.
        beside: Columns that both sides show beside their value.
        digits: Decimals shown.
    """

    name: str
    title: str
    note: str
    source: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    rows: Callable[[pd.DataFrame], pd.DataFrame]
    beside: tuple[str, ...] = ()
    digits: int = 3

    def read(self, results: Results) -> pd.DataFrame | None:
        """An experiment's rows; None: it has no such table.

        Raises:
            InputError: the table lacks a column.
        """
        table = results.tables.get(self.source)
        if table is None:
            return None
        missing = [name for name in self.columns if name not in table]
        if missing:
            raise InputError(
                f"{results.folder}/tables/{self.source}.csv: has no column {', '.join(missing)}; "
                "another version wrote it: make it again"
            )
        found = self.rows(table)
        found = found[found["value"].notna()].assign(own=lambda rows: rows["ticket"])
        columns = ["seed", *self.keys, "own", "value", "low", "high", *self.beside]
        return found.reindex(columns=columns).reset_index(drop=True)


def _bleu(table: pd.DataFrame) -> pd.DataFrame:
    names = {"bleu": "value", "bleu_low": "low", "bleu_high": "high", "sparsity_excl": "sparsity"}
    return table.rename(columns=names)


def _modules(table: pd.DataFrame) -> pd.DataFrame:
    weights = table[table["kind"] == "weight"]
    place = ["seed", *TICKET, "side", "layer", "block", "part"]
    sums = weights.groupby(place, sort=False, as_index=False)[["pruned", "total"]].sum()
    return sums.assign(value=sums["pruned"] / sums["total"])


def _probes(table: pd.DataFrame) -> pd.DataFrame:
    best = best_layers(table).drop(columns=["layer", "test"])
    return best.rename(columns={"clean_layer": "layer", "clean_test": "value"})


def _similarity(table: pd.DataFrame) -> pd.DataFrame:
    across = table["seed"] != table["other_seed"]
    pairs = table["seed"].astype(str) + PAIR + table["other_seed"].astype(str)
    return table.assign(
        models=across.map({True: "of two seeds", False: "of one seed"}),
        seed=table["seed"].astype(str).where(~across, pairs),
    )


def _components(table: pd.DataFrame) -> pd.DataFrame:
    enough = table[table["share"] >= VARIANCE]
    place = ["seed", *TICKET, "module", "centered"]
    ranks = enough.groupby(place, sort=False, as_index=False)["rank"].min()
    names = {True: "centred", False: "not centred"}
    return ranks.assign(centered=ranks["centered"].map(names)).rename(columns={"rank": "value"})


MEASURES = (
    Measure(
        "bleu",
        "BLEU",
        "Tickets of equal sparsity (without embeddings).",
        "table_a1",
        ("seed", *TICKET, "sparsity_excl", "bleu", "bleu_low", "bleu_high"),
        TICKET,
        _bleu,
        beside=("sparsity",),
        digits=2,
    ),
    Measure(
        "modules",
        "Module sparsities",
        "Share of the weights (no biases) that is pruned, heads together. A count: within a seed "
        "it has no error, and no interval.",
        "module_sparsity",
        ("seed", *TICKET, "side", "layer", "block", "part", "kind", "pruned", "total"),
        (*TICKET, "side", "layer", "block", "part"),
        _modules,
    ),
    Measure(
        "probes",
        "Probes",
        "Test score on the layer that is best on dev, in each experiment its own; the interval "
        "does not cover that choice.",
        "probes",
        ("suite", "task", "group", "probe", "metric", "seed", *TICKET, "layer", "dev", "test"),
        ("suite", "task", "probe", "metric", *TICKET),
        _probes,
        beside=("layer",),
    ),
    Measure(
        "similarity",
        "Similarity",
        "Over n tokens, or pairs of tokens. Jackknife intervals exist for layers of the same "
        "number. The interval of the difference takes their errors for independent: on the same "
        "text it is, if anything, too wide.",
        "similarity",
        ("measure", "module", "seed", *TICKET, "layer", "other_seed", "other_ticket",
         "other_layer", "n", "value", "low", "high"),
        ("measure", "module", *TICKET, "layer", "other_ticket", "other_layer", "models"),
        _similarity,
        beside=("n",),
    ),
    Measure(
        "attention_concentration",
        "Attention concentration",
        "Share of queries with more than 0.95 of their attention on one token, or on the "
        "threshold of the config. Within a seed no interval was measured.",
        "attention_concentration",
        ("seed", *TICKET, "module", "layer", "share"),
        ("module", *TICKET, "layer"),
        lambda table: table.rename(columns={"share": "value"}),
    ),
    Measure(
        "spectra",
        "Spectra",
        f"Fewest components of the last layer that hold {100 * VARIANCE:.0f} % of the variance "
        "(centred) or of the squared norm (not centred). Within a seed no interval was measured.",
        "spectra",
        ("seed", *TICKET, "module", "centered", "rank", "share"),
        ("module", "centered", *TICKET),
        _components,
        digits=0,
    ),
    Measure(
        "categories",
        "Similarity by category",
        "Debiased CKA with LTH0 of n tokens in the last encoder layer. The interval of the "
        "difference takes the errors of both for independent.",
        "categories",
        ("seed", *TICKET, "kind", "category", "n", "debiased", "low", "high"),
        ("kind", "category", *TICKET),
        lambda table: table.drop(columns="value", errors="ignore").rename(
            columns={"debiased": "value"}
        ),
        beside=("n",),
    ),
)  # fmt: skip
