"""What other test items would change: resamples of BLEU and of probe scores that were kept.

Both experiments draw the same places of their test sets. On the same items the difference of their
resamples is a paired bootstrap; on others the draws have nothing in common, and their variances
add up.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.bootstrap import score_of
from ticketscope.probing.metrics import metric_of
from ticketscope.report.compare.results import Results
from ticketscope.stats.resampling import resample

# A row as `measures` reads it -> its value in each resample; None: nothing was kept.
Draw = Callable[[Mapping[Any, Any]], NDArray[np.float64] | None]
RESAMPLES = 1000


def of_bleu(results: Results) -> Draw:
    """The resamples that tables/bleu has."""
    table = results.tables.get("bleu_resamples")
    if table is None:
        return lambda row: None
    parts = table.sort_values("resample").groupby(["seed", "series", "k"])["bleu"]
    samples = {(seed, series, f"LTH{k}"): part.to_numpy() for (seed, series, k), part in parts}
    return lambda row: samples.get((row["seed"], row["series"], row["label"]))


def of_probes(results: Results) -> Draw:
    """Of the mean over replicates on the best layer, from tables/probe_statistics.npz."""
    counts = cache(lambda instances: resample(instances, RESAMPLES))
    path = results.folder / "tables/probe_statistics.npz"
    if not path.is_file():
        return lambda row: None
    with np.load(path, allow_pickle=False) as saved:
        kept = dict(saved)

    def draw(row: Mapping[Any, Any]) -> NDArray[np.float64] | None:
        ticket = f"seed{row['seed']}/{row['series']}/{row['label']}"
        statistics = kept.get(f"{ticket}/{row['task']}/{row['probe']}")
        if statistics is None:
            return None
        # The score of summed counts does not depend on the classes; F1 of errors asks for its own.
        metric = metric_of(row["metric"], ["i"] if row["metric"] == "error_f1" else [])
        return score_of(metric, statistics.astype(np.float64), counts(statistics.shape[1])).samples

    return draw


# By name of the measure: what reads the resamples of its rows. Rows of others have intervals, if
# anything.
DRAWS = {"bleu": of_bleu, "probes": of_probes}


def variance(a: list[NDArray[np.float64] | None], b: list[NDArray[np.float64] | None]) -> float:
    """Variance over items of the difference of the means over seeds; NaN: unknown.

    Args:
        a: A's resamples by seed.
        b: B's.
    """
    kept = [[draw for draw in side if draw is not None] for side in (a, b)]
    if [len(a), len(b)] != [len(side) for side in kept]:
        return np.nan
    mean_a, mean_b = (np.mean(side, axis=0) for side in kept)
    if len(mean_a) != len(mean_b):
        return float(mean_a.var(ddof=1) + mean_b.var(ddof=1))
    return float((mean_b - mean_a).var(ddof=1))
