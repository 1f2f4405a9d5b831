"""Sparse products compute the same, and what is timed is what is said."""

import copy

import numpy as np
import pytest
import torch

from tests.representations.conftest import CLOSE, SHAPES, TINY, save_untrained
from ticketscope.config import validate
from ticketscope.cost.sparse import SparseLinear, call_projections, make_sparse
from ticketscope.cost.speed import measure_speed
from ticketscope.plan.cost import CostJobs
from ticketscope.plan.tickets import tickets_of
from ticketscope.representations.model import load_model
from ticketscope.runtime.machine import machine, processor
from ticketscope.tickets.masks import Mask

SOURCE, TARGET = ["w1 w2 w3", "w4"], ["v1 v2", "v4 v5 v6 v7"]


def half(shape):
    return np.arange(np.prod(shape)).reshape(shape) % 2 == 0


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sparse_model_says_what_the_dense_one_says(shape, data_bin, tmp_path):
    path = save_untrained(data_bin, tmp_path / "a.pt", *TINY, *SHAPES[shape])
    dense = load_model(path, data_bin).model
    tokens, lengths = torch.tensor([[5, 6, 7, 2], [8, 9, 2, 1]]), torch.tensor([4, 3])
    with torch.inference_mode():
        stock = dense(tokens, lengths, tokens)[0]
        names = [name for name, _ in dense.named_parameters() if "layers." in name]
        for name in (name for name in names if name.endswith("proj.weight")):
            weight = dense.get_parameter(name)
            weight.mul_(torch.from_numpy(half(tuple(weight.shape))))
        pruned = dense(tokens, lengths, tokens)[0]
        assert not torch.allclose(pruned, stock, **CLOSE)
        call_projections(dense)
        sparse = copy.deepcopy(dense)
        make_sparse(sparse, names)
        layers = [m for m in sparse.modules() if isinstance(m, SparseLinear)]
        matrices = [n for n in names if n.endswith("weight") and "norm" not in n]
        assert len(layers) == len(matrices)
        assert any(layer.weight.values().numel() < np.prod(layer.weight.shape) for layer in layers)
        for model in (dense, sparse):
            torch.testing.assert_close(model(tokens, lengths, tokens)[0], pruned, **CLOSE)


def test_each_side_is_timed_with_both_kernels(lth0, data_bin):
    mask = Mask.load(lth0 / "mask.safetensors")
    threads = torch.get_num_threads()
    rows = measure_speed(lth0 / "checkpoint.pt", mask, data_bin, SOURCE, TARGET, repeats=3)
    sides = [(row["side"], row["kernel"], row["positions"]) for row in rows]
    assert sides == [
        ("encoder", "dense", 8), ("encoder", "csr", 8),
        ("decoder", "dense", 10), ("decoder", "csr", 10),
    ]  # fmt: skip
    for row in rows:
        assert 0 < row["low"] <= row["seconds"] <= row["high"]
        assert (row["sentences"], row["repeats"], row["threads"]) == (2, 3, 1)
        assert row["processor"] == processor() and machine().startswith(row["processor"])
        assert row["torch"] == torch.__version__
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("all", [("dense", 0), ("a", 1), ("a", 2), ("a", 3)]),
        ("last", [("dense", 0), ("a", 3)]),
        ([1], [("dense", 0), ("a", 1)]),
    ],
)
def test_tickets_of_which_nothing_is_pruned_are_not_timed(chosen, expected):
    series = {"a": {"criterion": "magnitude"}, "b": {"criterion": "none"}}
    config = validate(
        {"seeds": [4, 5], "pruning": {"iterations": 3, "series": series},
         "cost": {"tickets": chosen}}
    )  # fmt: skip
    jobs = CostJobs(config, tickets_of(config))
    assert [name[1:] for name in jobs.timed_of_seed(5)] == expected
    assert len(jobs.of_seed(5)) == 7 and {name.seed for name in jobs.of_seed(5)} == {5}
