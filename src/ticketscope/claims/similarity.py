"""What claims of section 5 are about: similarities with LTH0, of layers, neurons and attention."""

import warnings
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from scipy import stats

from ticketscope.claims.quantity import REACH, Base, Layer, layers_at
from ticketscope.claims.tables import (
    MAGNITUDE,
    Grid,
    NotMeasurable,
    Tables,
    normal_draws,
    over_tickets,
)
from ticketscope.plan.names import ticket_numbers

# Share of the variance that the paper counts components for.
VARIANCE = 0.8


class Kept(Base):
    """Similarity of a layer with the same layer of the seed's LTH0, mean over layers; LTH0's is 1.

    Its sentence error is the jackknife's over groups of sentences, once for all tickets alike and
    once for each ticket: the table does not tell how much of it tickets have in common.
    """

    TABLES: ClassVar = ("similarity",)
    quantity: Literal["kept"]
    measure: Literal["LayerSim", "NeuronSim", "SameNeuron", "AttentionSim"]
    module: str | list[str]
    layer: Layer = "all"

    def _rows(self, tables: Tables, series: str) -> pd.DataFrame:
        return tables.remember((self.key, series), lambda: self._read_rows(tables, series))

    def _read_rows(self, tables: Tables, series: str) -> pd.DataFrame:
        rows = tables.rows(
            "similarity",
            series=series,
            measure=self.measure,
            module=self.module,
            other_ticket="LTH0",
        )
        same = (rows["layer"] == rows["other_layer"]) & (rows["seed"] == rows["other_seed"])
        rows = rows[same & (rows["layer"] > 0) & (rows["k"] > 0)]
        if rows.empty:
            raise NotMeasurable(
                f"the table similarity.csv compares no ticket of {series} with LTH0"
            )
        return rows

    def count(self, tables: Tables) -> int:
        return int(self._rows(tables, MAGNITUDE)["layer"].max())

    def read(self, tables: Tables, series: str) -> Grid:
        rows = self._rows(tables, series)
        rows = rows[rows["layer"].isin(layers_at(self.layer, self.count(tables)))]
        values = over_tickets(rows, "value")
        values.loc[0] = 1.0
        return _with_jackknife(self, values.sort_index(), rows, "value", series)


class Alike(Base):
    """Similarity of different layers of one model, mean over pairs.

    Of attention it has a sentence error as `Kept` has, of states none.

    `pairs`: all; of the layers of `layer` with those of `other`; or of those that lie `across` the
    middle of the model, or `within` its halves. With `dense_other`, the other layer is LTH0's.
    """

    TABLES: ClassVar = ("similarity",)
    quantity: Literal["alike"]
    module: Literal["encoder", "decoder", "enc_self", "enc_dec", "dec_self"]
    layer: Layer = "all"
    other: Layer = "all"
    pairs: Literal["all", "across", "within"] = "all"
    dense_other: bool = False

    def _rows(self, tables: Tables, series: str) -> pd.DataFrame:
        key = (self.key, self.dense_other, series)
        return tables.remember(key, lambda: self._read_rows(tables, series))

    def _read_rows(self, tables: Tables, series: str) -> pd.DataFrame:
        measure = "LayerSim" if self.module in ("encoder", "decoder") else "AttentionSim"
        rows = tables.series("similarity", series, measure=measure, module=self.module)
        rows = rows[(rows["layer"] > 0) & (rows["other_layer"] > 0)]
        itself = rows["k"] == ticket_numbers(rows["other_ticket"])
        wanted = (itself & (rows["k"] == 0)) | (~itself if self.dense_other else itself)
        if self.dense_other:
            wanted &= rows["other_ticket"] == "LTH0"
        rows = rows[wanted & (rows["seed"] == rows["other_seed"])]
        if rows.empty:
            raise NotMeasurable(f"the table similarity.csv has no pair of layers of {self.module}")
        return rows

    def count(self, tables: Tables) -> int:
        return int(self._rows(tables, MAGNITUDE)["other_layer"].max())

    def read(self, tables: Tables, series: str) -> Grid:
        rows, count = self._rows(tables, series), self.count(tables)
        a, b = rows["layer"], rows["other_layer"]
        chosen = a.isin(layers_at(self.layer, count)) & b.isin(layers_at(self.other, count))
        if not self.dense_other:
            chosen &= a < b
        if self.pairs != "all":
            if count < 4:
                raise NotMeasurable(f"needs 4 layers, the model has {count}")
            across = (a <= count // 2) & (b > count // 2)
            chosen &= across if self.pairs == "across" else ~across
        return _with_jackknife(
            self, over_tickets(rows[chosen], "value"), rows[chosen], "value", series
        )


class Components(Base):
    """Number of singular vectors of the final layer that hold 80 % of the sum of squares (5.3).

    Uncentred, as the authors counted.
    """

    TABLES: ClassVar = ("spectra",)
    quantity: Literal["components"]
    module: str

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.series("spectra", series, module=self.module)
        rows = rows[~rows["centered"].astype(bool) & (rows["share"] >= VARIANCE)]
        return Grid(rows.groupby(["k", "seed"])["rank"].min().unstack("seed").astype(float))


class Category(Base):
    """Debiased linear CKA with LTH0's final encoder layer on the tokens of some categories (5.3).

    Its sentence error is the bootstrap's over sentences, independent between categories.
    """

    TABLES: ClassVar = ("categories",)
    quantity: Literal["category"]
    kind: Literal["frequency", "pos", "semtag"]
    label: str | list[str]
    # All categories of the kind but these.
    others: bool = False

    def read(self, tables: Tables, series: str) -> Grid:
        labels = self.label if isinstance(self.label, list) else [self.label]
        rows = tables.rows("categories", series=series, kind=self.kind)
        rows = rows[rows["category"].isin(labels) != self.others].dropna(subset=["debiased"])
        rows = rows[rows["k"] > 0]
        if rows.empty:
            categories = "other " * self.others + " or ".join(labels)
            raise NotMeasurable(f"no {self.kind} category {categories} has enough tokens")
        squares = rows.assign(square=((rows["high"] - rows["low"]) / (2 * REACH)) ** 2)
        means = squares.groupby(["k", "seed"], observed=True)["square"].agg(["mean", "size"])
        errors = np.sqrt(means["mean"] / means["size"]).unstack("seed").sort_index()
        return Grid(over_tickets(rows, "debiased"), normal_draws(errors, f"{self!r} {series}"))


class Concentration(Base):
    """Share of attention distributions that put nearly all mass on one token (section 5.4.3).

    Its sentence error is that of `Kept`.
    """

    TABLES: ClassVar = ("attention_concentration",)
    quantity: Literal["concentration"]
    module: str

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.series("attention_concentration", series, module=self.module)
        layers = pd.to_numeric(rows["layer"], errors="coerce")  # `all` is their mean
        rows = rows[layers.notna()]
        return _with_jackknife(self, over_tickets(rows, "share"), rows, "share", series)


class Neurons(Base):
    """The distribution of neurons' greatest correlations with LTH0's (Figure A4), mean over layers.

    `upper tenth`: the correlation that a tenth of the neurons exceed. `bimodality`: Sarle's
    coefficient (skewness^2 + 1) / kurtosis; a uniform distribution has 5/9, and one of two peaks
    more.
    """

    TABLES: ClassVar = ("neuron_maxima",)
    quantity: Literal["neurons"]
    module: list[str]
    summary: Literal["upper tenth", "bimodality"]

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.rows("neuron_maxima", series=series, module=self.module)
        rows = rows[(rows["layer"] > 0) & (rows["k"] > 0)]
        keys = ["k", "seed", "module", "layer"]
        wide = rows.set_index([*keys, "neuron"])["value"].unstack("neuron")  # (layer, neuron)
        values = wide.to_numpy(float)
        if self.summary == "upper tenth":
            summary = np.nanquantile(values, 0.9, axis=1)
        else:
            with warnings.catch_warnings():  # neurons that are all alike have no shape: NaN
                warnings.simplefilter("ignore", RuntimeWarning)
                skewness = stats.skew(values, axis=1, nan_policy="omit")
                kurtosis = stats.kurtosis(values, axis=1, fisher=False, nan_policy="omit")
            summary = (np.asarray(skewness) ** 2 + 1) / np.asarray(kurtosis)
        return Grid(over_tickets(wide.index.to_frame(index=False).assign(s=summary), "s"))


def _with_jackknife(
    quantity: Base, values: pd.DataFrame, rows: pd.DataFrame, column: str, series: str
) -> Grid:
    """Values with the error of their rows' intervals, once for all tickets and once for each.

    Rows of one ticket are taken for equal in their errors. Only lower ends count, since upper ones
    are cut at 1; without any (SameNeuron, tables of earlier versions) there is no error.
    """
    if "low" not in rows or rows["low"].isna().all():
        return Grid(values)
    errors = over_tickets(rows.assign(error=(rows[column] - rows["low"]) / REACH), "error")
    wide = errors.reindex(values.index, columns=values.columns)
    return Grid(values, normal_draws(wide, f"{quantity!r} {series}", repr(quantity)))
