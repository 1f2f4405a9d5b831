"""Series, places on the sparsity axis, and means over seeds, as all sections use them."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ticketscope.probing.settings import UNTRAINED
from ticketscope.stats.seeds import LEAST_SEEDS, mean_effect

# In the column `series`: LTH0, from which all series start; numbers that the paper prints.
DENSE, PAPER = "dense", "paper"
# In the column `ticket`: LTH0 of one seed, compared with LTH0 of another.
OTHER_SEED = "other seed"
# Built-in series in their order; a user's own follow.
SERIES = ("magnitude", "random", "control")


def series_of(table: pd.DataFrame) -> list[str]:
    """Series that have tickets of their own, in the order used everywhere; else `dense`."""
    named = [s for s in table["series"].unique() if s not in (DENSE, UNTRAINED, PAPER)]
    builtin = [series for series in SERIES if series in named]
    return builtin + [series for series in named if series not in SERIES] or [DENSE]


def ticket_places(sparsity: pd.DataFrame) -> pd.Series:
    """Sparsity without embeddings in %, mean over seeds, by (series, ticket).

    An unpruned ticket is placed at the sparsity of the pruned ticket with the same number, which
    was trained for as many epochs, so that the two can be compared.

    Args:
        sparsity: Columns seed, series, ticket, sparsity_excl.
    """
    mean = 100 * sparsity.groupby(["series", "ticket"])["sparsity_excl"].mean()
    return mean.where(mean > 0, mean.groupby("ticket").transform("max"))


def insert_places(frame: pd.DataFrame, position: int, sparsity: pd.DataFrame) -> None:
    """Insert `x_percent`, the `ticket_places` of each row's series and ticket; NaN where none."""
    keys = pd.MultiIndex.from_frame(frame[["series", "ticket"]])
    frame.insert(position, "x_percent", ticket_places(sparsity).reindex(keys).to_numpy())


def over_seeds(table: pd.DataFrame, keys: Sequence[str], value: str) -> pd.DataFrame:
    """Mean over seeds, its interval, and each seed's own value.

    The interval of several seeds is Student's over them, at 95 %; of fewer than `LEAST_SEEDS`
    there is none, and low and high are NaN. The interval of a table with one seed is its own,
    within the seed.

    Args:
        table: Columns seed, `keys`, `value`, and perhaps low and high; without these, one seed has
            no interval.
        keys: Columns that identify a row of the result; rows of a seed with equal ones are
            averaged.
        value: Name of the column.

    Returns:
        Columns `keys`, `value`, low, high, seeds (their number), and with several seeds one column
        a seed, `seed1` and so on, with its value; rows in the table's order.
    """
    groups = table.groupby(list(keys), sort=False)
    seeds = table.groupby([*keys, "seed"], sort=False)[value].mean().unstack().sort_index(axis=1)
    seeds = seeds.reindex(groups.size().index)
    result = pd.DataFrame({value: seeds.mean(axis=1), "low": np.nan, "high": np.nan})
    result["seeds"] = seeds.count(axis=1)
    if seeds.shape[1] == 1:
        if "low" in table:
            result[["low", "high"]] = groups[["low", "high"]].mean()
        return result.reset_index()
    for count in range(LEAST_SEEDS, seeds.shape[1] + 1):
        rows = result["seeds"] == count
        values = seeds[rows].to_numpy()
        ends = mean_effect(values[~np.isnan(values)].reshape(-1, count)).interval()
        result.loc[rows, ["low", "high"]] = np.transpose(ends)
    return result.join(seeds.rename(columns="seed{}".format)).reset_index()


def over_seeds_as(table: pd.DataFrame, keys: Sequence[str], value: str) -> pd.DataFrame:
    """`over_seeds` of one of several values: low, high and seeds begin with its name."""
    result = over_seeds(table, keys, value)
    statistics = result.columns.difference([*keys, value, "seeds"])
    return result.rename(columns={name: f"{value}_{name}" for name in statistics})


def in_order(frame: pd.DataFrame, by: Sequence[str], **orders: Sequence[object]) -> pd.DataFrame:
    """Sort rows by columns; those in `orders` by the places of their values there."""
    places = {name: frame[name].map(list(order).index) for name, order in orders.items()}
    index = frame.assign(**places).sort_values(list(by), kind="stable").index
    return frame.loc[index].reset_index(drop=True)


def mean_and_sd(values: pd.Series, digits: str = ".2f") -> str:
    """Mean and standard deviation (n - 1) of some seeds, as text; of one seed its value.

    Args:
        values: A value a seed; missing ones do not count.
        digits: Format of the mean; the deviation has as many decimals.
    """
    known = values.dropna()
    if known.empty:
        return ""
    deviation = f" ± {known.std():{digits.lstrip('+')}}" if len(known) > 1 else ""
    return f"{known.mean():{digits}}{deviation}"


def seed_columns(frame: pd.DataFrame) -> list[str]:
    """The columns of `over_seeds` that are single seeds."""
    return [name for name in frame if re.fullmatch(r"seed\d+", str(name))]
