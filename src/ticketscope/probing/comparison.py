"""Tables over all probed tickets: differences from LTH0, trends, and separation (section 4.2).

Each score is that of the ticket's layer with the best dev score. The statistics of a single
comparison are in `classes`; this module selects, pools and tabulates.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.probing.chosen import StatisticsReader, TestStatistics
from ticketscope.probing.classes import Difference, classify, paired_difference, resampled_scores
from ticketscope.probing.layers import best_layers
from ticketscope.probing.metrics import Statistics, metric_of
from ticketscope.probing.settings import UNTRAINED
from ticketscope.stats.resampling import resample
from ticketscope.stats.trends import trend

# The series that holds LTH0 alone, the first ticket of all other series.
DENSE = "dense"

TASK = ["suite", "task", "group", "probe", "metric"]
DIFFERENCES = [
    *TASK, "seed", "series", "ticket", "layer", "test", "difference", "low", "high", "p",
    "at_floor",
]  # fmt: skip
TRENDS = [
    *TASK, "series", "tickets", "rho", "p_trend", "difference", "low", "high", "p_difference",
    "p_corrected", "class", "at_floor",
]  # fmt: skip
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
        seed: Seed of resamples and permutations.
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

    def differences(self) -> pd.DataFrame:
        """Each ticket's score minus LTH0's of the same seed: a row of `DIFFERENCES` per ticket."""
        rows: list[dict[str, Any]] = []
        for key, part in self._best.groupby([*TASK, "seed"], sort=False):
            columns = dict(zip([*TASK, "seed"], key, strict=True))
            lth0 = part[part["series"] == DENSE]
            dense = self._statistics(lth0)
            for _, ticket in part[part["series"] != DENSE].iterrows():
                difference = self._difference(
                    columns["metric"], self._statistics(ticket.to_frame().T), dense
                )
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

        Scores are averaged over seeds and predictions are pooled. The tickets of a series without
        pruning (the dense control) are ranked by number instead, that is, by training epochs.

        Args:
            sparsity: Has columns seed, series, ticket and sparsity_excl.
            level: Corrected p-value below which a trend counts.
        """
        tables = [
            self._series_trends(probe, series, sparsity, level)
            for probe in self._best["probe"].unique()
            for series in self._best["series"].unique()
            if series != DENSE
        ]
        return pd.concat(tables) if tables else pd.DataFrame(columns=TRENDS)

    def separation(self) -> pd.DataFrame:
        """Whether a task distinguishes trained from random encoders: a row of `SEPARATION` a task.

        LTH0 is compared with the untrained encoder, paired over test instances, and with the
        majority label of each word. Seeds and replicates are pooled. A task separates if both
        differences are above 0 with 95 % confidence, and no probe is at its floor.
        """
        rows: list[dict[str, Any]] = []
        dense = self._best[self._best["series"] == DENSE]
        for key, trained in dense.groupby(TASK, sort=False):
            columns = dict(zip(TASK, key, strict=True))
            random = self._random.merge(trained[TASK].drop_duplicates(), on=TASK)
            if random.empty:
                continue
            classes, statistics = self._statistics(trained)
            metric = metric_of(str(columns["metric"]), classes)
            scores = resampled_scores(metric, statistics, self._counts(statistics))
            low, high = np.quantile(scores, [0.025, 0.975])
            majority = float(self._majority[key])
            over_random = self._difference(
                columns["metric"], (classes, statistics), self._statistics(random)
            )
            at_floor = bool(trained["clean_at_floor"].any() or random["clean_at_floor"].any())
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

    def _series_trends(
        self, probe: str, series: str, sparsity: pd.DataFrame, level: float
    ) -> pd.DataFrame:
        rows, trends, last = [], {}, {}
        tickets = self._best[
            (self._best["probe"] == probe) & self._best["series"].isin([DENSE, series])
        ].merge(sparsity, on=["seed", "series", "ticket"])
        for key, part in tickets.groupby(TASK, sort=False):
            number = part["ticket"].str.removeprefix("LTH").astype(int)
            means = part.groupby(number)[["clean_test", "sparsity_excl"]].mean()
            x = means["sparsity_excl"].to_numpy(float)
            if np.ptp(x) == 0:
                x = means.index.to_numpy(float)
            columns = dict(zip(TASK, key, strict=True))
            task = str(columns["task"])
            trends[task] = trend(means["clean_test"].to_numpy(float), x, self._seed)
            last[task] = self._difference(
                columns["metric"],
                self._statistics(part[number == number.max()]),
                self._statistics(part[part["series"] == DENSE]),
            )
            rows.append(
                columns
                | {"series": series, "tickets": len(means)}
                | {"rho": trends[task].rho, "p_trend": trends[task].p}
                | {name: getattr(last[task], name) for name in ("low", "high")}
                | {"difference": last[task].value, "p_difference": last[task].p}
                | {"at_floor": int(part["clean_at_floor"].sum())}
            )
        classes = classify(trends, last, level, [row["task"] for row in rows if row["at_floor"]])
        for row in rows:
            row["class"], row["p_corrected"] = classes[row["task"]]
        return pd.DataFrame(rows).reindex(columns=TRENDS)

    def _difference(
        self, metric: Hashable, system: TestStatistics, baseline: TestStatistics
    ) -> Difference:
        """Difference of the mean scores of two sets of probes of one task."""
        classes, statistics = system
        return paired_difference(
            metric_of(str(metric), classes), statistics, baseline[1], self._counts(statistics)
        )

    def _statistics(self, rows: pd.DataFrame) -> TestStatistics:
        """Statistics of several rows of `best_layers`, as if all were replicates."""
        classes, statistics = zip(
            *(self._read_statistics(row) for _, row in rows.iterrows()), strict=True
        )
        return classes[0], np.concatenate(statistics)

    def _counts(self, statistics: Statistics) -> NDArray[np.int32]:
        """How often each instance is drawn; the same for all tasks of one size."""
        instances = statistics.shape[1]
        if instances not in self._counts_by_size:
            self._counts_by_size[instances] = resample(instances, self._resamples, self._seed)
        return self._counts_by_size[instances]
