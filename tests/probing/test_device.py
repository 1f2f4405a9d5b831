"""Probes on a device: nothing is made elsewhere, and all numbers are those of the CPU."""

import numpy as np
import pandas as pd
import pytest

from tests.pretend_gpu import DEVICE, PretendGpu
from tests.probing.made_up import planted
from tests.probing.test_measuring import FAST, LTH1, made_up
from ticketscope.probing import evaluation
from ticketscope.probing.measuring import Measured, measure
from ticketscope.probing.predictions import weights_of
from ticketscope.probing.prepared import prepare
from ticketscope.probing.probes import fresh
from ticketscope.probing.result import to_table
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.probing.training import lowest_loss, train

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


def test_nothing_is_read_from_the_device_between_two_looks_at_dev(monkeypatch):
    """On a GPU each value that is read waits for it: more batches an epoch must read no more."""
    monkeypatch.setitem(evaluation.BLOCK_BYTES, DEVICE, evaluation.BLOCK_BYTES["cpu"])
    splits = {"train": planted(60, 1), "dev": planted(60, 2)}
    size = splits["train"].items.instances

    def reads(batch_size: int) -> dict[str, int]:
        recipe = FAST.recipe_of("POS").model_copy(
            update={"batch_size": batch_size, "max_epoch": 3, "patience": 3}
        )
        with PretendGpu() as gpu:
            (fitted,) = train(
                fresh(8, 4, 3, [0, 1], [5], DEVICE), splits, recipe,
                criteria=[lowest_loss], seeds=[5], instances=[np.arange(size)],
            )  # fmt: skip
        assert fitted.epochs.tolist() == [3, 3]
        return dict(gpu.reads)

    few, many = reads(size), reads(2)
    assert few == many and few
