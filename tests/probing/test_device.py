"""Probes on a device: nothing is made elsewhere, and all numbers are those of the CPU."""

import numpy as np
import pandas as pd
import pytest

from tests.pretend_gpu import DEVICE, PretendGpu
from tests.probing.test_measuring import FAST, LTH1, made_up
from ticketscope.probing import evaluation
from ticketscope.probing.measuring import Measured, measure, prepare
from ticketscope.probing.predictions import weights_of
from ticketscope.probing.result import to_table
from ticketscope.probing.tasks.registry import TASKS

SIZES = {"train": 60, "dev": 20, "test": 20}


@pytest.mark.parametrize(
    ("name", "kind"), [("POS", "linear"), ("SemPred", "mlp"), ("GED", "linear"), ("EF", "mlp")]
)
def test_probes_of_every_kind_are_those_of_the_cpu(name, kind, monkeypatch):
    # Blocks of one size, so that sums have one order.
    monkeypatch.setitem(evaluation.BLOCK_BYTES, DEVICE, evaluation.BLOCK_BYTES["cpu"])
    task = TASKS[name]
    data = {split: made_up(task, size, size) for split, size in SIZES.items()}
    settings = FAST.model_copy(update={"conditional": True})

    def result(device: str) -> Measured:
        prepared = prepare(task, data, settings)
        return measure(prepared, LTH1, kind, settings, device=device, progress=lambda line: None)

    expected = result("cpu")
    with PretendGpu() as gpu:
        computed = result(DEVICE)
        weights = weights_of(name, kind, computed)
    assert gpu.uploads > 0
    pd.testing.assert_frame_equal(
        to_table(computed.rows), to_table(expected.rows), check_exact=True
    )
    np.testing.assert_array_equal(computed.predicted, expected.predicted)
    np.testing.assert_array_equal(computed.pointwise, expected.pointwise)
    trained = weights_of(name, kind, expected)
    assert trained.keys() == weights.keys() and trained
    for key, values in trained.items():
        np.testing.assert_array_equal(weights[key], values, err_msg=key)
