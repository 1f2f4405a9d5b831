"""A quantity that claims are about: a function of the experiment's tables, one number a ticket.

Layers go by position: the paper's layer 1 is the first, its layer 6 the last.
"""

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from ticketscope.claims.tables import Grid, NotMeasurable, Tables

# One layer by its number, or those of these positions; `early 2` is the second if that is not the
# last, `below` all but the last, `inner` all but the first and the last.
Layer = (
    int
    | Literal[
        "all", "first", "last", "later", "below", "inner", "before last", "early 2", "early 4"
    ]
)
# 95 % of a normal distribution lies within so many standard deviations.
REACH = 1.959964


def layers_at(position: Layer, count: int) -> list[int]:
    """The layers at a position of a model with so many.

    Raises:
        NotMeasurable: the model has too few.
    """
    least = 1 if position == "all" else 3 if position in ("inner", "before last") else 2
    if count < least:
        raise NotMeasurable(f"needs {least} layers, the model has {count}")
    if isinstance(position, int):
        return [position]
    early = int(position[-1]) if position.startswith("early") else 1
    places = {
        "all": range(1, count + 1),
        "first": [1],
        "last": [count],
        "later": range(2, count + 1),
        "below": range(1, count),
        "inner": range(2, count),
        "before last": [count - 1],
    }
    return list(places.get(position, [min(early, count - 1)]))


class Base(BaseModel):
    """A quantity: `read` makes its grid of `TABLES`, `grid` remembers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    TABLES: ClassVar[tuple[str, ...]]

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that hold it."""
        return self.TABLES

    @abstractmethod
    def read(self, tables: Tables, series: str) -> Grid:
        """The quantity of a series' tickets, made anew; see `grid`."""

    def grid(self, tables: Tables, series: str) -> Grid:
        """The quantity of a series' tickets, LTH0 as k = 0.

        Raises:
            NotMeasurable: the tables do not have it.
        """
        tables.note_use(*self.tables())
        return tables.remember((self.model_dump_json(), series), lambda: self.read(tables, series))

    def count(self, tables: Tables) -> int:
        """Number of layers that it can be asked of."""
        raise NotMeasurable("has no layers")

    def note(self, tables: Tables) -> str:
        """What a reader of its numbers has to know; only asked where it was measured."""
        return ""

    @property
    def key(self) -> str:
        """Tells it from other quantities, but for the layers that it is asked of."""
        return self.model_dump_json(exclude={"layer", "other", "pairs", "dense_other"})


def resampled(rows: pd.DataFrame, value: str, values: pd.DataFrame) -> NDArray[np.float64]:
    """Draws (resamples, k, seed), less their means, of a table with a row a resample.

    Args:
        rows: k, seed, resample and the column `value`.
        value: Name of the column.
        values: What the draws go with: index k, a column a seed.
    """
    wide = rows.pivot_table(value, "resample", ["k", "seed"], observed=True)
    cells = pd.MultiIndex.from_product([values.index, values.columns])
    draws = wide.reindex(columns=cells).to_numpy(float)
    return np.asarray((draws - draws.mean(axis=0)).reshape(len(wide), *values.shape))
