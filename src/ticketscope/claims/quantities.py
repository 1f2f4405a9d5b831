"""What the paper's claims are about: functions of the tables, one number a ticket and seed.

Each class is one kind of quantity with its arguments, as claims.yaml names them, and `grid` reads
it. Those of BLEU and masks are here, the others in `probing` and `similarity`.
"""

from typing import Annotated, Any, ClassVar, Literal

import pandas as pd
from pydantic import Field

from ticketscope.claims.probing import LayerScore, Score
from ticketscope.claims.quantity import Base, Layer, layers_at, resampled
from ticketscope.claims.similarity import (
    Alike,
    Category,
    Components,
    Concentration,
    Kept,
    Neurons,
)
from ticketscope.claims.tables import MAGNITUDE, Grid, NotMeasurable, Tables, over_tickets


class Bleu(Base):
    """BLEU (0 to 100) on the test set, with its bootstrap over sentences."""

    TABLES: ClassVar = ("table_a1", "bleu_resamples")
    quantity: Literal["bleu"]

    def read(self, tables: Tables, series: str) -> Grid:
        values = over_tickets(tables.series("table_a1", series), "bleu")
        try:
            rows = tables.series("bleu_resamples", series)
        except NotMeasurable:
            return Grid(values)
        return Grid(values, resampled(rows, "bleu", values))


class Sparsity(Base):
    """Pruned over all weights of some modules, biases apart (section 3.4)."""

    TABLES: ClassVar = ("module_sparsity",)
    quantity: Literal["sparsity"]
    block: str | list[str]
    side: str | None = None
    part: str | list[str] | None = None
    layer: Layer = "all"

    def _rows(self, tables: Tables, series: str) -> pd.DataFrame:
        chosen: dict[str, Any] = {"kind": "weight", "block": self.block}
        if self.side:
            chosen["side"] = self.side
        if self.part:
            chosen["part"] = self.part
        return tables.rows("module_sparsity", series=series, **chosen)

    def count(self, tables: Tables) -> int:
        return int(self._rows(tables, MAGNITUDE)["layer"].max())

    def read(self, tables: Tables, series: str) -> Grid:
        rows = self._rows(tables, series)
        rows = rows[(rows["k"] > 0) & rows["layer"].isin(layers_at(self.layer, self.count(tables)))]
        sums = rows.groupby(["k", "seed"])[["pruned", "total"]].sum()
        return Grid((sums["pruned"] / sums["total"]).unstack("seed").sort_index())


Quantity = Annotated[
    Bleu
    | Sparsity
    | Score
    | LayerScore
    | Kept
    | Alike
    | Components
    | Category
    | Concentration
    | Neurons,
    Field(discriminator="quantity"),
]
