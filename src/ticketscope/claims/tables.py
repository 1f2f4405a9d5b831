"""An experiment's tables as claims read them, and the grids that are made of them."""

import zlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.plan.names import DENSE, ticket_numbers
from ticketscope.plan.paper_tickets import stand_in

T = TypeVar("T")
MAGNITUDE, RANDOM, SHUFFLED, CONTROL = "magnitude", "random", "shuffled", "control"

# Columns that claims read, by table. An older table without one of them is not measurable.
_TICKET = ("seed", "series", "k")
_PROBE = ("task", "group", "probe", "seed", "series", "k")
COLUMNS: dict[str, tuple[str, ...]] = {
    "sparsity": (*_TICKET, "sparsity_excl"),
    "table_a1": (*_TICKET, "bleu"),
    "bleu_resamples": (*_TICKET, "resample", "bleu"),
    "module_sparsity": (*_TICKET, "side", "layer", "block", "part", "kind", "total", "pruned"),
    "probes": (*_PROBE, "layer", "dev", "test", "n_test"),
    "probe_differences": (*_PROBE, "difference", "low", "high"),
    # A column for each resample of the test instances. No file: only the study asks for it.
    "probe_resamples": ("task", "probe", *_TICKET),
    "similarity": (
        "measure", "module", *_TICKET, "layer", "other_seed", "other_ticket", "other_layer",
        "value", "low",
    ),
    "neuron_maxima": (*_TICKET, "module", "layer", "neuron", "value"),
    "spectra": (*_TICKET, "module", "centered", "rank", "share"),
    "categories": (*_TICKET, "kind", "category", "debiased", "low", "high"),
    "attention_concentration": (*_TICKET, "module", "layer", "share"),
    # Of the extension.
    "contrast_items": ("set", "item", "phenomenon", "minority", "tasks"),
    "contrast_margins": (*_TICKET, "set", "item", "margin"),
    "words": (*_TICKET, "bucket", "first", "f1", "f1_low", "f1_high"),
    "flips": ("kind", "name", *_TICKET, "other_seed", "churn"),
    "flip_resamples": ("kind", *_TICKET, "resample", "churn"),
    "erasure": ("task", "kind", *_TICKET, "dim", "rank", "kl", "kl_low", "kl_high"),
    "probabilities": (*_TICKET, "other_seed", "other_ticket", "kl", "kl_low", "kl_high"),
}  # fmt: skip
_FILES = {
    "neuron_maxima": "neuron_maxima.npz",
    "contrast_margins": "contrast_margins.npz",
    "bleu_resamples": "bleu/seed*.resamples.csv",
}

# Draws of a normal error, where a table has an interval but not what it was made of.
DRAWS = 200


class NotMeasurable(Exception):  # noqa: N818 - no error: a reason that a claim's row gives
    """This experiment cannot say whether a claim holds; the message says why."""


@dataclass(frozen=True)
class Grid:
    """A quantity of the tickets of one series.

    Attributes:
        values: Index k, a column a seed.
        draws: The quantity when the sentences are resampled, less a constant: (resamples, k, seed)
            in the order of `values`, one resample for all tickets and seeds. None: the tables do
            not tell, or it has no sentences.
    """

    values: pd.DataFrame
    draws: NDArray[np.float64] | None = None

    def aligned(
        self, ks: Iterable[int], seeds: Iterable[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Values (k, seed) and draws (resamples, k, seed) of some tickets and seeds."""
        rows = self.values.index.get_indexer(list(ks))
        columns = self.values.columns.get_indexer(list(seeds))
        values = self.values.to_numpy(float)[np.ix_(rows, columns)]
        return values, None if self.draws is None else self.draws[:, rows][:, :, columns]


def over_tickets(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """The mean of a column by k, a column a seed."""
    return rows.groupby(["k", "seed"], observed=True)[value].mean().unstack("seed").sort_index()


def normal_draws(errors: pd.DataFrame, name: str, common: str = "") -> NDArray[np.float64]:
    """Normal errors of these standard deviations (k, seed), shape (DRAWS, k, seed).

    For tables that have an interval of each number but not its resamples. Seeds share the draw, as
    they share the sentences. Tickets are taken for independent, which is too wide for differences.

    Args:
        errors: Standard deviations.
        name: Of the quantity and series; errors of different names are independent.
        common: If given, there is as large an error besides that all tickets share, and all that
            have the same `common`: it does not average out over tickets.
    """
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    draws = generator.normal(size=(DRAWS, len(errors), 1))
    if common:
        draws = draws + np.random.default_rng(zlib.crc32(common.encode())).normal(
            size=(DRAWS, 1, 1)
        )
    return np.asarray(draws * errors.fillna(0).to_numpy(float))


class Tables:
    """The tables of one experiment.

    Args:
        tables: By name, as `COLUMNS` has them; any may be missing or empty.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = {name: numbered(table) for name, table in tables.items()}
        self._used: dict[str, None] = {}
        self._remembered: dict[Hashable, Any] = {}

    def start(self, used: str = "") -> None:
        """Forget which tables were used, but for these."""
        self._used = dict.fromkeys(used.split("; ")) if used else {}

    @property
    def used(self) -> str:
        """Tables that were asked for since `start`, as paths below results/<experiment>."""
        return "; ".join(self._used)

    def __contains__(self, name: str) -> bool:
        """Whether there is a table, which does not count as a use of it."""
        return name in self._tables

    def note_use(self, *names: str) -> None:
        """A grid that was made before has these tables."""
        self._used |= dict.fromkeys(f"tables/{file_of(name)}" for name in names)

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns, made once for each key; or that it is not measurable.

        Raises:
            NotMeasurable: `make` did.
        """
        if key not in self._remembered:
            try:
                self._remembered[key] = make()
            except NotMeasurable as reason:
                self._remembered[key] = reason
        kept = self._remembered[key]
        if isinstance(kept, NotMeasurable):
            raise kept
        return cast(T, kept)

    def rows(self, name: str, **chosen: object) -> pd.DataFrame:
        """Rows of a table with these values; a list allows several.

        Raises:
            NotMeasurable: there are none, or the table or a column is missing.
        """
        self.note_use(name)
        table = self._tables.get(name)
        if table is None or table.empty:
            raise NotMeasurable(f"the table {file_of(name)} is missing or empty")
        missing = [column for column in COLUMNS[name] if column not in table]
        if missing:
            raise NotMeasurable(f"the table {file_of(name)} has no column {', '.join(missing)}")
        mask = np.ones(len(table), dtype=bool)
        for column, wanted in chosen.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            mask &= table[column].isin(values).to_numpy()
        if not mask.any():
            asked = ", ".join(f"{column} {_shown(wanted)}" for column, wanted in chosen.items())
            raise NotMeasurable(f"the table {file_of(name)} has no row with {asked}")
        return table[mask]

    def series(self, name: str, series: str, **chosen: object) -> pd.DataFrame:
        """Rows of LTH0 and of a series.

        Raises:
            NotMeasurable: the series has none.
        """
        rows = self.rows(name, series=[DENSE, series], **chosen)
        if not (rows["series"] == series).any():
            raise NotMeasurable(f"the table {file_of(name)} has no series {series} of this")
        return rows

    def sparsities(self) -> dict[int, float]:
        """Of the magnitude tickets, embeddings excluded, mean over seeds, by k from 1."""
        self.note_use("sparsity")

        def means() -> dict[int, float]:
            rows = self.rows("sparsity", series=MAGNITUDE)
            by_ticket = rows[rows["k"] > 0].groupby("k")["sparsity_excl"].mean()
            return {int(k): float(value) for k, value in by_ticket.items()}

        return self.remember("sparsities", means)

    def stand_in(self, paper_k: int, among: Iterable[int]) -> int:
        """The ticket that stands for the paper's LTH`paper_k`, among those measured."""
        known = {k: value for k, value in self.sparsities().items() if k in set(among)}
        if not known:
            raise NotMeasurable("no pruned ticket was measured")
        return stand_in(paper_k, known)


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """The table with each ticket's number as `k`."""
    if "k" in table or "ticket" not in table:
        return table
    return table.assign(k=ticket_numbers(table["ticket"]))


def file_of(name: str) -> str:
    """File name of a table."""
    return _FILES.get(name, f"{name}.csv")


def _shown(wanted: object) -> str:
    return " or ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
