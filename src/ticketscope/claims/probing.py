"""What claims of section 4 are about: the scores of probes."""

from collections.abc import Iterable
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from ticketscope.claims.quantity import REACH, Base, Layer, layers_at
from ticketscope.claims.tables import (
    MAGNITUDE,
    Grid,
    NotMeasurable,
    Tables,
    normal_draws,
    numbered,
    over_tickets,
)
from ticketscope.plan.names import DENSE
from ticketscope.probing.layers import over_replicates, tasks_at_floor


class Score(Base):
    """Test score of a task's probes, replicates averaged (section 4.2).

    The layer is the one that is best on dev in the seed's LTH0, for all tickets. The best of each
    ticket, as the paper has it, would rise while tickets drift apart from LTH0 without getting
    better: it is the largest of ever more different numbers.

    Its sentence error has two parts: a binomial one of all tickets alike, and that of a ticket's
    difference from LTH0, each on its own best layer (paired bootstrap over test instances), which
    counts as common to all seeds. With `probe_resamples` it is that of resamples, the same for all
    tickets and seeds. A task of which a ticket's probe never left its floor is not measurable.
    """

    TABLES: ClassVar = ("probes", "probe_differences")
    quantity: Literal["score"]
    probe: Literal["linear", "mlp"]
    task: str | list[str] = Field([])

    def _best(self, tables: Tables, series: str) -> pd.DataFrame:
        rows = tables.series("probes", series, probe=self.probe).dropna(subset=["dev", "test"])
        mean = numbered(over_replicates(rows[rows["layer"] > 0]))
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
            raise NotMeasurable(_never_beat_a_constant(stuck))
        values = over_tickets(best, "test")
        if "probe_resamples" in tables:
            return Grid(values, self._resampled(tables, series, values))
        draws = _label_draws(self, tables, self.task)
        try:
            spread = tables.rows(
                "probe_differences", series=series, task=self.task, probe=self.probe
            )
        except NotMeasurable:
            return Grid(values, draws * np.ones(values.shape))
        errors = spread.assign(error=(spread["high"] - spread["low"]) / (2 * REACH))
        wide = over_tickets(errors, "error").reindex(values.index, columns=values.columns)
        return Grid(values, draws + normal_draws(wide, f"{self!r} {series}"))

    def _resampled(self, tables: Tables, series: str, values: pd.DataFrame) -> NDArray[np.float64]:
        """Draws (resamples, k, seed), less their means, each ticket on its own best layer."""
        rows = tables.series("probe_resamples", series, probe=self.probe, task=self.task)
        samples = [name for name in rows if isinstance(name, int)]
        mean = rows.groupby(["k", "seed"], observed=True)[samples].mean()
        cells = pd.MultiIndex.from_product([values.index, values.columns])
        draws = mean.reindex(cells).to_numpy(float).T
        return (draws - draws.mean(axis=0)).reshape(len(samples), *values.shape)


class LayerScore(Base):
    """Test score of linear probes on some layers (section 4.4).

    With `group`: the mean z of its tasks, as in Figure 3; each task's mean and spread are those of
    all layers and tickets of LTH0 and the magnitude series of the seed. With `task`: the score and
    a binomial error of all tickets alike; layers are taken for independent, which is too wide.

    A task that has a probe which never left its floor, on a layer of any ticket, is not measurable
    and has no part in its group's mean.
    """

    TABLES: ClassVar = ("probes",)
    quantity: Literal["layer score"]
    group: str | None = None
    task: str | None = None
    layer: Layer

    def _mean(self, tables: Tables, series: str) -> pd.DataFrame:
        def all_tasks() -> pd.DataFrame:
            rows = tables.series("probes", series, probe="linear").dropna(subset=["test"])
            return numbered(over_replicates(rows[rows["layer"] > 0]))

        mean, stuck = tables.remember(("layers", series), all_tasks), _at_floor(tables)
        if self.task:
            if self.task in stuck:
                raise NotMeasurable(_never_beat_a_constant([self.task]))
            return _of_tasks(mean, self.task)
        mean = mean[mean["group"] == self.group]
        if mean.empty:
            raise NotMeasurable(f"no {self.group} task was probed with a linear probe")
        if set(mean["task"]) <= stuck:
            raise NotMeasurable(_never_beat_a_constant(mean["task"].unique()))
        return mean[~mean["task"].isin(stuck)]

    def note(self, tables: Tables) -> str:
        known = tables.rows("probes", group=self.group)["task"].unique() if self.group else ()
        stuck = sorted(_at_floor(tables).intersection(known))
        return (
            f"Without {' and '.join(stuck)}, of which a probe never beat a constant prediction."
            if stuck
            else ""
        )

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


def _at_floor(tables: Tables) -> set[str]:
    return tables.remember("at floor", lambda: tasks_at_floor(tables.rows("probes")))


def _never_beat_a_constant(tasks: Iterable[str]) -> str:
    return f"a probe of {' and '.join(tasks)} never beat a constant prediction"


def _of_tasks(table: pd.DataFrame, tasks: str | list[str]) -> pd.DataFrame:
    """A table's rows of some tasks, all of which have to be there."""
    wanted = tasks if isinstance(tasks, list) else [tasks]
    lacking = [task for task in wanted if not (table["task"] == task).any()]
    if lacking:
        raise NotMeasurable(f"{' and '.join(lacking)} was not probed")
    return table[table["task"].isin(wanted)]
