"""Two tickets, and one with itself, in one pass."""

import numpy as np
import pytest

from ticketscope.similarity import compare, compare_self, layer_sim, neuron_sim, spectrum
from ticketscope.similarity.attention import Layout, pack
from ticketscope.similarity.covariance import cross_covariances
from ticketscope.similarity.jackknife import around, jackknife
from ticketscope.similarity.measures import ATTENTION, STATES
from ticketscope.similarity.settings import Similarity

from .data import distributions, layers, one_run


def ticket(seed, count=3):
    base = layers(n=300)[0]
    generator = np.random.default_rng(seed)
    comparison = []
    for _ in range(count):
        base = base @ np.linalg.qr(generator.standard_normal((8, 8)) + 2 * np.eye(8))[0]
        comparison.append(base + generator.standard_normal(base.shape))
    return np.stack(comparison)


GROUPS = one_run(range(0, 301, 30))
SINGLE = {"LayerSim": layer_sim, "NeuronSim": lambda x, y: neuron_sim(x, y).value}


def test_all_numbers_are_those_of_the_single_measures():
    own, other = ticket(1), ticket(2, count=2)
    comparison = compare(own, other, groups=GROUPS, block=64)
    assert comparison.n == 300
    for i, x in enumerate(own):
        for j, y in enumerate(other):
            layer, debiased = layer_sim(x, y), layer_sim(x, y, debiased=True)
            assert comparison.values["LayerSim"][i, j] == pytest.approx(layer)
            assert comparison.debiased["LayerSim"][i, j] == pytest.approx(debiased)
            assert comparison.values["NeuronSim"][i, j] == pytest.approx(neuron_sim(x, y).value)
            assert comparison.back["NeuronSim"][j, i] == pytest.approx(neuron_sim(y, x).value)
    assert comparison.shape == (3, 2)
    assert comparison.back.keys() == {"NeuronSim"} and comparison.debiased.keys() == {"LayerSim"}
    assert comparison.intervals["LayerSim"].shape == (2, 2)
    for i in range(2):
        single = neuron_sim(own[i], other[i])
        np.testing.assert_allclose(comparison.maxima[i], single.maxima)
        np.testing.assert_array_equal(comparison.best[i], single.best)
        assert comparison.same_rate[i] == single.same_rate
        assert comparison.same_rate_back[i] == neuron_sim(other[i], own[i]).same_rate
        for measure, values in comparison.values.items():
            left_out = [
                SINGLE[measure](np.delete(own[i], rows, axis=0), np.delete(other[i], rows, axis=0))
                for rows in np.arange(300).reshape(10, 30)
            ]
            expected = around(values[i, i], np.array(left_out))
            assert tuple(comparison.intervals[measure][i]) == pytest.approx(expected)
            assert expected.low < values[i, i] < expected.high < 1


def test_a_ticket_against_itself():
    own = ticket(1)
    comparison = compare_self(own)
    np.testing.assert_allclose(np.diag(comparison.values["LayerSim"]), 1)
    np.testing.assert_allclose(np.diag(comparison.values["NeuronSim"]), 1)
    np.testing.assert_allclose(comparison.values["LayerSim"], comparison.values["LayerSim"].T)
    np.testing.assert_allclose(comparison.values["NeuronSim"], comparison.back["NeuronSim"])
    for i, x in enumerate(own):
        np.testing.assert_allclose(comparison.spectra[i], spectrum(x).cumulative)
        uncentered = spectrum(x, centered=False).cumulative
        np.testing.assert_allclose(comparison.spectra_uncentered[i], uncentered)
    copied = compare(own, own.astype(np.float16), groups=GROUPS)
    np.testing.assert_allclose(np.diag(copied.values["LayerSim"]), 1, atol=1e-5)
    np.testing.assert_allclose(copied.intervals["LayerSim"], 1, atol=1e-4)
    np.testing.assert_array_equal(copied.same_rate, 1)


def test_layers_of_a_ticket_have_intervals_where_there_are_groups():
    own = ticket(1)
    comparison = compare_self(own, groups=GROUPS)
    sums = cross_covariances(list(own), [(0, 1)], groups=GROUPS, grouped=[(0, 1)])
    for name, measure in STATES.items():
        found = comparison.intervals[name]
        np.testing.assert_allclose(found[0, 1], jackknife(sums, measure.of, 0, 1))
        assert np.isnan(found[[0, 1, 1], [0, 0, 1]]).all()
    without = compare_self(own)
    assert np.isnan(without.intervals["LayerSim"]).all()
    np.testing.assert_allclose(comparison.values["LayerSim"], without.values["LayerSim"])


def test_layers_of_unequal_width_and_a_constant_neuron():
    own = ticket(1)
    own[0, :, 2] = 4.0
    other = [own[0][:, :5], own[1]]
    comparison = compare(list(own), other, groups=GROUPS)
    assert np.isnan(comparison.same_rate[0]) and comparison.same_rate[1] == 1
    assert comparison.best[0][2] == -1
    for numbers in (comparison.values, comparison.intervals):
        assert np.isfinite(numbers["NeuronSim"]).all()


def test_a_layer_of_equal_tokens_is_like_nothing_and_has_no_spectrum():
    """Such as all zeros, of which LayerNorm makes its bias for every token."""
    own = ticket(1)
    own[1] = 0.1
    alone = compare_self(own)
    assert np.isnan(alone.spectra[1]).all() and np.isfinite(alone.spectra[0]).all()
    assert alone.spectra_uncentered[1][0] == pytest.approx(1)
    beside = compare(own, ticket(2), groups=GROUPS)
    for numbers in (alone, beside):
        assert (numbers.values["LayerSim"][1] == 0).all()
        assert (numbers.debiased["LayerSim"][1] == 0).all()
        assert (numbers.values["NeuronSim"][1] == 0).all()
    assert beside.same_rate[1] == 0 and (beside.best[1] == -1).all()
    own[1] = 0
    assert np.isnan(compare_self(own).spectra_uncentered[1]).all()


def test_attention_goes_the_same_way():
    lengths = [4, 6, 1, 5, 7, 3]
    layout = Layout(lengths, "dec_self")
    shapes = [(n, n) for n in lengths]
    own, other = (
        [pack(distributions(shapes, 4, seed + k, causal=True), layout) for k in range(2)]
        for seed in (1, 5)
    )
    comparison = compare(
        own, other, rows=layout.rows, groups=one_run(layout.offsets), measures=ATTENTION
    )
    assert comparison.n == len(layout.rows)
    expected = layer_sim(layout.take(own[1]), layout.take(other[0]))
    assert comparison.values.keys() == {"AttentionSim"} and not comparison.back
    assert comparison.values["AttentionSim"][1, 0] == pytest.approx(expected)
    assert comparison.maxima[0].shape == (4,)


def test_the_settings_defaults_are_the_codes():
    from ticketscope.similarity import categories, covariance

    settings = Similarity()
    assert tuple(settings.frequency_edges) == categories.EDGES
    assert settings.block == covariance.BLOCK
    with pytest.raises(ValueError, match="must rise"):
        Similarity(frequency_edges=[5, 5])
