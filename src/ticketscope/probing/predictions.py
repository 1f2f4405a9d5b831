"""Predictions of probes on test, saved so that significance can be recomputed without training.

A compressed npz per job, readable without this package: for each task and probe the arrays
`<task>/<probe>/classes` (text), `predicted` (probes, items), `statistics` (probes, instances,
counts, see `metrics`), `pointwise` V-information in bits (probes, items), `ends` of the online
code's blocks, in instances (empty: none), `layer` and `replicate` (probes,).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.measuring import Measured
from ticketscope.runtime.files import atomic_write

Arrays = Mapping[str, NDArray[Any]]


def arrays_of(task: str, probe: str, measured: Measured) -> dict[str, NDArray[Any]]:
    """The arrays of one task and probe."""
    arrays = {
        "classes": np.array(measured.classes, dtype=str),
        "predicted": _small(measured.predicted),
        "statistics": measured.statistics,
        "pointwise": measured.pointwise.astype(np.float32),
        "ends": np.array(measured.ends or (), dtype=np.int64),
        "layer": np.array([row.layer for row in measured.rows]),
        "replicate": np.array([row.replicate for row in measured.rows]),
    }
    return {f"{task}/{probe}/{name}": array for name, array in arrays.items()}


def _small(predicted: NDArray[Any]) -> NDArray[Any]:
    if predicted.dtype.kind == "f":
        return predicted.astype(np.float32)
    return predicted.astype(np.min_scalar_type(int(predicted.max(initial=0))))


def save(arrays: Arrays, path: str | Path) -> None:
    """Write arrays; equal arrays give equal bytes."""
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **dict(arrays))
