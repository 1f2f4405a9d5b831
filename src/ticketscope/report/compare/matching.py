"""Rows of two experiments that are of the same thing, and those that have no partner."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
# Rows of one key, by seed.
Seeds = Mapping[str, Row]


@dataclass(frozen=True)
class Compared:
    """A measure in both experiments.

    Attributes:
        measure: Which.
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
        """Its file: nothing is said of zero where there is no interval."""
        told = {
            name: self.differences[name].astype("boolean").where(self.differences["low"].notna())
            for name in ("outside", "corrected")
        }
        return self.differences.drop(columns="df").assign(**told)

    def label(self, row: Row) -> str:
        """What tells a row from the others, such as `magnitude LTH2 encoder layer 1`."""
        return " ".join(_name(key, row[key]) for key in self._telling)

    @cached_property
    def _telling(self) -> list[str]:
        """Keys that rows differ in. A task has one metric, which tells nothing more."""
        varying = [key for key in self.measure.keys if self.differences[key].nunique() > 1]
        return [key for key in varying or self.measure.keys if key != "metric"]


def _name(key: str, value: str) -> str:
    """A value that speaks for itself, or with what it is of before."""
    if key == "other_ticket":
        return f"with {value}"
    return f"{key.removeprefix('other_')} {value}" if value.isdigit() else value


@dataclass(frozen=True)
class Side:
    """A measure in one experiment.

    Attributes:
        name: A or B.
        there: Whether it has the table.
        rows: By key and seed.
    """

    name: str
    there: bool
    rows: Mapping[Key, Seeds]

    @classmethod
    def of(cls, name: str, table: pd.DataFrame | None, measure: Measure) -> "Side":
        """Index a measure's rows.

        Raises:
            InputError: two rows have the same key and seed.
        """
        rows: dict[Key, dict[str, Row]] = {}
        for row in [] if table is None else table.to_dict("records"):
            key = tuple(str(row[column]) for column in measure.keys)
            seeds = rows.setdefault(key, {})
            if str(row["seed"]) in seeds:
                raise InputError(
                    f"{measure.source}.csv of {name}: two rows of seed {row['seed']}, "
                    f"{', '.join(key)}"
                )
            seeds[str(row["seed"])] = {str(column): value for column, value in row.items()}
        return cls(name, table is not None, rows)

    @property
    def seeds(self) -> set[str]:
        """All of them."""
        return {seed for seeds in self.rows.values() for seed in seeds}

    def lacks(self, key: Key, names: tuple[str, ...]) -> str:
        """What this side does not have of a key: the first of its values, or their combination."""
        for place, (name, value) in enumerate(zip(names, key, strict=True)):
            if all(mine[place] != value for mine in self.rows):
                return f"{name} {value}"
        return "this combination"


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
        measure: Whose rows they are.
        a: A's rows; None: the table is missing.
        b: B's.
        tickets: Which tickets are partners.
        paired: Finds the difference of two rows on the same items.
    """
    if b is not None:
        names = [name for name in measure.keys if name.endswith("ticket")]
        b = b.assign(**{name: tickets.as_a(b[name]) for name in names})
    one, other = Side.of("A", a, measure), Side.of("B", b, measure)
    by_seed = not one.seeds.isdisjoint(other.seeds)
    rows = [
        dict(zip(measure.keys, key, strict=True)) | row
        for key, seeds in one.rows.items()
        if key in other.rows
        for row in _differences(seeds, other.rows[key], by_seed, measure, paired)
    ]
    alone = [*_alone(one, other, measure, by_seed), *_alone(other, one, measure, by_seed)]
    beside = [f"{name}_{side}" for name in measure.beside for side in "ab"]
    columns = [
        *measure.keys, "ticket_b", "seeds_a", "seeds_b", *beside, "a", "b", "difference", "low",
        "high", "df", "interval", "counts",
    ]  # fmt: skip
    numbers = dict.fromkeys(("a", "b", "difference", "low", "high", "df"), float)
    table = judged(pd.DataFrame(rows, columns=columns).astype(numbers | {"counts": bool}))
    return Compared(measure, table, pd.DataFrame(alone, columns=UNMATCHED))


def _differences(
    a: Seeds, b: Seeds, by_seed: bool, measure: Measure, paired: Paired
) -> Iterator[dict[str, Any]]:
    """Of one key: seed by seed and their mean, or of the means alone."""
    if not by_seed:
        mine, theirs = list(a.values()), list(b.values())
        yield _cells(mine, theirs, measure, of_groups(mine, theirs)) | {"counts": True}
        return
    shared = [seed for seed in a if seed in b]
    mine, theirs = [a[seed] for seed in shared], [b[seed] for seed in shared]
    for one, other in zip(mine, theirs, strict=True):
        found = of_row(one, other, paired)
        yield _cells([one], [other], measure, found) | {"counts": len(shared) == 1}
    if len(shared) > 1:
        yield _cells(mine, theirs, measure, of_seeds(mine, theirs)) | {"counts": True}


def _cells(a: list[Row], b: list[Row], measure: Measure, found: Difference) -> dict[str, Any]:
    cells: dict[str, Any] = {"ticket_b": b[0]["own"]}
    for side, rows in (("a", a), ("b", b)):
        cells[f"seeds_{side}"] = "; ".join(str(row["seed"]) for row in rows)
        for name in measure.beside:
            cells[f"{name}_{side}"] = sum(row[name] for row in rows) / len(rows)
    estimate = found.estimate
    return cells | {
        "a": found.a,
        "b": found.b,
        "difference": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "df": found.df,
        "interval": found.interval,
    }


def _alone(side: Side, other: Side, measure: Measure, by_seed: bool) -> Iterator[dict[str, str]]:
    """Rows of a side without a partner."""
    for key, seeds in side.rows.items():
        theirs = other.rows.get(key)
        left = [seed for seed in seeds if theirs is None or (by_seed and seed not in theirs)]
        if not left:
            continue
        if not other.there:
            why = f"no table {measure.source}.csv"
        else:
            why = other.lacks(key, measure.keys) if theirs is None else ""
        for seed in left:
            values = zip(measure.keys, key, strict=True)
            yield {
                "table": measure.name,
                "only_in": side.name,
                "why": why or f"seed {seed}",
                "row": ", ".join([f"seed {seed}", *(f"{name} {value}" for name, value in values)]),
            }
