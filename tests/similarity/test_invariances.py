"""Each measure sees what it says it sees and is blind to what it says it is blind to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketscope.similarity.attention import attention_sim
from ticketscope.similarity.categories import category_sim
from ticketscope.similarity.invariances import INVARIANCES, MAPS
from ticketscope.similarity.layers import layer_sim, neuron_sim

from .data import maps

SHAPES = [(4, 5), (6, 5), (2, 5)]
LABELS = ["a"] * 40 + ["b"] * 20

MEASURES = {
    "layer_sim": layer_sim,
    "neuron_sim": lambda x, y: neuron_sim(x, y).value,
    "attention_sim": lambda x, y: attention_sim(
        maps(x, SHAPES), maps(y, SHAPES), SHAPES, "enc_dec"
    ),
    "category_sim": lambda x, y: category_sim(x, y, LABELS, least=30, resamples=2)[0].debiased,
}


def apply(name, x, generator):
    """One of the maps, drawn at random."""
    dim = x.shape[1]
    square = generator.standard_normal((dim, dim))
    match name:
        case "orthogonal":
            return x @ np.linalg.qr(square)[0]
        case "scaling":
            return x * generator.uniform(2, 5)
        case "translation":
            return x + generator.uniform(2, 5, dim)
        case "permutation":
            return x[:, generator.permutation(dim)]
        case "rescaling":
            return x * generator.uniform(0.2, 5, dim) * generator.choice([-1, 1], dim)
        case "linear":
            return x @ (square + 3 * np.eye(dim))
    raise AssertionError(name)


def pair(seed):
    generator = np.random.default_rng(seed)
    x = generator.gamma(1.0, size=(60, 6)) * generator.uniform(0.5, 2, 6)
    y = 0.7 * x[:, [1, 0, 2, 4, 3]] + 0.3 * generator.gamma(1.0, size=(60, 5))
    return x, y, generator


def test_every_measure_declares_its_invariances():
    assert MEASURES.keys() == INVARIANCES.keys()


@pytest.mark.parametrize("name", MEASURES)
@settings(max_examples=12)
@given(seed=st.integers(0, 10**6))
def test_a_measure_is_blind_to_what_it_declares_and_to_the_order_of_tokens(name, seed):
    x, y, generator = pair(seed)
    value = MEASURES[name](x, y)
    for invariance in INVARIANCES[name]:
        assert MEASURES[name](apply(invariance, x, generator), y) == pytest.approx(value, abs=1e-7)
        assert MEASURES[name](x, apply(invariance, y, generator)) == pytest.approx(value, abs=1e-7)
    if name not in ("attention_sim", "category_sim"):
        order = generator.permutation(len(x))
        assert MEASURES[name](x[order], y[order]) == pytest.approx(value, abs=1e-7)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_sees_every_map_that_it_does_not_declare(name):
    for seen in set(MAPS) - INVARIANCES[name]:
        changes = []
        for seed in range(3):
            x, y, generator = pair(seed)
            value = MEASURES[name](x, y)
            changes += [
                MEASURES[name](apply(seen, x, generator), y) - value,
                MEASURES[name](x, apply(seen, y, generator)) - value,
            ]
        assert np.abs(changes).max() > 1e-3, seen
