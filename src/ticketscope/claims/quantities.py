"""What claims are about: functions of the experiment's tables, one number a ticket and seed.

Each class is one kind of quantity with its arguments, as claims.yaml names them, and `grid` reads
it. Layers go by position: the paper's layer 1 is the first, its layer 6 the last.
"""

from abc import abstractmethod
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from ticketscope.claims.tables import (
    MAGNITUDE,
    Grid,
    NotMeasurable,
    Tables,
    normal_draws,
    over_tickets,
)
from ticketscope.plan.names import DENSE
from ticketscope.probing.layers import over_replicates

# One layer by its number, or those of these positions; `early 2` is the second if that is not the
# last, `below` all but the last, `inner` all but the first and the last.
Layer = (
    int
    | Literal[
        "all", "first", "last", "later", "below", "inner", "before last", "early 2", "early 4"
    ]
)
# 95 % of a normal distribution.
_REACH = 1.959964


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
    """A quantity: `read` makes its grid, `grid` remembers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @abstractmethod
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that hold it."""

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

    @property
    def key(self) -> str:
        """Tells it from other quantities, but for the layers that it is asked of."""
        return self.model_dump_json(exclude={"layer", "other", "pairs", "dense_other"})


class Bleu(Base):
    """BLEU (0 to 100) on the test set, with its bootstrap over sentences."""

    quantity: Literal["bleu"]

    def tables(self) -> tuple[str, ...]:
        return ("table_a1", "bleu_resamples")

    def read(self, tables: Tables, series: str) -> Grid:
        values = over_tickets(tables.series("table_a1", series), "bleu")
        try:
            rows = tables.series("bleu_resamples", series)
        except NotMeasurable:
            return Grid(values)
        return Grid(values, resampled(rows, "bleu", values))


class Sparsity(Base):
    """Pruned over all weights of some modules, biases apart (section 3.4)."""

    quantity: Literal["sparsity"]
    block: str | list[str]
    side: str | None = None
    part: str | list[str] | None = None
    layer: Layer = "all"

    def tables(self) -> tuple[str, ...]:
        return ("module_sparsity",)

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


class Score(Base):
    """Test score of a task's probes, replicates averaged (section 4.2).

    The layer is the one that is best on dev in the seed's LTH0, for all tickets. The best of each
    ticket, as the paper has it, would rise while tickets drift apart from LTH0 without getting
    better: it is the largest of ever more different numbers.

    Its sentence error has two parts: a binomial one of all tickets alike, and that of a ticket's
    difference from LTH0 (paired bootstrap over test instances). A task of which a ticket's probe
    never left its floor is not measurable.
    """

    quantity: Literal["score"]
    probe: Literal["linear", "mlp"]
    task: str | list[str] = []

    def tables(self) -> tuple[str, ...]:
        return ("probes", "probe_differences")

    def _best(self, tables: Tables, series: str) -> pd.DataFrame:
        rows = tables.series("probes", series, probe=self.probe).dropna(subset=["dev", "test"])
        mean = _with_k(over_replicates(_plain(rows[rows["layer"] > 0])))
        dense = mean[mean["k"] == 0].reset_index(drop=True)
        best = dense.loc[dense.groupby(["task", "seed"])["dev"].idxmax(), ["task", "seed", "layer"]]
        return mean.merge(best, on=["task", "seed", "layer"])

    def read(self, tables: Tables, series: str) -> Grid:
        best = _of_tasks(
            tables.remember(("best", self.probe, series), lambda: self._best(tables, series)),
            self.task,
        )
        stuck = best.loc[best["at_floor"].astype(bool), "task"].unique()
        if len(stuck):
            raise NotMeasurable(
                f"a probe of {' and '.join(stuck)} never beat a constant prediction"
            )
        values = over_tickets(best, "test")
        draws = _label_draws(self, tables, self.task)
        try:
            spread = tables.rows(
                "probe_differences", series=series, task=self.task, probe=self.probe
            )
        except NotMeasurable:
            return Grid(values, draws * np.ones(values.shape))
        errors = spread.assign(error=(spread["high"] - spread["low"]) / (2 * _REACH))
        wide = over_tickets(errors, "error").reindex(values.index, columns=values.columns)
        return Grid(values, draws + normal_draws(wide, f"{self!r} {series}"))


class LayerScore(Base):
    """Test score of linear probes on some layers (section 4.4).

    With `group`: the mean z of its tasks, as in Figure 3; each task's mean and spread are those of
    all layers and tickets of LTH0 and the magnitude series of the seed. With `task`: the score and
    a binomial error of all tickets alike; layers are taken for independent, which is too wide.
    """

    quantity: Literal["layer score"]
    group: str | None = None
    task: str | None = None
    layer: Layer

    def tables(self) -> tuple[str, ...]:
        return ("probes",)

    def _mean(self, tables: Tables, series: str) -> pd.DataFrame:
        def all_tasks() -> pd.DataFrame:
            rows = tables.series("probes", series, probe="linear").dropna(subset=["test"])
            return _with_k(over_replicates(_plain(rows[rows["layer"] > 0])))

        mean = tables.remember(("layers", series), all_tasks)
        if self.task:
            return _of_tasks(mean, self.task)
        mean = mean[mean["group"] == self.group]
        if mean.empty:
            raise NotMeasurable(f"no {self.group} task was probed with a linear probe")
        return mean

    def count(self, tables: Tables) -> int:
        return int(self._mean(tables, MAGNITUDE)["layer"].max())

    def read(self, tables: Tables, series: str) -> Grid:
        mean, layers = self._mean(tables, series), layers_at(self.layer, self.count(tables))
        if self.task:

            def by_layer() -> pd.DataFrame:
                return mean.pivot_table("test", ["layer", "k"], "seed")

            wide = tables.remember(("by layer", self.task, series), by_layer)
            values = wide.loc[layers].groupby("k").mean()
            return Grid(values, _label_draws(self, tables, self.task) * np.ones(values.shape))
        spread = tables.remember(("spread", self.group), lambda: self._spread(tables))
        chosen = mean[mean["layer"].isin(layers)].merge(spread, on=["task", "seed"])
        if chosen.empty:
            raise NotMeasurable(f"no score of the {self.group} tasks varies")
        z = (chosen["test"] - chosen["mean"]) / chosen["std"]
        return Grid(over_tickets(chosen.assign(z=z), "z"))

    def _spread(self, tables: Tables) -> pd.DataFrame:
        """Mean and standard deviation of each task and seed over layers and tickets."""
        cells = self._mean(tables, MAGNITUDE).groupby(["task", "seed"])["test"]
        spread = pd.DataFrame({"mean": cells.mean(), "std": cells.std(ddof=0)})
        return spread[spread["std"] > 0].reset_index()


class Kept(Base):
    """Similarity of a layer with the same layer of the seed's LTH0, mean over layers; LTH0's is 1.

    Its sentence error is the jackknife's over groups of sentences, once for all tickets alike and
    once for each ticket: the table does not tell how much of it tickets have in common.
    """

    quantity: Literal["kept"]
    measure: Literal["LayerSim", "NeuronSim", "SameNeuron", "AttentionSim"]
    module: str | list[str]
    layer: Layer = "all"

    def tables(self) -> tuple[str, ...]:
        return ("similarity",)

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

    quantity: Literal["alike"]
    module: Literal["encoder", "decoder", "enc_self", "enc_dec", "dec_self"]
    layer: Layer = "all"
    other: Layer = "all"
    pairs: Literal["all", "across", "within"] = "all"
    dense_other: bool = False

    def tables(self) -> tuple[str, ...]:
        return ("similarity",)

    def _rows(self, tables: Tables, series: str) -> pd.DataFrame:
        key = (self.key, self.dense_other, series)
        return tables.remember(key, lambda: self._read_rows(tables, series))

    def _read_rows(self, tables: Tables, series: str) -> pd.DataFrame:
        measure = "LayerSim" if self.module in ("encoder", "decoder") else "AttentionSim"
        rows = tables.series("similarity", series, measure=measure, module=self.module)
        rows = rows[(rows["layer"] > 0) & (rows["other_layer"] > 0)]
        own = rows["k"] == _number(rows["other_ticket"])
        wanted = (own & (rows["k"] == 0)) | (~own if self.dense_other else own)
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

    quantity: Literal["components"]
    module: str

    def tables(self) -> tuple[str, ...]:
        return ("spectra",)

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.series("spectra", series, module=self.module)
        rows = rows[~rows["centered"].astype(bool) & (rows["share"] >= VARIANCE)]
        return Grid(rows.groupby(["k", "seed"])["rank"].min().unstack("seed").astype(float))


class Category(Base):
    """Debiased linear CKA with LTH0's final encoder layer on the tokens of some categories (5.3).

    Its sentence error is the bootstrap's over sentences, independent between categories.
    """

    quantity: Literal["category"]
    kind: Literal["frequency", "pos", "semtag"]
    label: str | list[str]
    # All categories of the kind but these.
    others: bool = False

    def tables(self) -> tuple[str, ...]:
        return ("categories",)

    def read(self, tables: Tables, series: str) -> Grid:
        labels = self.label if isinstance(self.label, list) else [self.label]
        rows = tables.rows("categories", series=series, kind=self.kind)
        rows = rows[rows["category"].isin(labels) != self.others].dropna(subset=["debiased"])
        rows = rows[rows["k"] > 0]
        if rows.empty:
            what = "other " * self.others + " or ".join(labels)
            raise NotMeasurable(f"no {self.kind} category {what} has enough tokens")
        squares = rows.assign(square=((rows["high"] - rows["low"]) / (2 * _REACH)) ** 2)
        means = squares.groupby(["k", "seed"], observed=True)["square"].agg(["mean", "size"])
        errors = np.sqrt(means["mean"] / means["size"]).unstack("seed").sort_index()
        return Grid(over_tickets(rows, "debiased"), normal_draws(errors, f"{self!r} {series}"))


class Concentration(Base):
    """Share of attention distributions that put nearly all mass on one token (section 5.4.3).

    Its sentence error is that of `Kept`.
    """

    quantity: Literal["concentration"]
    module: str

    def tables(self) -> tuple[str, ...]:
        return ("attention_concentration",)

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

    quantity: Literal["neurons"]
    module: list[str]
    summary: Literal["upper tenth", "bimodality"]

    def tables(self) -> tuple[str, ...]:
        return ("neuron_maxima",)

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.rows("neuron_maxima", series=series, module=self.module)
        rows = rows[(rows["layer"] > 0) & (rows["k"] > 0)]
        keys = ["k", "seed", "module", "layer"]
        wide = rows.set_index([*keys, "neuron"])["value"].unstack("neuron")  # (layer, neuron)
        values = wide.to_numpy(float)
        if self.summary == "upper tenth":
            summary = np.nanquantile(values, 0.9, axis=1)
        else:
            skewness = stats.skew(values, axis=1, nan_policy="omit")
            kurtosis = stats.kurtosis(values, axis=1, fisher=False, nan_policy="omit")
            summary = (np.asarray(skewness) ** 2 + 1) / np.asarray(kurtosis)
        return Grid(over_tickets(wide.index.to_frame(index=False).assign(s=summary), "s"))


# Share of the variance that the paper counts components for.
VARIANCE = 0.8

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


def _with_jackknife(
    quantity: Base, values: pd.DataFrame, rows: pd.DataFrame, column: str, series: str
) -> Grid:
    """Values with the error of their rows' intervals, once for all tickets and once for each.

    Rows of one ticket are taken for equal in their errors. Only lower ends count, since upper ones
    are cut at 1; without any (SameNeuron, tables of earlier versions) there is no error.
    """
    if "low" not in rows or rows["low"].isna().all():
        return Grid(values)
    errors = over_tickets(rows.assign(error=(rows[column] - rows["low"]) / _REACH), "error")
    wide = errors.reindex(values.index, columns=values.columns)
    return Grid(values, normal_draws(wide, f"{quantity!r} {series}", repr(quantity)))


def _label_draws(
    quantity: Score | LayerScore, tables: Tables, tasks: str | list[str]
) -> NDArray[np.float64]:
    """Errors of a mean score over tasks, of all tickets and seeds alike: (DRAWS, 1, 1).

    The variance of a share p of n labels, p (1 - p) / n; words of a sentence depend on each other,
    which it leaves out.
    """

    def variances() -> pd.Series:
        rows = tables.rows("probes", series=DENSE)
        means = rows.groupby("task", observed=True)[["test", "n_test"]].mean()
        share = means["test"].clip(0, 1)
        return share * (1 - share) / means["n_test"]

    wanted = tasks if isinstance(tasks, list) else [tasks]
    known = tables.remember("label variances", variances)[wanted]
    error = pd.DataFrame([[np.sqrt(known.sum()) / len(wanted)]])
    return normal_draws(error, repr(quantity))


def _of_tasks(table: pd.DataFrame, tasks: str | list[str]) -> pd.DataFrame:
    """A table's rows of some tasks, all of which have to be there."""
    wanted = tasks if isinstance(tasks, list) else [tasks]
    lacking = [task for task in wanted if not (table["task"] == task).any()]
    if lacking:
        raise NotMeasurable(f"{' and '.join(lacking)} was not probed")
    return table[table["task"].isin(wanted)]


def _with_k(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(k=_number(table["ticket"]))


def _number(tickets: pd.Series) -> pd.Series:
    return tickets.astype(str).str.removeprefix("LTH").astype(int)


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Text columns as text: grouping by categories would make rows for all combinations."""
    texts = [name for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)]
    return rows.astype(dict.fromkeys(texts, "object"))
