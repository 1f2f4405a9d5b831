"""Series, places on the sparsity axis, and means over seeds, as all sections use them."""

from collections.abc import Sequence

import pandas as pd

from ticketscope.probing.settings import UNTRAINED

# In the column `series`: LTH0, from which all series start; numbers that the paper prints.
DENSE, PAPER = "dense", "paper"
# Built-in series in their order; a user's own follow.
SERIES = ("magnitude", "random", "control")


def series_of(table: pd.DataFrame) -> list[str]:
    """Series that have tickets of their own, in the order used everywhere; else `dense`."""
    named = [s for s in table["series"].unique() if s not in (DENSE, UNTRAINED, PAPER)]
    builtin = [series for series in SERIES if series in named]
    return builtin + [series for series in named if series not in SERIES] or [DENSE]


def number_of(tickets: pd.Series) -> pd.Series:
    """k of each `LTHk`."""
    return tickets.str.removeprefix("LTH").astype(int)


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
    """Mean over seeds, with the lowest `low` and the highest `high`, which hold for every seed.

    Args:
        table: Columns seed, `keys`, `value`, and perhaps low and high (by default the value).
        keys: Columns that identify a row of the result.
        value: Name of the column.

    Returns:
        Columns `keys`, `value`, low, high, and `seeds`, their number; rows in the table's order.
    """
    low, high = ("low", "high") if "low" in table else (value, value)
    return table.groupby(list(keys), sort=False, as_index=False).agg(
        **{value: (value, "mean")}, low=(low, "min"), high=(high, "max"), seeds=("seed", "nunique")
    )
