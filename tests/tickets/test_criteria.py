"""Every criterion under every scope, from a real checkpoint: exact counts, and what may not change.

Statistics are made up, so that what has to go is known; the expectation is numpy's alone.
"""

import re

import numpy as np
import pytest
import torch

from tests.lottery import prune
from tests.tickets.shares import share
from ticketscope.errors import InputError
from ticketscope.tickets import checkpoints, criteria, statistics
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.settings import Series

FRACTION = 0.3
STATISTIC = {
    "snip": "gradient_product",
    "taylor": "squared_gradient_product",
    "wanda": "input_norm",
}
CRITERIA = ("magnitude", "movement", *STATISTIC)


@pytest.fixture(scope="module")
def model(lth0):
    return numbers(lth0 / "checkpoint.pt"), numbers(lth0 / "rewind/epoch2.pt")


def numbers(path):
    """Weights of a checkpoint by name."""
    state = checkpoints.load(path)["model"]
    return {name: tensor.numpy().astype(float) for name, tensor in state.items()}


def prunable(weights):
    """Attention projections, fc1 and fc2, with biases: no embedding, no norm, no output."""
    return {
        name
        for name in weights
        if ".layers." in name and name.split(".")[-2].removesuffix("_proj") in
        ("q", "k", "v", "out", "fc1", "fc2")
    }  # fmt: skip


def made_up(criterion, weights):
    """The statistic of a criterion: no two entries are alike; inputs have one norm a column."""
    generator = np.random.default_rng(5)
    shapes = {name: weights[name].shape for name in sorted(prunable(weights))}
    if criterion == "wanda":
        return {
            name: np.broadcast_to(
                generator.uniform(0.5, 3, shape[-1:] if len(shape) == 2 else (1,)), shape
            ).astype(np.float32, order="C")
            for name, shape in shapes.items()
        }
    order = generator.permutation(sum(int(np.prod(shape)) for shape in shapes.values()))
    arrays = np.split(order, np.cumsum([int(np.prod(shape)) for shape in shapes.values()])[:-1])
    return {
        name: array.reshape(shape).astype(np.float32)
        for (name, shape), array in zip(shapes.items(), arrays, strict=True)
    }


def saliency(criterion, name, weights, rewound, statistic):
    """The formula of each paper."""
    if criterion == "magnitude":
        return np.abs(weights[name])
    if criterion == "movement":
        return (weights[name] ** 2 - rewound[name] ** 2) / 2
    if criterion == "wanda":
        return np.abs(weights[name]) * statistic[name]
    return statistic[name]


def groups(scope, shape, tensor):
    """A number for each entry, equal where entries are ranked together; -1: is not cut."""
    if scope == "global":
        return np.zeros(shape, int)
    if scope == "layer" or (scope == "row" and len(shape) == 1):
        return np.full(shape, tensor * 10**6)
    if len(shape) == 1:
        return np.full(shape, -1)
    rows, columns = np.indices(shape)
    within = columns // 4 if scope == "2:4" else 0
    return tensor * 10**6 + rows * 1000 + within


@pytest.mark.parametrize("scope", ["global", "layer", "row", "2:4"])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_group_loses_exactly_its_lowest_and_nothing_else_changes(
    lth0, model, tmp_path, criterion, scope
):
    weights, rewound = model
    statistic = made_up(criterion, weights)
    needed = {}
    if criterion == "movement":
        needed = {"rewound": lth0 / "rewind/epoch2.pt"}
    elif criterion != "magnitude":
        needed = {STATISTIC[criterion]: tmp_path / "statistic.safetensors"}
        statistics.save(statistic, tmp_path / "statistic.safetensors")
    # A quarter was cut before, of every tensor, whatever it is worth.
    generator = np.random.default_rng(2)
    before = Mask(
        {
            name: generator.random(array.shape) > 0.25
            for name, array in Mask.load(lth0 / "mask.safetensors").kept.items()
        }
    )
    before.save(tmp_path / "mask.safetensors")
    state = checkpoints.load(lth0 / "checkpoint.pt")
    for name, kept in before.kept.items():
        state["model"][name][torch.from_numpy(~kept)] = 0
    checkpoints.save(state, tmp_path / "checkpoint.pt")
    saved = (tmp_path / "checkpoint.pt").read_bytes()

    after = prune(
        tmp_path,
        tmp_path / "after.safetensors",
        series=Series(criterion=criterion, scope=scope),
        fraction=FRACTION,
        k=2,
        needed=needed,
    )

    assert set(after.kept) == prunable(weights)
    assert (tmp_path / "checkpoint.pt").read_bytes() == saved
    names = list(after.kept)
    scores, group, was, stays = (
        np.concatenate([np.ravel(part) for part in parts])
        for parts in (
            [saliency(criterion, name, weights, rewound, statistic) for name in names],
            [groups(scope, after.kept[name].shape, number) for number, name in enumerate(names)],
            [before.kept[name] for name in names],
            [after.kept[name] for name in names],
        )
    )
    assert not (stays & ~was).any(), "what was cut stays cut"
    assert (stays == was)[group == -1].all(), "biases have no pattern"
    for number in np.setdiff1d(group, [-1]):
        inside = group == number
        left = int(was[inside].sum())
        expected = min(left, 2) if scope == "2:4" else left - share(FRACTION, left)
        assert stays[inside].sum() == expected
        gone = scores[inside & was & ~stays]
        if gone.size and expected:
            # Scores are float32.
            assert gone.max() <= scores[inside & stays].min() + 1e-6 * np.abs(scores).max()


@pytest.fixture
def needs_of(tmp_path, monkeypatch):
    """What a criterion needs whose module is of such lines."""

    def needs(lines):
        (tmp_path / "mine.py").write_text(lines)
        return criteria.needs("mine")

    monkeypatch.setattr(criteria, "__path__", [str(tmp_path)])
    return needs


@pytest.mark.parametrize("annotation", ["", ": tuple[str, ...]"])
def test_needs_are_read_off_the_module_annotated_or_not(needs_of, annotation):
    assert needs_of(f"NEEDS{annotation} = ('rewound', 'input_norm')\n") == ("rewound", "input_norm")
    with pytest.raises(InputError, match="criterion mine needs fisher; there are gradient_product"):
        needs_of(f"NEEDS{annotation} = ('fisher',)\n")
    for value in ("(REWOUND,)", "3"):
        message = rf"criterion mine: NEEDS must be a literal tuple.*not {re.escape(value)}$"
        with pytest.raises(InputError, match=message):
            needs_of(f"NEEDS{annotation} = {value}\n")


@pytest.mark.parametrize("lines", ["", "OTHERS = ('rewound',)\n", "NEEDS: tuple[str, ...]\n"])
def test_a_criterion_that_lists_no_needs_has_none(needs_of, lines):
    assert needs_of(lines) == ()
