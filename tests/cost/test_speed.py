"""Sparse products compute the same, and what is timed is what is said."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.representations.conftest import CLOSE, SHAPES, TINY, save_untrained
from ticketscope.config import validate
from ticketscope.cost import speed
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


@pytest.fixture
def passes(monkeypatch):
    """Threads of each pass that was made, on a clock that stands still between passes.

    The first pass of a kind takes 100 seconds, the others 4, 1, 9, 2 and 3; a sparse model takes
    ten times that, a decoder a hundred times.
    """
    clock, threads = SimpleNamespace(now=0), []

    def partial(side, *arguments, **options):
        seconds = iter([100, 4, 1, 9, 2, 3])
        factor = 10 if any(isinstance(part, SparseLinear) for part in side.modules()) else 1
        factor *= 100 if hasattr(side, "output_projection") else 1

        def run():
            side(*arguments, **options)
            threads.append(torch.get_num_threads())
            clock.now += factor * next(seconds)

        return run

    monkeypatch.setattr(speed, "partial", partial)
    monkeypatch.setattr(speed, "time", SimpleNamespace(process_time=lambda: clock.now))
    return threads


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_each_side_is_timed_with_both_kernels_on_one_thread(lth0, data_bin, passes, two_threads):
    mask = Mask.load(lth0 / "mask.safetensors")
    rows = measure_speed(lth0 / "checkpoint.pt", mask, data_bin, SOURCE, TARGET, repeats=5)
    columns = ("side", "kernel", "positions", "low", "seconds", "high")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("encoder", "dense", 8, 2, 3, 4), ("encoder", "csr", 8, 20, 30, 40),
        ("decoder", "dense", 10, 200, 300, 400), ("decoder", "csr", 10, 2000, 3000, 4000),
    ]  # fmt: skip
    for row in rows:
        assert (row["sentences"], row["repeats"], row["threads"]) == (2, 5, 1)
        assert row["processor"] == processor() and machine().startswith(row["processor"])
        assert row["torch"] == torch.__version__
    assert passes == [1] * 4 * 6
    assert torch.get_num_threads() == 2


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
