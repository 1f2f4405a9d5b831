"""What the claims of the extension are about: quantities of the tickets' behaviour.

They are read as those of `quantities`, one number a ticket and seed.
"""

from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field
from scipy import stats

from ticketscope.claims.probing import Score
from ticketscope.claims.quantity import REACH, Base, resampled
from ticketscope.claims.tables import (
    CONTROL,
    DRAWS,
    Grid,
    NotMeasurable,
    Tables,
    normal_draws,
    over_tickets,
)
from ticketscope.plan.names import DENSE
from ticketscope.stats.resampling import resample

# A rank correlation of fewer pairs is one of few values, and a regression has to leave freedom.
LEAST_PAIRS = 5
# Columns of probes.csv that tables of earlier versions may lack.
_OF_LTH0 = pd.Index(["majority", "n_train", "codelength_bits"])


class Contrast(Base):
    """Share of contrasts that are right, mean over phenomena, with its bootstrap over items.

    `minority`: only items whose correct form is the rarer one, or only the others. The items are
    the same for all tickets and seeds, and so are the draws.
    """

    TABLES: ClassVar = ("contrast_items", "contrast_margins")
    quantity: Literal["contrast"]
    phenomenon: str = "all"
    minority: bool | None = None

    def read(self, tables: Tables, series: str) -> Grid:
        items = tables.rows("contrast_items")
        if self.phenomenon != "all":
            items = items[items["phenomenon"] == self.phenomenon]
        if self.minority is not None:
            flags = items["minority"].astype(str).str.lower()
            items = items[flags == str(self.minority).lower()]
        if items.empty:
            raise NotMeasurable("no contrast set has such items")
        rows = tables.series("contrast_margins", series)
        means, drawn = [], []
        for (name, _), part in items.groupby(["set", "phenomenon"], observed=True, sort=True):
            wanted = rows[(rows["set"] == name) & rows["item"].isin(part["item"])]
            wide = (wanted.set_index(["item", "k", "seed"])["margin"] > 0).unstack(["k", "seed"])
            wide = wide.sort_index(axis=1)
            right = wide.to_numpy(float)
            counts = resample(len(right), DRAWS) / len(right)
            means.append(pd.Series(right.mean(axis=0), wide.columns))
            drawn.append(counts @ right - right.mean(axis=0))
        values = pd.concat(means, axis=1).mean(axis=1).unstack("seed").sort_index()
        draws = np.mean(drawn, axis=0).reshape(DRAWS, *values.shape)
        return Grid(values, draws)


class WordF1(Base):
    """F1 of rare or of frequent words (compare-mt), with its error over sentences.

    Rare: the first bucket of words that train has. Frequent: the last one.
    """

    TABLES: ClassVar = ("words",)
    quantity: Literal["word f1"]
    words: Literal["rare", "frequent"]

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.series("words", series).dropna(subset=["f1"])
        seen = rows[rows["first"] > 0]
        if seen["bucket"].nunique() < 2:
            raise NotMeasurable("the test text has words of one frequency only")
        bucket = seen["bucket"].min() if self.words == "rare" else seen["bucket"].max()
        rows = seen[seen["bucket"] == bucket]
        errors = rows.assign(error=(rows["f1_high"] - rows["f1_low"]) / (2 * REACH))
        wide = over_tickets(errors, "error")
        return Grid(over_tickets(rows, "f1"), normal_draws(wide, f"{self!r} {series}", repr(self)))


class Churn(Base):
    """Share of items that flip beyond what the mean's change needs, mean over names; LTH0's is 0.

    Kinds: sentences well translated, contrasts, predictions of linear or MLP probes.
    """

    TABLES: ClassVar = ("flips", "flip_resamples")
    quantity: Literal["churn"]
    kind: Literal["translation", "contrast", "linear", "mlp"]

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.rows("flips", series=series, kind=self.kind)
        rows = rows[(rows["k"] > 0) & (rows["seed"] == rows["other_seed"])]
        if rows.empty:
            raise NotMeasurable(f"the table flips.csv compares no ticket of {series} with LTH0")
        values = over_tickets(rows, "churn")
        samples = tables.rows("flip_resamples", series=series, kind=self.kind)
        draws = np.insert(resampled(samples, "churn", values), 0, 0.0, axis=1)
        values.loc[0] = 0.0
        return Grid(values.sort_index(), draws)


class Moved(Base):
    """How far a ticket has moved from LTH0, as a share of the distance to LTH0s of other seeds.

    `output`: KL divergence of its predictions on reference prefixes. `hidden`: one minus LayerSim
    of the encoder's last layer. Two trainings that share nothing but their text are 1 apart.
    """

    quantity: Literal["moved"]
    what: Literal["output", "hidden"]

    def tables(self) -> tuple[str, ...]:
        return ("probabilities",) if self.what == "output" else ("similarity",)

    def read(self, tables: Tables, series: str) -> Grid:
        rows = self._distances(tables)
        apart = rows[(rows["k"] == 0) & (rows["seed"] != rows["other_seed"])]["distance"]
        if apart.empty:
            raise NotMeasurable("LTH0s were not compared: that takes two seeds of one run")
        if apart.mean() == 0:
            raise NotMeasurable("LTH0s of other seeds are the same, so that no distance is a share")
        rows = rows[(rows["series"] == series) & (rows["k"] > 0)]
        if rows.empty:
            raise NotMeasurable(f"no ticket of {series} was compared with LTH0")
        scaled = rows.assign(distance=rows["distance"] / apart.mean())
        values = over_tickets(scaled, "distance")
        errors = over_tickets(
            scaled.assign(error=(scaled["high"] - scaled["low"]) / (2 * REACH * apart.mean())),
            "error",
        )
        values.loc[0], errors.loc[0] = 0.0, 0.0
        wide = errors.sort_index()
        return Grid(values.sort_index(), normal_draws(wide, f"{self!r} {series}", repr(self)))

    def _distances(self, tables: Tables) -> pd.DataFrame:
        if self.what == "output":
            rows = tables.rows("probabilities", other_ticket="LTH0")
            return rows.assign(distance=rows["kl"], low=rows["kl_low"], high=rows["kl_high"])
        rows = tables.rows("similarity", measure="LayerSim", module="encoder", other_ticket="LTH0")
        last = rows["layer"].max()
        rows = rows[(rows["layer"] == last) & (rows["other_layer"] == last)]
        # Upper ends are cut at 1.
        low = rows["low"].fillna(rows["value"])
        return rows.assign(distance=1 - rows["value"], low=low, high=2 * rows["value"] - low)


class Follows(Base):
    """Rank correlation of what contrasts lose with what the paired probes lose, over pairs.

    A pair is a phenomenon and a task that reads the same knowledge (`tasks` of the contrast set).
    Both changes are those of a ticket from the control of the same iteration, so that what further
    training does to both is not in them. Linear probes, on the layer that is best on dev in LTH0.
    """

    TABLES: ClassVar = ("contrast_items", "contrast_margins", "probes")
    quantity: Literal["follows"]

    def read(self, tables: Tables, series: str) -> Grid:
        losses = list(paired_changes(tables, series).values())
        if len(losses) < LEAST_PAIRS:
            raise NotMeasurable(
                f"{len(losses)} pairs of a probed task and a phenomenon; it takes {LEAST_PAIRS}"
            )
        index = losses[0][0].index
        for changes in losses:
            for change in changes:
                index = index.intersection(change.index)
        ranks = np.array(
            [[change.loc[index].to_numpy() for change in changes] for changes in losses]
        )
        ranked = stats.rankdata(ranks, axis=0)  # (pairs, 2, k, seed)
        centred = ranked - ranked.mean(axis=0)
        spread = np.sqrt((centred**2).sum(axis=0)).prod(axis=0)
        products = centred.prod(axis=1).sum(axis=0)
        correlation = np.divide(products, spread, out=np.zeros_like(spread), where=spread > 0)
        return Grid(pd.DataFrame(correlation, index, losses[0][0].columns))


class Loss(Base):
    """What predicts which tasks a ticket loses: a coefficient of a regression over tasks.

    Change of a task's linear-probe score from the control of the same iteration, on a measure and
    on whether the task is semantic, both in one model. Coefficient `measure`: points lost for each
    standard deviation of it over tasks. `semantic`: points that semantic tasks lose more than
    syntactic ones that have the same of it.

    The measures are those of LTH0, on its best layer on dev: `headroom`, 1 - score; `codelength`,
    bits a training label (online code); `gap`, the score less that of the word's most frequent
    label, which is what the states tell beyond word forms.
    """

    TABLES: ClassVar = ("probes",)
    quantity: Literal["loss"]
    coefficient: Literal["measure", "semantic"]
    measure: Literal["headroom", "codelength", "gap"]

    def read(self, tables: Tables, series: str) -> Grid:
        measures = self._measures(tables)
        tasks, changes = [], []
        for task, group in measures.index:
            if group in ("Syntax", "Semantics"):
                score = Score(quantity="score", probe="linear", task=task)
                try:
                    changes.append(_from_control(score, tables, series))
                except NotMeasurable:
                    continue
                tasks.append((task, group))
        semantic = np.array([group == "Semantics" for _, group in tasks], dtype=float)
        if len(tasks) < LEAST_PAIRS or len(set(semantic)) < 2:
            raise NotMeasurable(
                f"{len(tasks)} syntactic and semantic tasks have their {self.measure} in LTH0 and "
                f"were probed with ticket and control; it takes {LEAST_PAIRS} of both kinds"
            )
        index, seeds = changes[0].axes
        values = pd.DataFrame(np.nan, index, seeds)
        for seed in seeds.intersection(measures.columns):
            level = measures.loc[tasks, seed].to_numpy()
            level = (level - level.mean()) / level.std()
            model = np.column_stack([np.ones_like(level), level, semantic])
            lost = np.array([-change[seed].reindex(index).to_numpy() for change in changes])
            place = 1 if self.coefficient == "measure" else 2
            values[seed] = np.linalg.lstsq(model, lost, rcond=None)[0][place]
        return Grid(values)

    def _measures(self, tables: Tables) -> pd.DataFrame:
        """The measure in LTH0: index task and group, a column a seed; tasks that have it."""
        rows = tables.rows("probes", series=DENSE, probe="linear")
        rows = rows[rows["layer"] > 0].reindex(columns=[*rows, *_OF_LTH0.difference(rows.columns)])
        rows = rows.assign(codelength=rows["codelength_bits"] / rows["n_train"])
        rows = rows.assign(headroom=1 - rows["test"], gap=rows["test"] - rows["majority"])
        keys = ["task", "group", "seed"]
        layers = rows.groupby([*keys, "layer"], observed=True)[["dev", self.measure]].mean()
        best = layers.loc[layers.groupby(keys, observed=True)["dev"].idxmax().dropna()]
        return best[self.measure].droplevel("layer").unstack("seed").dropna()


def paired_changes(
    tables: Tables, series: str
) -> dict[tuple[str, str], tuple[pd.DataFrame, pd.DataFrame]]:
    """Of each pair of task and phenomenon, the changes of the probe's score and of the accuracy.

    Pairs whose task was not probed, or has a probe at its floor, are left out.

    Args:
        tables: The experiment's.
        series: Whose tickets are compared with the control: (k from 1, seed).
    """
    items = tables.rows("contrast_items").dropna(subset=["tasks"])
    pairs = {
        (phenomenon, task)
        for phenomenon, tasks in zip(items["phenomenon"], items["tasks"], strict=True)
        for task in str(tasks).split()
    }
    changes = {}
    for phenomenon, task in sorted(pairs):
        probe = Score(quantity="score", probe="linear", task=task)
        contrast = Contrast(quantity="contrast", phenomenon=phenomenon)
        try:
            probed = _from_control(probe, tables, series)
            changes[task, phenomenon] = probed, _from_control(contrast, tables, series)
        except NotMeasurable:
            continue
    return changes


class Erased(Base):
    """How far erasing tasks moves a ticket's predictions beyond erasing random subspaces, in nats.

    KL divergence from the same ticket, nothing erased, on reference prefixes: that of erasing a
    task's label less that of as large a random subspace, mean over tasks. A task with so many
    classes that nothing is left is left out: there the two are the same. The error takes the two
    for independent and the errors of all tasks for the same, both of which are too wide.
    """

    TABLES: ClassVar = ("erasure",)
    quantity: Literal["erased"]

    def read(self, tables: Tables, series: str) -> Grid:
        rows = tables.series("erasure", series).dropna(subset=["kl"])
        rows = rows[rows["rank"] < rows["dim"]]
        if rows.empty:
            raise NotMeasurable("each task has more classes than the encoder has dimensions")
        signs = rows["kind"].astype(str).map({"erased": 1.0, "random": -1.0})
        errors = (rows["kl_high"] - rows["kl_low"]) / (2 * REACH)
        keys = ["task", "k", "seed"]
        tasks = rows.assign(difference=signs * rows["kl"], square=errors**2)
        sums = tasks.groupby(keys, observed=True)[["difference", "square"]].sum().reset_index()
        values = over_tickets(sums, "difference")
        wide = over_tickets(sums.assign(error=np.sqrt(sums["square"])), "error")
        return Grid(values, normal_draws(wide, f"{self!r} {series}"))


def _from_control(quantity: Base, tables: Tables, series: str) -> pd.DataFrame:
    """A quantity of a series less that of the control of the same iteration: (k from 1, seed)."""
    values, control = (quantity.grid(tables, name).values for name in (series, CONTROL))
    change = values - control
    return change[change.index > 0].dropna()


BehaviourQuantity = Annotated[
    Contrast | WordF1 | Churn | Moved | Follows | Loss | Erased, Field(discriminator="quantity")
]
