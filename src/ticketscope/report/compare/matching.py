"""Rows of two experiments that measure the same thing, and those without a partner."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from ticketscope.claims.quantity import REACH
from ticketscope.report.compare import items
from ticketscope.report.compare.differences import COLUMNS, differences, in_common, judged
from ticketscope.report.compare.measures import Measure
from ticketscope.report.compare.results import Results
from ticketscope.report.compare.tickets import Tickets

# Of a row that only one experiment has; `why` names what the other lacks.
UNMATCHED = ["table", "only_in", "why", "row"]


@dataclass(frozen=True)
class Compared:
    """A measure in both experiments.

    Attributes:
        measure: The measure.
        differences: A row a key that both have.
        unmatched: Rows of `UNMATCHED`.
    """

    measure: Measure
    differences: pd.DataFrame
    unmatched: pd.DataFrame

    def label(self, row: Mapping[Any, Any]) -> str:
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


def compare(measure: Measure, a: Results, b: Results, tickets: Tickets) -> Compared:
    """Find partners and take differences.

    A row's partner has the same seed; where the experiments share none, means over seeds are
    compared.

    Args:
        measure: What is compared.
        a: An experiment.
        b: The other.
        tickets: Which tickets are partners.

    Raises:
        InputError: a table cannot be compared (`Measure.read`).
    """
    keys = measure.keys
    rows_a, rows_b = measure.read(a), measure.read(b)
    renamed = [key for key in keys if key.endswith("ticket")]
    rows_b = rows_b.assign(**{key: tickets.as_a(rows_b[key]) for key in renamed})
    wide_a, wide_b = in_common(_by_seed(rows_a, keys), _by_seed(rows_b, keys))
    sides = [
        rows[rows["seed"].isin(wide.columns)].set_index(keys)
        for rows, wide in ((rows_a, wide_a), (rows_b, wide_b))
    ]
    table = differences(wide_a, wide_b, _item_variances(measure, (a, b), sides, wide_a.index))
    beside = {
        f"{name}_{side}": rows.groupby(keys)[name].mean()
        for name in measure.beside
        for side, rows in zip("ab", sides, strict=True)
    }
    labels = sides[1].groupby(keys)["label"].first()
    table = table.join(pd.DataFrame({"ticket_b": labels, **beside}))
    columns = [*keys, "ticket_b", *COLUMNS[:2], *beside, *COLUMNS[2:]]
    table = table.rename_axis(keys).reset_index()[columns]
    alone = [
        *_alone("A", measure, rows_a, rows_b, wide_b, b),
        *_alone("B", measure, rows_b, rows_a, wide_a, a),
    ]
    return Compared(measure, judged(table), pd.DataFrame(alone, columns=UNMATCHED))


def _by_seed(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Values by keys (rows, in the table's order) and seed."""
    order = pd.MultiIndex.from_frame(rows[keys].drop_duplicates())
    return rows.pivot(index=keys, columns="seed", values="value").reindex(order)


def _item_variances(
    measure: Measure, results: tuple[Results, Results], sides: list[pd.DataFrame], both: pd.Index
) -> pd.Series:
    """Variance of each difference over test items: from resamples, or from both intervals.

    Intervals are taken for independent between the experiments, which on the same items is too
    wide, and for equal between seeds.
    """
    read_draws = items.DRAWS.get(measure.name)
    if read_draws is None:
        errors = [(rows["high"] - rows["low"]).astype(float) / (2 * REACH) for rows in sides]
        means = [error.groupby(level=measure.keys).mean() for error in errors]
        return means[0] ** 2 + means[1] ** 2
    samples = []
    for experiment, rows in zip(results, sides, strict=True):
        draw, rows = read_draws(experiment), rows[rows.index.isin(both)]
        drawn = [draw(row) for row in rows.reset_index().to_dict("records")]
        by_seed = pd.Series(drawn, rows.index, dtype=object)
        samples.append(by_seed.groupby(level=measure.keys).agg(list))
    values = [items.variance(samples[0][key], samples[1][key]) for key in both]
    return pd.Series(values, index=both, dtype=float)


def _alone(
    side: str,
    measure: Measure,
    rows: pd.DataFrame,
    others: pd.DataFrame,
    compared: pd.DataFrame,
    other: Results,
) -> Iterator[dict[str, str]]:
    """Rows of a side without a partner, and what the other lacks of them.

    Args:
        side: A or B.
        measure: Of the rows.
        rows: The side's.
        others: The other side's.
        compared: The other's numbers by seed that were compared.
        other: The other experiment.
    """
    paired = bool(set(rows["seed"]) & set(others["seed"]))
    seeds = {key: set(row.dropna().index) for key, row in compared.iterrows()}
    known = {name: set(others[name]) for name in measure.keys}
    for row in rows.to_dict("records"):
        key = tuple(row[name] for name in measure.keys)
        if key in seeds and (not paired or row["seed"] in seeds[key]):
            continue
        # The first value that the other side does not have, or their combination.
        lacking = [name for name in measure.keys if row[name] not in known[name]]
        why = f"{lacking[0]} {row[lacking[0]]}" if lacking else "this combination"
        if measure.source not in other.tables:
            why = f"no table {measure.source}.csv"
        elif key in seeds:
            why = f"seed {row['seed']}"
        place = ", ".join(f"{name} {row[name]}" for name in ("seed", *measure.keys))
        yield {"table": measure.name, "only_in": side, "why": why, "row": place}
