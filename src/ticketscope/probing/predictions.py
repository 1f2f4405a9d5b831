"""Predictions of probes on test, saved so that significance can be recomputed without training.

A compressed npz per job, readable without this package: for each task and probe the arrays
`<task>/<probe>/classes` (text), `predicted` (probes, items), `gold` (items,), `instances`, the ids
of the test instances (text), `offsets`, the first item of each and the end (instances + 1,),
`statistics` (probes, instances, counts, see `metrics`), `pointwise` V-information in bits (probes,
items), `ends` of the online code's blocks, in instances (empty: none), `layer` and `replicate`
(probes,). `predicted` and `gold` are class numbers, or values.

The weights of the probes can be kept, too, in safetensors: for each task and probe `layer` and
`replicate` (probes,), and weight and bias of each linear layer in turn, `0.weight` (probes, out,
in), `0.bias` (probes, out); where inputs were standardised, also `shift` and `scale` (layers, dim),
layer 0 first.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.measuring import Measured


def arrays_of(task: str, probe: str, measured: Measured) -> dict[str, NDArray[Any]]:
    """The arrays of one task and probe."""
    arrays = {
        "classes": np.array(measured.classes, dtype=str),
        "predicted": _small(measured.predicted),
        "gold": _small(measured.gold),
        "instances": np.array(measured.instances, dtype=str),
        "offsets": measured.offsets,
        "statistics": measured.statistics,
        "pointwise": measured.pointwise.astype(np.float32),
        "ends": np.array(measured.ends or (), dtype=np.int64),
        "layer": np.array([row.layer for row in measured.rows]),
        "replicate": np.array([row.replicate for row in measured.rows]),
    }
    return {f"{task}/{probe}/{name}": array for name, array in arrays.items()}


def weights_of(task: str, probe: str, measured: Measured) -> dict[str, NDArray[Any]]:
    """The weights of the probes of one task and family."""
    stack = measured.probes
    arrays = {"layer": stack.layers, "replicate": stack.replicates}
    for place, parameter in enumerate(stack.parameters):
        name = f"{place // 2}.{'bias' if place % 2 else 'weight'}"
        arrays[name] = parameter[:, :, 0] if place % 2 else parameter
    named = {name: tensor.cpu().numpy().copy() for name, tensor in arrays.items()}
    if measured.scaling is not None:
        named |= dict(zip(("shift", "scale"), measured.scaling, strict=True))
    return {f"{task}/{probe}/{name}": array for name, array in named.items()}


def _small(predicted: NDArray[Any]) -> NDArray[Any]:
    if predicted.dtype.kind == "f":
        return predicted.astype(np.float32)
    return predicted.astype(np.min_scalar_type(int(predicted.max(initial=0))))
