"""Ranks of pruned matrices: planted ones, and numpy's and brute force's."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tests.tickets.made_up_masks import random_mask
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.ranks import (
    effective_rank,
    matrix_ranks,
    numerical_rank,
    singular_values,
    stable_rank,
    structural_rank,
)

SHAPE = (30, 50)
EPS = np.finfo(np.float32).eps


def planted(rank: int, noise: float = 0.0) -> np.ndarray:
    """A matrix of this rank with equal singular values, and perhaps small ones beside them."""
    draw = np.random.default_rng(1)
    left, _ = np.linalg.qr(draw.normal(size=(SHAPE[0], rank)))
    right, _ = np.linalg.qr(draw.normal(size=(SHAPE[1], rank)))
    return (3 * left @ right.T + noise * draw.normal(size=SHAPE)).astype(np.float32)


@given(npst.arrays(np.bool_, st.tuples(st.integers(1, 4), st.integers(1, 4))))
def test_the_structural_rank_is_the_largest_matching(kept):
    rows, columns = kept.shape
    largest = max(
        (
            size
            for size in range(1, min(rows, columns) + 1)
            for chosen in combinations(range(rows), size)
            for order in permutations(range(columns), size)
            if kept[list(chosen), list(order)].all()
        ),
        default=0,
    )
    assert structural_rank(kept) == largest


@pytest.mark.parametrize("keep", [0.02, 0.05, 0.1, 0.5, 1.0])
def test_it_is_the_rank_of_any_weights_in_those_places(keep):
    draw = np.random.default_rng(2)
    kept = draw.random(SHAPE) < keep
    weights = draw.normal(size=SHAPE).astype(np.float32) * kept
    values = singular_values(weights)
    assert structural_rank(kept) == np.linalg.matrix_rank(weights.astype(float))
    assert numerical_rank(values, SHAPE) <= structural_rank(kept)
    svd = np.linalg.svd(weights.astype(float), compute_uv=False)
    assert values == pytest.approx(svd, abs=1e-7 * svd[0])


@pytest.mark.parametrize("rank", [1, 7, 30])
def test_a_planted_rank_is_found(rank):
    """Though rounding to float32 has filled it."""
    for weights in (planted(rank), planted(rank).T):
        values = singular_values(weights)
        assert numerical_rank(values, weights.shape) == rank
        assert effective_rank(values) == pytest.approx(rank, rel=1e-4)
        assert stable_rank(values) == pytest.approx(rank, rel=1e-4)


def test_singular_values_that_float32_resolves_count_as_in_numpy():
    """What it resolves depends on the larger side: 40 of its roundings are too few for 50."""
    weights = np.zeros(SHAPE, np.float32)
    weights[[0, 1, 2], [0, 1, 2]] = 1, 60 * EPS, 40 * EPS
    for matrix in (weights, weights.T):
        assert numerical_rank(singular_values(matrix), matrix.shape) == 2
        assert np.linalg.matrix_rank(matrix) == 2


def test_noise_fills_the_rank_and_hardly_changes_the_stable_rank():
    noisy = planted(5, noise=0.01)
    values = singular_values(noisy)
    norms = np.linalg.norm(noisy) ** 2 / np.linalg.norm(noisy, 2) ** 2
    assert numerical_rank(values, SHAPE) == 30
    assert stable_rank(values) == pytest.approx(norms, rel=1e-5)
    assert stable_rank(values) == pytest.approx(5, rel=0.05)
    assert 6 < effective_rank(values) < 30


@given(st.lists(st.floats(0.01, 9), min_size=1, max_size=9))
def test_effective_and_stable_rank_lie_between_one_and_the_rank(values):
    ordered = np.sort(np.array(values))[::-1]
    for measure in (effective_rank, stable_rank):
        assert 1 - 1e-9 <= measure(ordered) <= len(values) + 1e-9
        assert measure(7 * ordered) == pytest.approx(measure(ordered))


def test_every_matrix_has_a_row_and_the_mask_counts():
    mask = random_mask(1, 0.9)
    name = "encoder.layers.0.fc1.weight"
    mask.kept[name][:5] = False
    mask.kept["decoder.layers.0.encoder_attn.q_proj.weight"][:] = False
    draw = np.random.default_rng(3)
    # Weights that a mask has cut may hold anything.
    weights = {n: draw.normal(size=s).astype(np.float32) for n, s in mask.shapes.items()}
    table = matrix_ranks(mask, weights)
    assert len(table) == 4 + 2 + 8 + 2
    keys = ["side", "layer", "block", "part"]
    assert not table.duplicated(keys).any()
    ranks = table.set_index(keys)
    fc1 = ranks.loc[("encoder", 1, "fc", "fc1")]
    assert (fc1["full_rank"], fc1["kept"]) == (8, mask.kept[name].sum())
    assert fc1["structural_rank"] == fc1["numerical_rank"] == 7
    assert not ranks.loc[("decoder", 1, "enc-dec", "q")].drop("full_rank").any()
    full = matrix_ranks(Mask.full(mask.shapes), weights)
    assert (full["structural_rank"] == full["full_rank"]).all()
    assert (full["effective_rank"] != table["effective_rank"]).all()
