"""Tables over all probed tickets: differences from LTH0, trends, and separation (section 4.2).

Each score is that of the ticket's layer with the best dev score. The statistics of a single
comparison are in `bootstrap`, those over seeds in `stats`; this module selects and tabulates.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.plan.names import DENSE, ticket_numbers
from ticketscope.probing.bootstrap import Score, mean_score, paired_difference, score_of
from ticketscope.probing.chosen import StatisticsReader
from ticketscope.probing.layers import TICKET, best_layers
from ticketscope.probing.metrics import Statistics, metric_of
from ticketscope.probing.settings import UNTRAINED
from ticketscope.stats.classes import MARGIN, classes_of
from ticketscope.stats.resampling import interval, resample
from ticketscope.stats.seeds import LEAST_SEEDS, MeanEffect, mean_effect, slope_weights

# The series of which nothing is pruned, trained by the experiment's recipe.
CONTROL = "control"
# Class of a task if a ticket's probe never left its floor.
AT_FLOOR = "at floor"

TASK = ["suite", "task", "group", "probe", "metric"]
DIFFERENCES = [
    *TASK, "seed", "series", "ticket", "layer", "test", "difference", "low", "high", "p",
    "at_floor",
]  # fmt: skip
TRENDS = [
    *TASK, "series", "against", "tickets", "seeds", "change", "low", "high", "p", "class",
    "at_floor",
]  # fmt: skip
_NAME = ["seed", "series", "ticket"]
SEPARATION = [
    *TASK, "trained", "low", "high", "majority", "random_encoder", "over_random", "over_random_low",
    "over_random_high", "p", "separated", "at_floor",
]  # fmt: skip


class Comparison:
    """Comparison of all tickets that were probed.

    Args:
        probes: tables/probes.csv.
        read_statistics: Reads the test statistics of some probes.
        resamples: Number of resamples of the test instances, the same for all tickets of a task.
        seed: Seed of the resamples.
    """

    def __init__(
        self,
        probes: pd.DataFrame,
        read_statistics: StatisticsReader,
        *,
        resamples: int,
        seed: int,
    ) -> None:
        trained = probes["series"] != UNTRAINED
        self._best = best_layers(probes[trained])
        self._random = best_layers(probes[~trained])
        self._majority = probes.groupby(TASK, sort=False)["majority"].mean()
        self._read_statistics = read_statistics
        self._resamples = resamples
        self._seed = seed
        self._counts_by_size: dict[int, NDArray[np.int32]] = {}
        self._scores: dict[Hashable, Score] = {}

    def resampled(self) -> pd.DataFrame:
        """Each ticket's score in each resample: `TASK`, seed, series, ticket, 0, 1, ..."""
        best = self._best.reset_index(drop=True)
        samples = [self._score(best.loc[[number]]).samples for number in best.index]
        return best[[*TASK, *_NAME]].join(pd.DataFrame(np.array(samples)))

    def differences(self) -> pd.DataFrame:
        """Each ticket's score minus LTH0's of the same seed: a row of `DIFFERENCES` per ticket."""
        rows: list[dict[str, Any]] = []
        for key, part in self._best.groupby([*TASK, "seed"], sort=False):
            columns = dict(zip([*TASK, "seed"], key, strict=True))
            lth0 = part[part["series"] == DENSE]
            dense = self._score(lth0)
            for number, ticket in part[part["series"] != DENSE].iterrows():
                difference = paired_difference(self._score(part.loc[[number]]), dense)
                rows.append(
                    columns
                    | {"series": ticket["series"], "ticket": ticket["ticket"]}
                    | {"layer": ticket["clean_layer"], "test": ticket["clean_test"]}
                    | vars(difference)
                    | {"at_floor": bool(ticket["clean_at_floor"] or lth0["clean_at_floor"].any())}
                )
        return (
            pd.DataFrame(rows).rename(columns={"value": "difference"}).reindex(columns=DIFFERENCES)
        )

    def trends(self, sparsity: pd.DataFrame, level: float) -> pd.DataFrame:
        """Each task's trend with sparsity and its class: a row of `TRENDS` per probe and series.

        A seed's change is the slope of the score minus the control's on sparsity, from LTH1 to the
        last ticket, times the last one's sparsity; of one ticket, the difference. That of the
        control itself, or where there is none, is not from the control but from LTH0. Classes are
        those of `stats.classes`, over the seeds and corrected for the tasks. A task is left out of
        them, and called `AT_FLOOR`, if a ticket's probe never left its floor.

        Args:
            sparsity: Has columns seed, series, ticket and sparsity_excl.
            level: False discovery rate of the classes.
        """
        numbers = ticket_numbers(sparsity["ticket"])
        means = sparsity.groupby(["series", numbers])["sparsity_excl"].mean()
        # Where the tickets of a series that prunes nothing stand: one deep cut must not move them.
        unpruned = means.get("magnitude", means.groupby(level=1).max())
        rows, changes = [], []
        for key, part in self._best.groupby(TASK, sort=False):
            for series in part["series"].unique():
                if series == DENSE:
                    continue
                of_series = part[part["series"].isin([DENSE, series])]
                partners = part[part["series"] == CONTROL]
                partnered = partners["ticket"].isin(of_series["ticket"]).any()
                against = CONTROL if partnered and series != CONTROL else DENSE
                x = means[series] if means[series].any() else unpruned
                change, tickets = self._change(part, series, against, x)
                low, high = (float(end[0]) for end in change.interval())
                tested = change.seeds >= LEAST_SEEDS
                rows.append(
                    dict(zip(TASK, key, strict=True))
                    | {"series": series, "against": against}
                    | {"tickets": tickets, "seeds": change.seeds}
                    | {"change": float(change.value[0]), "low": low, "high": high}
                    | {"p": float(change.p_beyond(0)[0]) if tested else np.nan}
                    | {"class": AT_FLOOR, "at_floor": int(of_series["clean_at_floor"].sum())}
                )
                changes.append(change)
        table = pd.DataFrame(rows, columns=TRENDS)
        judged = table[table["at_floor"] == 0]
        for _, family in judged.groupby(["probe", "series"]):
            classes = classes_of([changes[i] for i in family.index], MARGIN, level=level)
            table.loc[family.index, "class"] = classes
        return table.sort_values(["probe", "series"], kind="stable", ignore_index=True)

    def _change(
        self, part: pd.DataFrame, series: str, against: str, sparsity: pd.Series
    ) -> tuple[MeanEffect, int]:
        """The change of a task's scores with sparsity, over seeds; and the number of tickets.

        Args:
            part: Rows of the task's tickets.
            series: The tickets.
            against: What each is compared with: the control of the same number, or LTH0.
            sparsity: Of each number of the series.
        """
        values, draws, tickets = [], [], 0
        for _, of_seed in part.groupby("seed"):
            numbers = ticket_numbers(of_seed["ticket"])
            scores = {
                (name, k): self._score(of_seed.loc[[i]])
                for name, k, i in zip(of_seed["series"], numbers, of_seed.index, strict=True)
            }
            references = {k: (against, k if against == CONTROL else 0) for k in sparsity.index}
            ks = [k for k in references if (series, k) in scores and references[k] in scores]
            if not ks:
                continue
            x = sparsity[ks].to_numpy(float)
            varies = np.ptp(x) > 0
            weights = slope_weights(x) * x.max() if varies else np.arange(len(ks)) == len(ks) - 1
            pairs = [(scores[series, k], scores[references[k]]) for k in ks]
            values.append(weights @ np.array([a.value - b.value for a, b in pairs]))
            draws.append(weights @ np.array([a.samples - b.samples for a, b in pairs]))
            tickets = max(tickets, len(ks))
        return mean_effect(np.array([values]), np.array(draws).T[:, None]), tickets

    def separation(self) -> pd.DataFrame:
        """Whether a task distinguishes trained from random encoders: a row of `SEPARATION` a task.

        LTH0 is compared with the untrained encoder, paired over test instances, and with the
        majority label of each word. Seeds and replicates are pooled. A task separates if both
        differences are above 0 with 95 % confidence, and no probe of LTH0 is at its floor.
        """
        rows: list[dict[str, Any]] = []
        dense = self._best[self._best["series"] == DENSE]
        for key, trained in dense.groupby(TASK, sort=False):
            columns = dict(zip(TASK, key, strict=True))
            random = self._random.merge(trained[TASK].drop_duplicates(), on=TASK)
            if random.empty:
                continue
            score = self._score(trained)
            low, high = interval(score.samples)
            majority = float(self._majority[key])
            over_random = paired_difference(score, self._score(random))
            at_floor = bool(trained["clean_at_floor"].any())
            separated = low > majority and over_random.low > 0 and not at_floor
            rows.append(
                columns
                | {"trained": trained["clean_test"].mean(), "low": low, "high": high}
                | {"majority": majority, "random_encoder": random["clean_test"].mean()}
                | {"over_random": over_random.value, "over_random_low": over_random.low}
                | {"over_random_high": over_random.high, "p": over_random.p}
                | {"separated": bool(separated), "at_floor": at_floor}
            )
        return pd.DataFrame(rows, columns=SEPARATION)

    def _score(self, rows: pd.DataFrame) -> Score:
        """Mean score of some rows of `best_layers`, all of one task; each is read once."""
        scores = []
        for _, row in rows.iterrows():
            key = tuple(row[TICKET])
            if key not in self._scores:
                classes, statistics = self._read_statistics(row)
                metric = metric_of(str(row["metric"]), classes)
                self._scores[key] = score_of(metric, statistics, self._counts(statistics))
            scores.append(self._scores[key])
        return mean_score(scores)

    def _counts(self, statistics: Statistics) -> NDArray[np.int32]:
        """How often each instance is drawn; the same for all tasks of one size."""
        instances = statistics.shape[1]
        if instances not in self._counts_by_size:
            self._counts_by_size[instances] = resample(instances, self._resamples, self._seed)
        return self._counts_by_size[instances]
