"""What the numbers of all sections' figures share: series, places on the axis, seeds."""

from collections.abc import Sequence

import pandas as pd

from ticketscope.probing.settings import UNTRAINED
from ticketscope.report.style import COLOURS

# In the column `series`: LTH0, which all series start from; numbers that the paper prints.
DENSE, PAPER = "dense", "paper"


def series_of(table: pd.DataFrame) -> list[str]:
    """Series that have tickets of their own, in one order everywhere; `dense` if none has."""
    others = (DENSE, UNTRAINED, PAPER)
    found = [name for name in table["series"].unique() if name not in others]
    known = [name for name in COLOURS if name in found]
    return known + [name for name in found if name not in known] or [DENSE]


def number_of(tickets: pd.Series) -> pd.Series:
    """k of each `LTHk`."""
    return tickets.str.removeprefix("LTH").astype(int)


def ticket_places(sparsity: pd.DataFrame) -> pd.Series:
    """Where tickets stand, by (series, ticket): sparsity without embeddings in %, mean over seeds.

    A ticket of which nothing is pruned stands where the pruned ticket of its number stands, which
    was trained as long, so that the two can be compared.

    Args:
        sparsity: Columns seed, series, ticket, sparsity_excl.
    """
    mean = 100 * sparsity.groupby(["series", "ticket"])["sparsity_excl"].mean()
    return mean.where(mean > 0, mean.groupby("ticket").transform("max"))


def over_seeds(table: pd.DataFrame, keys: Sequence[str], value: str) -> pd.DataFrame:
    """Mean over seeds; the interval from the lowest `low` to the highest `high` holds for each.

    Args:
        table: Columns seed, `keys`, `value`, low, high.
        keys: What is left.
        value: Name of the column.

    Returns:
        Columns `keys`, `value`, low, high, and `seeds`, their number; rows in the table's order.
    """
    return table.groupby(list(keys), sort=False, as_index=False).agg(
        **{value: (value, "mean")},
        low=("low", "min"),
        high=("high", "max"),
        seeds=("seed", "nunique"),
    )
