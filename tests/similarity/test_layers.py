"""LayerSim and NeuronSim against definitions, a published library and the traps of real data."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketscope.errors import InputError
from ticketscope.similarity import layer_sim, neuron_sim

from .data import float32_error, layers


def kernels(x):
    """The n x n definition's linear kernel."""
    return x @ x.T


def cka_by_kernels(x, y):
    n = len(x)
    centring = np.eye(n) - 1 / n
    k, m = (centring @ kernels(z) @ centring for z in (x, y))
    return (k * m).sum() / math.sqrt((k * k).sum() * (m * m).sum())


def hsic_unbiased(k, m):
    """Song et al. 2007, equation 5: kernels without their diagonals, uncentred."""
    n = len(k)
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    one = np.ones(n)
    traces = (k * m).sum() + k.sum() * m.sum() / ((n - 1) * (n - 2))
    return (traces - 2 * (one @ k @ m @ one) / (n - 2)) / (n * (n - 3))


def debiased_by_kernels(x, y):
    k, m = kernels(x), kernels(y)
    return hsic_unbiased(k, m) / math.sqrt(hsic_unbiased(k, k) * hsic_unbiased(m, m))


@settings(max_examples=40)
@given(
    n=st.integers(4, 60), dx=st.integers(1, 70), dy=st.integers(1, 9), seed=st.integers(0, 10**6)
)
def test_cka_is_its_n_by_n_definition_biased_and_debiased(n, dx, dy, seed):
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((n, dx)) + generator.normal(0, 3, dx)
    y = generator.standard_normal((n, dy)) + x[:, :1]
    assert layer_sim(x, y) == pytest.approx(cka_by_kernels(x, y), abs=1e-9)
    assert layer_sim(x, y, debiased=True) == pytest.approx(debiased_by_kernels(x, y), abs=1e-9)


def test_cka_is_that_of_published_libraries():
    """Computed with ckatorch 1.0.3, cka_base(x, y), and unbiased=True; pytorch-cka 1.1.3's hsic
    gives the second number too."""
    x, y = layers()
    assert layer_sim(x, y) == pytest.approx(0.6430866044273841, abs=1e-12)
    assert layer_sim(x, y, debiased=True) == pytest.approx(0.6354137519980873, abs=1e-12)


@pytest.mark.parametrize(
    ("n", "expected", "draws"), [(25, 0.974, 8), (100, 0.909, 3), (1000, 0.505, 1)]
)
def test_biased_cka_of_independent_layers_is_high_when_tokens_are_few(n, expected, draws):
    generator = np.random.default_rng(n)
    pairs = [generator.standard_normal((2, n, 1024), dtype=np.float32) for _ in range(draws)]
    biased = np.mean([layer_sim(x, y) for x, y in pairs])
    assert biased == pytest.approx(expected, abs=0.004)
    debiased = np.mean([layer_sim(x, y, debiased=True) for x, y in pairs])
    assert debiased == pytest.approx(0, abs=0.06 if n == 25 else 0.01)


@pytest.mark.parametrize("signed", [False, True])
def test_neuron_sim_is_numpys_correlation(signed):
    x, y = layers()
    correlations = np.corrcoef(x.T, y.T)[:8, 8:]
    correlations = correlations if signed else np.abs(correlations)
    forth, back = neuron_sim(x, y, signed=signed), neuron_sim(y, x, signed=signed)
    np.testing.assert_allclose(forth.maxima, correlations.max(axis=1), atol=1e-12)
    np.testing.assert_array_equal(forth.best, correlations.argmax(axis=1))
    np.testing.assert_allclose(back.maxima, correlations.max(axis=0), atol=1e-12)
    np.testing.assert_array_equal(back.best, correlations.argmax(axis=0))
    assert forth.value == pytest.approx(forth.maxima.mean())
    assert forth.value != pytest.approx(back.value, abs=1e-3)
    assert math.isnan(forth.same_rate)


def test_a_layer_is_itself_and_so_is_a_permuted_or_negated_copy():
    x, _ = layers()
    order = np.array([3, 1, 2, 0, 5, 4, 6, 7])
    assert layer_sim(x, x) == pytest.approx(1, abs=1e-12)
    assert layer_sim(x, x, debiased=True) == pytest.approx(1, abs=1e-12)
    assert neuron_sim(x, x).value == pytest.approx(1, abs=1e-12)
    assert neuron_sim(x, x).same_rate == 1
    for copy in (x[:, order], -2 * x[:, order] + 7):
        result = neuron_sim(x, copy)
        assert result.value == pytest.approx(1, abs=1e-12)
        np.testing.assert_array_equal(order[result.best], np.arange(8))
        assert result.same_rate == np.mean(order == np.arange(8)) == 0.5
    assert neuron_sim(x, -x, signed=True).value < 0.9


def test_a_mean_far_above_the_deviation_costs_no_precision():
    """Uncentred float32 products give negative variances here."""
    generator = np.random.default_rng(1)
    common = generator.standard_normal((20_000, 6))
    x, y = (
        (1000 + 0.2 * (common + generator.standard_normal((20_000, 6)))).astype(np.float32)
        for _ in range(2)
    )
    wide = [z.astype(np.float64) for z in (x, y)]
    error = float32_error(20_000)
    assert layer_sim(x, y) == pytest.approx(layer_sim(*wide), abs=error)
    exact = np.abs(np.corrcoef(*(z.T for z in wide))[:6, 6:])
    np.testing.assert_allclose(neuron_sim(x, y).maxima, exact.max(axis=1), atol=error)


def test_float32_norms_are_summed_in_float64():
    """float32 norms of a 512 x 512 product are off by 1e-4 and more."""
    generator = np.random.default_rng(2)
    x = generator.standard_normal((3000, 512), dtype=np.float32)
    y = x[:, ::-1] + generator.standard_normal((3000, 512), dtype=np.float32)
    exact = layer_sim(x.astype(np.float64), y.astype(np.float64))
    assert layer_sim(x, y) == pytest.approx(exact, abs=float32_error(3000))
    exact = layer_sim(x.astype(np.float64), y.astype(np.float64), debiased=True)
    assert layer_sim(x, y, debiased=True) == pytest.approx(exact, abs=float32_error(3000))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("constant", [0.0, 0.1, 30.0, -1e4])
def test_a_constant_neuron_is_like_nothing_and_poisons_nothing(dtype, constant):
    x, y = (z.astype(dtype) for z in layers())
    x[:, 2] = constant
    y[:, 1] = constant
    result = neuron_sim(x, y)
    others = np.abs(np.corrcoef(np.delete(x, 2, 1).T, np.delete(y, 1, 1).T)[:7, 7:]).max(axis=1)
    np.testing.assert_allclose(np.delete(result.maxima, 2), others, atol=1e-3)
    assert (result.maxima[2], result.best[2]) == (0, -1)
    assert not np.any(result.best == 1)
    assert neuron_sim(x, x).same_rate == 7 / 8
    assert layer_sim(x, y) == pytest.approx(layer_sim(np.delete(x, 2, 1), y), abs=1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_neuron_that_varies_in_its_last_bit_alone_is_constant(dtype):
    """It varies by rounding, which would otherwise be found to correlate."""
    x, y = (z.astype(dtype) for z in layers())
    x[:, 2] = np.where(x[:, 0] > 0, np.nextafter(dtype(30), dtype(31)), dtype(30))
    result = neuron_sim(x, y)
    assert (result.maxima[2], result.best[2]) == (0, -1)


def test_a_constant_layer_is_like_nothing():
    x, _ = layers()
    still = np.full((200, 4), 0.3)
    for debiased in (False, True):
        assert layer_sim(x, still, debiased=debiased) == 0
        assert layer_sim(still, still, debiased=debiased) == 0
    assert neuron_sim(still, x).value == 0


def test_float16_layers_are_compared_in_float32():
    x, y = (z.astype(np.float16) for z in layers(n=3000))
    wide = [z.astype(np.float64) for z in (x, y)]
    error = float32_error(3000)
    assert layer_sim(x, y) == pytest.approx(layer_sim(*wide), abs=error)
    assert neuron_sim(x, y).value == pytest.approx(neuron_sim(*wide).value, abs=error)
    # Squares and sums beyond 65504 are no matter.
    assert layer_sim(x * np.float16(1000), y) == pytest.approx(layer_sim(x, y), abs=1e-3)


@pytest.mark.parametrize("value", [np.inf, np.nan])
@pytest.mark.parametrize("token", [0, 150])
def test_a_value_that_overflowed_is_named(value, token):
    x, y = (z.astype(np.float16) for z in layers())
    y[token, 3] = value
    with pytest.raises(InputError, match=rf"network 1, token {token}: .*NaN or infinite"):
        layer_sim(x, y)


def test_too_few_tokens_are_refused():
    x, y = layers()
    with pytest.raises(InputError, match="at least two tokens, given 1"):
        neuron_sim(x[:1], y[:1])
    with pytest.raises(InputError, match="at least 4 tokens, given 3"):
        layer_sim(x[:3], y[:3], debiased=True)
    assert 0 <= layer_sim(x[:2], y[:2]) <= 1
    with pytest.raises(InputError, match="network 1 has 199 tokens, network 0 has 200"):
        layer_sim(x, y[:199])
    with pytest.raises(InputError, match=r"has the shape \(200,\)"):
        layer_sim(x[:, 0], y)
