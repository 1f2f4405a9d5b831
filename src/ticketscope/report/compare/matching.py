"""Rows of two experiments that measure the same thing, and those without a partner."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from ticketscope.errors import InputError
from ticketscope.report.compare.differences import (
    Difference,
    Paired,
    Row,
    judged,
    of_groups,
    of_row,
    of_seeds,
)
from ticketscope.report.compare.measures import Measure
from ticketscope.report.compare.tickets import Tickets

# Of a row that only one experiment has; `why` names what the other lacks.
UNMATCHED = ["table", "only_in", "why", "row"]

Key = tuple[str, ...]
# Rows of one key, by seed; all rows of an experiment.
Seeds = Mapping[str, Row]
Rows = Mapping[Key, Seeds]


@dataclass(frozen=True)
class Compared:
    """A measure in both experiments.

    Attributes:
        measure: The measure.
        differences: A row a key and seed that both have; with several seeds also their mean.
            `counts` marks one row a key: the mean if there is one.
        unmatched: Rows of `UNMATCHED`.
    """

    measure: Measure
    differences: pd.DataFrame
    unmatched: pd.DataFrame

    @property
    def counted(self) -> pd.DataFrame:
        """One row a key."""
        return self.differences[self.differences["counts"]]

    def table(self) -> pd.DataFrame:
        """Its file."""
        return self.differences

    def label(self, row: Row) -> str:
        """What distinguishes a row from the others, such as `magnitude LTH2 encoder layer 1`."""
        return " ".join(_name(key, row[key]) for key in self._distinguishing)

    @cached_property
    def _distinguishing(self) -> list[str]:
        """Keys that rows differ in; not the metric, since a task has only one."""
        varying = [key for key in self.measure.keys if self.differences[key].nunique() > 1]
        return [key for key in varying or self.measure.keys if key != "metric"]


def _name(key: str, value: str) -> str:
    """A value, preceded by its key if it is a number."""
    if key == "other_ticket":
        return f"with {value}"
    return f"{key.removeprefix('other_')} {value}" if value.isdigit() else value


def compare(
    measure: Measure,
    a: pd.DataFrame | None,
    b: pd.DataFrame | None,
    tickets: Tickets,
    paired: Paired,
) -> Compared:
    """Find partners and take differences.

    A row's partner has the same seed; where the experiments share none, means over seeds are
    compared.

    Args:
        measure: The measure that the rows belong to.
        a: A's rows; None: the table is missing.
        b: B's.
        tickets: Which tickets are partners.
        paired: Finds the difference of two rows on the same items.

    Raises:
        InputError: two rows of an experiment have the same key and seed.
    """
    if b is not None:
        names = [name for name in measure.keys if name.endswith("ticket")]
        b = b.assign(**{name: tickets.as_a(b[name]) for name in names})
    rows_a, rows_b = _by_key("A", a, measure), _by_key("B", b, measure)
    by_seed = not _seeds(rows_a).isdisjoint(_seeds(rows_b))
    rows = [
        dict(zip(measure.keys, key, strict=True)) | row
        for key, seeds in rows_a.items()
        if key in rows_b
        for row in _differences(seeds, rows_b[key], by_seed, measure, paired)
    ]
    alone = [
        *_alone("A", rows_a, rows_b, b is None, measure, by_seed),
        *_alone("B", rows_b, rows_a, a is None, measure, by_seed),
    ]
    beside = [f"{name}_{side}" for name in measure.beside for side in "ab"]
    columns = [
        *measure.keys, "ticket_b", "seeds_a", "seeds_b", *beside, "a", "b", "difference", "low",
        "high", "p", "interval", "counts",
    ]  # fmt: skip
    numbers = dict.fromkeys(("a", "b", "difference", "low", "high", "p"), float)
    table = judged(pd.DataFrame(rows, columns=columns).astype(numbers | {"counts": bool}))
    return Compared(measure, table, pd.DataFrame(alone, columns=UNMATCHED))


def _by_key(side: str, table: pd.DataFrame | None, measure: Measure) -> Rows:
    rows: dict[Key, dict[str, Row]] = {}
    for row in [] if table is None else table.to_dict("records"):
        key, seed = tuple(str(row[column]) for column in measure.keys), str(row["seed"])
        seeds = rows.setdefault(key, {})
        if seed in seeds:
            raise InputError(
                f"{measure.source}.csv of {side}: two rows of seed {seed}, {', '.join(key)}"
            )
        seeds[seed] = {str(column): value for column, value in row.items()}
    return rows


def _seeds(rows: Rows) -> set[str]:
    return {seed for seeds in rows.values() for seed in seeds}


def _differences(
    a: Seeds, b: Seeds, by_seed: bool, measure: Measure, paired: Paired
) -> Iterator[dict[str, Any]]:
    """Of one key: seed by seed and their mean, or of the means alone."""
    if not by_seed:
        rows_a, rows_b = list(a.values()), list(b.values())
        yield _cells(rows_a, rows_b, measure, of_groups(rows_a, rows_b)) | {"counts": True}
        return
    pairs = [(a[seed], b[seed]) for seed in a if seed in b]
    for pair in pairs:
        difference = of_row(*pair, paired)
        yield _cells(pair[:1], pair[1:], measure, difference) | {"counts": len(pairs) == 1}
    if len(pairs) > 1:
        rows_a, rows_b = map(list, zip(*pairs, strict=True))
        yield _cells(rows_a, rows_b, measure, of_seeds(rows_a, rows_b)) | {"counts": True}


def _cells(
    a: Sequence[Row], b: Sequence[Row], measure: Measure, difference: Difference
) -> dict[str, Any]:
    cells: dict[str, Any] = {"ticket_b": b[0]["own"]}
    for side, rows in (("a", a), ("b", b)):
        cells[f"seeds_{side}"] = "; ".join(str(row["seed"]) for row in rows)
        for name in measure.beside:
            cells[f"{name}_{side}"] = sum(row[name] for row in rows) / len(rows)
    names = ("difference", "low", "high")
    estimate = dict(zip(names, astuple(difference.estimate), strict=True))
    return cells | estimate | {n: getattr(difference, n) for n in ("a", "b", "p", "interval")}


def _alone(
    side: str, rows: Rows, others: Rows, missing: bool, measure: Measure, by_seed: bool
) -> Iterator[dict[str, str]]:
    """Rows of a side without a partner, and what the other lacks of them."""
    for key, seeds in rows.items():
        partner = others.get(key)
        named = [f"{name} {value}" for name, value in zip(measure.keys, key, strict=True)]
        for seed in seeds:
            if partner is not None and (seed in partner or not by_seed):
                continue
            if missing:
                why = f"no table {measure.source}.csv"
            elif partner is not None:
                why = f"seed {seed}"
            else:
                # The first value that the other side does not have, or their combination.
                absent = [n for i, n in enumerate(named) if all(k[i] != key[i] for k in others)]
                why = [*absent, "this combination"][0]
            row = ", ".join([f"seed {seed}", *named])
            yield {"table": measure.name, "only_in": side, "why": why, "row": row}
