"""Test statistics of the layers that tickets are compared on, all tickets in one small file.

tables/probe_statistics.npz has for each ticket, task and family of probes an array
`seed1/magnitude/LTH3/POS/linear` (replicates, instances, counts; see `metrics`) of the layer that
was chosen on dev, and for each seed, task and family `seed1/POS/linear/classes` (text) and
`seed1/POS/linear/test`, the SHA-256 of the ids and gold labels of the test instances.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.probing.layers import best_layers
from ticketscope.probing.metrics import Statistics
from ticketscope.probing.suites import SUITE

Arrays = Mapping[str, NDArray[Any]]
# Classes of a task, and test statistics of some of its probes (replicates, instances, counts).
TestStatistics = tuple[Sequence[str], Statistics]
# A row of `best_layers` -> the test statistics of the probes on the row's `clean_layer`.
StatisticsReader = Callable[[Any], TestStatistics]
# What is read of a task's predictions (`predictions`).
_SAVED = ("classes", "gold", "instances", "statistics", "layer")
TEST = "test"


def chosen_statistics(
    probes: pd.DataFrame, predictions: Callable[[Any], Arrays]
) -> dict[str, NDArray[Any]]:
    """The arrays of tables/probe_statistics.npz.

    Args:
        probes: tables/probes.csv.
        predictions: Reads what was predicted of the ticket, task and family of a row of `probes`,
            such as `predictions_reader` makes.
    """
    arrays: dict[str, NDArray[Any]] = {}
    # Seed by seed, as when experiments are joined.
    for _, row in best_layers(probes).sort_values("seed", kind="stable").iterrows():
        task, saved = _task(row), predictions(row)
        on_layer = saved["layer"] == row["clean_layer"]
        arrays[_ticket(row)] = _small(saved["statistics"][on_layer])
        if f"{task}/{TEST}" not in arrays:
            arrays[f"{task}/classes"] = saved["classes"]
            instances = "\n".join(saved["instances"].tolist()).encode()
            digest = hashlib.sha256(instances + saved["gold"].tobytes()).digest()
            arrays[f"{task}/{TEST}"] = np.frombuffer(digest, np.uint8)
    return arrays


def predictions_reader(
    files: Mapping[tuple[int, str, str, str], Path | str],
) -> Callable[[Any], Arrays]:
    """Reads what probing jobs predicted, for `chosen_statistics`.

    Args:
        files: Predictions (npz) by seed, series, ticket and part of its probing. A task is in a
            part of its own, such as `POS.linear`, or else with others in `all`.
    """

    def read(row: Any) -> Arrays:
        ticket, task = (int(row["seed"]), row["series"], row["ticket"]), row["task"]
        path = files.get((*ticket, f"{task}.{row['probe']}")) or files[*ticket, SUITE]
        with np.load(path, allow_pickle=False) as saved:
            return {name: saved[f"{task}/{row['probe']}/{name}"] for name in _SAVED}

    return read


def reader(arrays: Arrays) -> StatisticsReader:
    """Reads what a comparison asks for from the file's arrays."""

    def read(row: Any) -> TestStatistics:
        # Sums and differences of counts must not wrap around.
        return arrays[f"{_task(row)}/classes"].tolist(), arrays[_ticket(row)].astype(np.float64)

    return read


def _task(row: Any) -> str:
    return f"seed{row['seed']}/{row['task']}/{row['probe']}"


def _ticket(row: Any) -> str:
    return f"seed{row['seed']}/{row['series']}/{row['ticket']}/{row['task']}/{row['probe']}"


def _small(statistics: NDArray[Any]) -> NDArray[Any]:
    """Counts in the smallest type that holds them."""
    if (statistics == np.floor(statistics)).all() and statistics.min(initial=0) >= 0:
        return statistics.astype(np.min_scalar_type(int(statistics.max(initial=0))))
    return statistics
