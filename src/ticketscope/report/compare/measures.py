"""The rows of each table of differences (measures.yaml), in either experiment.

A row has `seed`, the keys by which it finds its partner, `own` (the ticket's name in its own
experiment), `value`, and where possible its interval over test items, `low` and `high`. Rows
without a value are left out: nothing was measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from ticketscope.claims.similarity import VARIANCE
from ticketscope.errors import InputError
from ticketscope.probing.layers import best_layers
from ticketscope.report.compare.results import Results
from ticketscope.report.tables.behaviour import bucket_name


@dataclass(frozen=True)
class Measure:
    """A table of differences; its fields are described in measures.yaml."""

    name: str
    title: str
    note: str
    source: str
    columns: list[str]
    keys: list[str]
    beside: Sequence[str] = ()
    digits: int = 3

    def read(self, results: Results) -> pd.DataFrame:
        """An experiment's rows; none where it has no such table.

        Raises:
            InputError: the table lacks a column, or has two rows of the same thing.
        """
        rows = pd.DataFrame({"ticket": [], "value": []}, dtype=object)
        table = results.tables.get(self.source)
        if table is not None:
            results.check(self.source, self.columns)
            rows = _ROWS[self.name](table)
        rows = rows[rows["value"].notna()].assign(label=lambda rows: rows["ticket"])
        columns = ["seed", *self.keys, "label", "value", "low", "high", *self.beside]
        rows = rows.reindex(columns=columns)
        # A missing layer, such as that of an embedding, is a place too.
        rows = rows.assign(**rows[self.keys].map(str)).reset_index(drop=True)
        twice = rows[rows.duplicated(["seed", *self.keys])]
        if len(twice):
            row = twice.iloc[0]
            place = ", ".join(f"{name} {row[name]}" for name in ("seed", *self.keys))
            raise InputError(f"{results.folder}/tables/{self.source}.csv: two rows of {place}")
        return rows


def _bleu(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns={"bleu": "value", "sparsity_excl": "sparsity"})


def _modules(table: pd.DataFrame) -> pd.DataFrame:
    weights = table[table["kind"] == "weight"]
    place = ["seed", "series", "ticket", "side", "layer", "block", "part"]
    sums = weights.groupby(place, sort=False, as_index=False)[["pruned", "total"]].sum()
    return sums.assign(value=sums["pruned"] / sums["total"])


def _probes(table: pd.DataFrame) -> pd.DataFrame:
    best = best_layers(table).drop(columns=["layer", "test"])
    return best.rename(columns={"clean_layer": "layer", "clean_test": "value"})


def _similarity(table: pd.DataFrame) -> pd.DataFrame:
    # Pairs of two seeds have seeds in common, so their spread is that of no seeds.
    return table[table["seed"] == table["other_seed"]]


def _concentration(table: pd.DataFrame) -> pd.DataFrame:
    layer = pd.to_numeric(table["layer"], errors="coerce").astype("Int64").astype(object)
    return table.rename(columns={"share": "value"}).assign(layer=layer.where(layer.notna(), "all"))


def _components(table: pd.DataFrame) -> pd.DataFrame:
    enough = table[table["share"] >= VARIANCE]
    place = ["seed", "series", "ticket", "module", "centered"]
    ranks = enough.groupby(place, sort=False, as_index=False)["rank"].min()
    names = {True: "centred", False: "not centred"}
    return ranks.assign(centered=ranks["centered"].map(names)).rename(columns={"rank": "value"})


def _categories(table: pd.DataFrame) -> pd.DataFrame:
    values = table.drop(columns="value", errors="ignore")
    return values.rename(columns={"debiased": "value"})


def _contrasts(table: pd.DataFrame) -> pd.DataFrame:
    return _with_ends(table[table["subset"] == "all"], "accuracy")


def _words(table: pd.DataFrame) -> pd.DataFrame:
    occurrences = [*map(bucket_name, table["first"], table["last"])]
    return _with_ends(table.assign(occurrences=occurrences), "f1")


def _probabilities(table: pd.DataFrame) -> pd.DataFrame:
    # Pairs of two seeds have seeds in common, so their spread is that of no seeds.
    return _with_ends(table[table["seed"] == table["other_seed"]], "kl")


def _with_ends(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A column with its interval, under the names that all measures have."""
    return table.rename(columns={name: "value", f"{name}_low": "low", f"{name}_high": "high"})


# By name of the measure: reads `seed`, the keys, `value` and perhaps its interval off a table.
_ROWS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "bleu": _bleu,
    "modules": _modules,
    "probes": _probes,
    "similarity": _similarity,
    "attention_concentration": _concentration,
    "spectra": _components,
    "categories": _categories,
    "contrasts": _contrasts,
    "words": _words,
    "probabilities": _probabilities,
}
_CATALOGUE = (Path(__file__).parent / "measures.yaml").read_text(encoding="utf-8")
MEASURES = tuple(Measure(**entry) for entry in yaml.safe_load(_CATALOGUE))
