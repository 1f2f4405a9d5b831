"""Tickets against LTH0, and tasks against sparsity: the statistics of section 4.2 over all tickets.

Everything here looks at the layer that is best on dev, each ticket's own.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dissect.probing.layers import best_layers
from dissect.probing.metrics import Statistics, metric_of
from dissect.probing.settings import UNTRAINED
from dissect.probing.statistics import (
    Difference,
    classify,
    paired_difference,
    resampled,
    trend,
)
from dissect.translation.scores import resample

# The series that has LTH0 alone: the start of all others.
DENSE = "dense"
# A row of `best_layers` -> classes of the task, and what was counted on test for the probes of the
# row's clean layer (replicates, instances, counts).
Saved = Callable[[Any], tuple[Sequence[str], Statistics]]

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

    def differences(self) -> pd.DataFrame:
        """Each ticket's score minus LTH0's of the same seed: a row of `DIFFERENCES` per ticket."""
        rows: list[dict[str, Any]] = []
        for key, part in self._best.groupby([*TASK, "seed"], sort=False):
            dense = part[part["series"] == DENSE]
            for _, ticket in part[part["series"] != DENSE].iterrows():
                found = self._difference(ticket.to_frame().T, dense)
                rows.append(
                    dict(zip([*TASK, "seed"], key, strict=True))
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
            random = self._random.merge(trained[TASK].drop_duplicates(), on=TASK)
            if random.empty:
                continue
            classes, own = self._statistics(trained)
            metric = metric_of(str(key[4]), classes)
            counts = resample(own.shape[1], self._resamples, self._seed)
            low, high = np.quantile(resampled(metric, own, counts), [0.025, 0.975])
            majority = float(self._majority[key])
            found = self._difference(trained, random)
            rows.append(
                dict(zip(TASK, key, strict=True))
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
            task = str(key[1])
            found[task] = trend(means["clean_test"].to_numpy(float), x, self._seed)
            last[task] = self._difference(
                part[number == number.max()], part[part["series"] == DENSE]
            )
            rows.append(
                dict(zip(TASK, key, strict=True))
                | {"series": series, "tickets": len(means)}
                | {"rho": found[task].rho, "p_trend": found[task].p}
                | {name: getattr(last[task], name) for name in ("low", "high")}
                | {"difference": last[task].value, "p_difference": last[task].p}
            )
        classes = classify(found, last, level)
        for row in rows:
            row["class"], row["p_corrected"] = classes[row["task"]]
        return pd.DataFrame(rows).reindex(columns=TRENDS)

    def _difference(self, tickets: pd.DataFrame, dense: pd.DataFrame) -> Difference:
        """Between the means over seeds and replicates of two sets of probes of one task."""
        classes, own = self._statistics(tickets)
        _, other = self._statistics(dense)
        counts = resample(own.shape[1], self._resamples, self._seed)
        metric = metric_of(str(dense["metric"].iloc[0]), classes)
        return paired_difference(metric, own, other, counts)

    def _statistics(self, rows: pd.DataFrame) -> tuple[Sequence[str], Statistics]:
        read = [self._saved(row) for _, row in rows.iterrows()]
        return read[0][0], np.concatenate([statistics for _, statistics in read])
