"""An experiment's tables as claims read them: series and tickets by their place in the paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ticketscope.report.paper import paper_values

# Series of the config: pruned as in the paper, its baseline, and the one with nothing pruned.
MAGNITUDE, RANDOM, CONTROL = "magnitude", "random", "control"
# The series that has LTH0 alone: the start of all others.
DENSE = "dense"
# A ticket stands for one of the paper's if their sparsities differ by at most this share.
NEAR = 0.05

# Columns that claims read, by table. An older table without one of them is not measurable.
_TICKET = ("seed", "series", "k")
_PROBE = ("task", "group", "probe", "series")
COLUMNS: dict[str, tuple[str, ...]] = {
    "sparsity": (*_TICKET, "sparsity_incl", "sparsity_excl"),
    "table_a1": (*_TICKET, "bleu", "bleu_low", "bleu_high", "bleu_p_vs_lth0"),
    "module_sparsity": (*_TICKET, "side", "layer", "block", "part", "kind", "total", "pruned"),
    "probes": (*_PROBE, "suite", "metric", "seed", "ticket", "layer", "dev", "test"),
    "probe_differences": (*_PROBE, "seed", "ticket", "difference", "low", "high"),
    "probe_trends": (
        *_PROBE, "tickets", "rho", "p_trend", "difference", "low", "high", "p_corrected", "class",
    ),
    "similarity": (
        "measure", "module", "seed", "series", "ticket", "layer", "other_seed", "other_ticket",
        "other_layer", "value", "low", "high",
    ),
    "neuron_maxima": (*_TICKET, "module", "layer", "neuron", "value"),
    "spectra": (*_TICKET, "module", "centered", "rank", "share"),
    "categories": (*_TICKET, "kind", "category", "n", "debiased", "low", "high"),
    "attention_concentration": (*_TICKET, "module", "layer", "share"),
}  # fmt: skip
_FILES = {"neuron_maxima": "neuron_maxima.npz"}


class NotMeasurable(Exception):  # noqa: N818 - no error: a reason that a claim's row gives
    """This experiment cannot say whether a claim holds; the message says why."""


@dataclass(frozen=True)
class StandIn:
    """The ticket that stands for one of the paper's.

    Attributes:
        k: LTHk here.
        note: Which one it is, with both sparsities.
    """

    k: int
    note: str


class Experiment:
    """The tables of one experiment.

    Args:
        tables: By name, as `COLUMNS` has them; any may be missing or empty.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = tables
        self._used: dict[str, None] = {}

    @property
    def artifacts(self) -> str:
        """Files that were asked for so far, below results/<experiment>."""
        return "; ".join(f"tables/{file_of(name)}" for name in self._used)

    def table(self, name: str) -> pd.DataFrame:
        """A table, with each ticket's number as `k`.

        Raises:
            NotMeasurable: it is missing, empty or lacks a column.
        """
        self._used[name] = None
        table = self._tables.get(name)
        if table is None or table.empty:
            raise NotMeasurable(f"the table {file_of(name)} is missing or empty")
        missing = [column for column in COLUMNS[name] if column not in table]
        if missing:
            raise NotMeasurable(f"the table {file_of(name)} has no column {', '.join(missing)}")
        return numbered(table)

    def of(self, name: str, series: str) -> pd.DataFrame:
        """Rows of a series.

        Raises:
            NotMeasurable: there are none.
        """
        table = self.table(name)
        rows = table[table["series"] == series]
        if rows.empty:
            raise NotMeasurable(f"the table {file_of(name)} has no series {series}")
        return rows

    def with_dense(self, name: str, series: str) -> pd.DataFrame:
        """Rows of a series and, as its k = 0, of LTH0."""
        return pd.concat([self.of(name, DENSE), self.of(name, series)])

    def sparsity(self) -> pd.Series:
        """Of the magnitude tickets, excluding embeddings, mean over seeds; index k, LTH0 first."""
        rows = self.of("sparsity", MAGNITUDE)
        means = rows[rows["k"] > 0].groupby("k")["sparsity_excl"].mean()
        return pd.concat([pd.Series({0: 0.0}), means])

    def ticket(self, paper_k: int, among: Iterable[int]) -> StandIn:
        """The magnitude ticket that stands for the paper's LTH`paper_k`.

        It is the one of the nearest sparsity (excluding embeddings), or, if all are further off
        than `NEAR`, the last.

        Args:
            paper_k: 0 to 9.
            among: Tickets that the claim's table has.
        """
        sparsity = self.sparsity()
        known = sorted({int(k) for k in among} & set(sparsity.index) - {0})
        if not known:
            raise NotMeasurable("no pruned ticket was measured")
        wanted = paper_values("table_a1")["excl_emb"][paper_k]
        # Of equally near ones the first.
        distances = [round(abs(sparsity[k] - wanted), 6) for k in known]
        place = int(np.argmin(distances))
        k = known[place]
        theirs = f"the paper's LTH{paper_k} ({percent(wanted)} sparse)"
        if distances[place] > NEAR:
            k = known[-1]
            return StandIn(
                k,
                f"No ticket is near {theirs}; the last, LTH{k} ({percent(sparsity[k])}), is used "
                "instead.",
            )
        return StandIn(k, f"LTH{k} ({percent(sparsity[k])} sparse) is compared with {theirs}.")


def percent(share: float) -> str:
    """Such as `78.4 %`."""
    return f"{100 * share:.1f} %"


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """The table with each ticket's number as `k`."""
    if "k" in table or "ticket" not in table:
        return table
    return table.assign(k=table["ticket"].str.removeprefix("LTH").astype(int))


def file_of(name: str) -> str:
    """File name of a table."""
    return _FILES.get(name, f"{name}.csv")


def read_tables(paths: Mapping[str, str | Path]) -> dict[str, pd.DataFrame]:
    """Tables by name; files that are missing or have no columns are left out.

    Args:
        paths: By name: CSV files, and neuron_maxima.npz.
    """
    tables = {}
    for name, path in paths.items():
        try:
            tables[name] = _maxima(Path(path)) if name in _FILES else pd.read_csv(path)
        except (FileNotFoundError, pd.errors.EmptyDataError):
            continue
    return tables


def _maxima(path: Path) -> pd.DataFrame:
    """tables/neuron_maxima.npz (`seed1/magnitude/LTH3/encoder/6` -> (dim,)), a row a neuron."""
    parts = []
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            seed, series, ticket, module, layer = key.split("/")
            values = arrays[key]
            parts.append(
                pd.DataFrame(
                    {
                        "seed": int(seed.removeprefix("seed")),
                        "series": series,
                        "k": int(ticket.removeprefix("LTH")),
                        "module": module,
                        "layer": int(layer),
                        "neuron": np.arange(len(values)),
                        "value": values,
                    }
                )
            )
    return pd.concat(parts) if parts else pd.DataFrame()
