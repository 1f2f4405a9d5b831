"""Tickets against LTH0, and tasks against sparsity: the statistics of section 4.2 over all tickets.

Everything here looks at the layer that is best on dev, each ticket's own.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.probing.classes import Difference, classify, paired_difference, resampled
from ticketscope.probing.layers import best_layers
from ticketscope.probing.metrics import Statistics, metric_of
from ticketscope.probing.settings import UNTRAINED
from ticketscope.stats.resampling import resample
from ticketscope.stats.trends import trend

# The series that has LTH0 alone: the start of all others.
DENSE = "dense"
# Classes of a task, and what was counted on test for probes (replicates, instances, counts).
Counted = tuple[Sequence[str], Statistics]
# A row of `best_layers` -> that of the probes of the row's clean layer.
Saved = Callable[[Any], Counted]

TASK = ["suite", "task", "group", "probe", "metric"]
DIFFERENCES = [
    *TASK, "seed", "series", "ticket", "layer", "test", "difference", "low", "high", "p",
]  # fmt: skip
TRENDS = [
    *TASK, "series", "tickets", "rho", "p_trend", "difference", "low", "high", "p_difference",
    "p_corrected", "class",
]  # fmt: skip


SEPARATION = [
    *TASK, "trained", "low", "high", "majority", "random_encoder", "over_random", "over_random_low",
    "over_random_high", "p", "separated",
]  # fmt: skip


class Comparison:
    """All tickets that were probed.

    Args:
        probes: tables/probes.csv.
        saved: Reads what the jobs kept.
        resamples: Of the test instances, the same for all tickets of a task.
        seed: Of resamples and permutations.
    """

    def __init__(self, probes: pd.DataFrame, saved: Saved, *, resamples: int, seed: int) -> None:
        trained = probes["series"] != UNTRAINED
        self._best = best_layers(probes[trained])
        self._random = best_layers(probes[~trained])
        self._majority = probes.groupby(TASK, sort=False)["majority"].mean()
        self._saved = saved
        self._resamples = resamples
        self._seed = seed
        self._drawn: dict[int, NDArray[np.int32]] = {}

    def differences(self) -> pd.DataFrame:
        """Each ticket's score minus LTH0's of the same seed: a row of `DIFFERENCES` per ticket."""
        rows: list[dict[str, Any]] = []
        for key, part in self._best.groupby([*TASK, "seed"], sort=False):
            of = dict(zip([*TASK, "seed"], key, strict=True))
            dense = self._statistics(part[part["series"] == DENSE])
            for _, ticket in part[part["series"] != DENSE].iterrows():
                own = self._statistics(ticket.to_frame().T)
                found = self._difference(of["metric"], own, dense)
                rows.append(
                    of
                    | {"series": ticket["series"], "ticket": ticket["ticket"]}
                    | {"layer": ticket["clean_layer"], "test": ticket["clean_test"]}
                    | vars(found)
                )
        return (
            pd.DataFrame(rows).rename(columns={"value": "difference"}).reindex(columns=DIFFERENCES)
        )

    def trends(self, sparsity: pd.DataFrame, level: float) -> pd.DataFrame:
        """Each task's trend with sparsity and its class: a row of `TRENDS` per probe and series.

        Seeds are averaged, their predictions pooled. A series that is not pruned, the control, is
        ranked by ticket instead: by the epochs it has seen.

        Args:
            sparsity: Has seed, series, ticket and sparsity_excl.
            level: Corrected p-value below which a trend counts.
        """
        tables = [
            self._of_series(probe, series, sparsity, level)
            for probe in self._best["probe"].unique()
            for series in self._best["series"].unique()
            if series != DENSE
        ]
        return pd.concat(tables) if tables else pd.DataFrame(columns=TRENDS)

    def separation(self) -> pd.DataFrame:
        """Whether a task tells a trained encoder from a random one: a row of `SEPARATION` a task.

        LTH0 against the untrained encoder, each on the layer that is best on its dev, paired over
        test sentences, and against the word's majority label; seeds and replicates are pooled. A
        task separates if both differences are above 0 with 95 % confidence.
        """
        rows: list[dict[str, Any]] = []
        dense = self._best[self._best["series"] == DENSE]
        for key, trained in dense.groupby(TASK, sort=False):
            of = dict(zip(TASK, key, strict=True))
            random = self._random.merge(trained[TASK].drop_duplicates(), on=TASK)
            if random.empty:
                continue
            classes, own = self._statistics(trained)
            metric = metric_of(str(of["metric"]), classes)
            low, high = np.quantile(resampled(metric, own, self._counts(own)), [0.025, 0.975])
            majority = float(self._majority[key])
            found = self._difference(of["metric"], (classes, own), self._statistics(random))
            rows.append(
                of
                | {"trained": trained["clean_test"].mean(), "low": low, "high": high}
                | {"majority": majority, "random_encoder": random["clean_test"].mean()}
                | {"over_random": found.value, "over_random_low": found.low}
                | {"over_random_high": found.high, "p": found.p}
                | {"separated": bool(low > majority and found.low > 0)}
            )
        return pd.DataFrame(rows, columns=SEPARATION)

    def _of_series(
        self, probe: str, series: str, sparsity: pd.DataFrame, level: float
    ) -> pd.DataFrame:
        rows, found, last = [], {}, {}
        chosen = self._best[
            (self._best["probe"] == probe) & self._best["series"].isin([DENSE, series])
        ].merge(sparsity, on=["seed", "series", "ticket"])
        for key, part in chosen.groupby(TASK, sort=False):
            number = part["ticket"].str.removeprefix("LTH").astype(int)
            means = part.groupby(number)[["clean_test", "sparsity_excl"]].mean()
            x = means["sparsity_excl"].to_numpy(float)
            if np.ptp(x) == 0:
                x = means.index.to_numpy(float)
            of = dict(zip(TASK, key, strict=True))
            task = str(of["task"])
            found[task] = trend(means["clean_test"].to_numpy(float), x, self._seed)
            own, dense = part[number == number.max()], part[part["series"] == DENSE]
            last[task] = self._difference(
                of["metric"], self._statistics(own), self._statistics(dense)
            )
            rows.append(
                of
                | {"series": series, "tickets": len(means)}
                | {"rho": found[task].rho, "p_trend": found[task].p}
                | {name: getattr(last[task], name) for name in ("low", "high")}
                | {"difference": last[task].value, "p_difference": last[task].p}
            )
        classes = classify(found, last, level)
        for row in rows:
            row["class"], row["p_corrected"] = classes[row["task"]]
        return pd.DataFrame(rows).reindex(columns=TRENDS)

    def _difference(self, metric: Hashable, tickets: Counted, dense: Counted) -> Difference:
        """Between the means over seeds and replicates of two sets of probes of one task."""
        classes, own = tickets
        _, other = dense
        return paired_difference(metric_of(str(metric), classes), own, other, self._counts(own))

    def _statistics(self, rows: pd.DataFrame) -> Counted:
        read = [self._saved(row) for _, row in rows.iterrows()]
        return read[0][0], np.concatenate([statistics for _, statistics in read])

    def _counts(self, statistics: Statistics) -> NDArray[np.int32]:
        """How often each instance is drawn; tasks with as many instances share it."""
        instances = statistics.shape[1]
        if instances not in self._drawn:
            self._drawn[instances] = resample(instances, self._resamples, self._seed)
        return self._drawn[instances]
