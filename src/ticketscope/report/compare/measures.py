"""The rows of each table of differences (measures.yaml), in either experiment.

A row has `seed`, the keys by which it finds its partner, `own` (the ticket's name in its own
experiment), `value`, and where possible its interval, `low` and `high`. Rows without a value are
left out: nothing was measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from ticketscope.claims.quantities import VARIANCE
from ticketscope.errors import InputError
from ticketscope.probing.layers import best_layers
from ticketscope.report.compare.differences import PAIR
from ticketscope.report.compare.results import Results


@dataclass(frozen=True)
class Measure:
    """A table of differences; its fields are described in measures.yaml."""

    name: str
    title: str
    note: str
    source: str
    columns: Sequence[str]
    keys: Sequence[str]
    beside: Sequence[str] = ()
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
        rows = _ROWS[self.name](table)
        rows = rows[rows["value"].notna()].assign(own=lambda rows: rows["ticket"])
        columns = ["seed", *self.keys, "own", "value", "low", "high", *self.beside]
        return rows.reindex(columns=columns).reset_index(drop=True)


def _bleu(table: pd.DataFrame) -> pd.DataFrame:
    names = {"bleu": "value", "bleu_low": "low", "bleu_high": "high", "sparsity_excl": "sparsity"}
    return table.rename(columns=names)


def _modules(table: pd.DataFrame) -> pd.DataFrame:
    weights = table[table["kind"] == "weight"]
    place = ["seed", "series", "ticket", "side", "layer", "block", "part"]
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


def _concentration(table: pd.DataFrame) -> pd.DataFrame:
    layer = pd.to_numeric(table["layer"], errors="coerce").astype("Int64").astype(str)
    return table.rename(columns={"share": "value"}).assign(layer=layer.replace("<NA>", "all"))


def _components(table: pd.DataFrame) -> pd.DataFrame:
    enough = table[table["share"] >= VARIANCE]
    place = ["seed", "series", "ticket", "module", "centered"]
    ranks = enough.groupby(place, sort=False, as_index=False)["rank"].min()
    names = {True: "centred", False: "not centred"}
    return ranks.assign(centered=ranks["centered"].map(names)).rename(columns={"rank": "value"})


def _categories(table: pd.DataFrame) -> pd.DataFrame:
    values = table.drop(columns="value", errors="ignore")
    return values.rename(columns={"debiased": "value"})


# By name of the measure: reads `seed`, the keys, `value` and perhaps its interval off a table.
_ROWS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "bleu": _bleu,
    "modules": _modules,
    "probes": _probes,
    "similarity": _similarity,
    "attention_concentration": _concentration,
    "spectra": _components,
    "categories": _categories,
}
_CATALOGUE = (Path(__file__).parent / "measures.yaml").read_text(encoding="utf-8")
MEASURES = tuple(Measure(**entry) for entry in yaml.safe_load(_CATALOGUE))
