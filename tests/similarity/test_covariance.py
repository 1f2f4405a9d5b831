"""The streaming pass: any cut into blocks, rows or groups gives what the whole gives at once."""

import itertools
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ticketscope.errors import InputError
from ticketscope.similarity import cross_covariances, layer_sim, neuron_sim, spectrum
from ticketscope.similarity.jackknife import even_groups, jackknife
from ticketscope.similarity.layers import layer_sim_of, neuron_sim_of
from ticketscope.similarity.spectra import cumulative_shares

from .data import layers, one_run


@settings(max_examples=30)
@given(block=st.integers(1, 250), dtype=st.sampled_from([np.float32, np.float64]))
def test_any_block_size_gives_numpys_covariance(block, dtype):
    x, y = (z.astype(dtype) for z in layers())
    tolerance = 1e-12 if dtype == np.float64 else 2e-5
    sums = cross_covariances([x, y], [(0, 1)], block=block)
    exact = np.cov(x.T.astype(float), y.T.astype(float), bias=True)
    for pair, part in (
        ((0, 1), exact[:8, 8:]),
        ((1, 0), exact[8:, :8]),
        ((0, 0), exact[:8, :8]),
        ((1, 1), exact[8:, 8:]),
    ):
        np.testing.assert_allclose(sums.covariance(*pair), part, atol=20 * tolerance)
    np.testing.assert_allclose(sums.mean(0), x.mean(axis=0), atol=tolerance * 10)
    np.testing.assert_allclose(sums.variances(1).sqrt(), y.std(axis=0), atol=20 * tolerance)
    norms = [((z - z.mean(axis=0)) ** 2).sum(axis=1) for z in (x.astype(float), y.astype(float))]
    assert sums.squares(0, 1)[1] == pytest.approx((norms[0] * norms[1]).sum(), rel=tolerance)
    assert sums.trace(0) == pytest.approx(norms[0].sum(), rel=tolerance)
    whole = [layer_sim(x, y, debiased=debiased) for debiased in (False, True)]
    streamed = [layer_sim_of(sums, 0, 1, debiased=debiased) for debiased in (False, True)]
    assert streamed == pytest.approx(whole, abs=tolerance)


def test_a_wide_layer_read_in_blocks_has_numpys_covariance():
    x = np.random.default_rng(1).standard_normal((700, 600))
    result = cross_covariances([x], [(0, 0)], block=300).covariance(0, 0)
    np.testing.assert_allclose(result, np.cov(x.T, bias=True), atol=1e-12)


def test_the_mean_may_drift_away_from_the_first_block():
    x, y = layers()
    drift = np.linspace(0, 100, 200)[:, None]
    exact = np.cov((x + drift).T, (y - drift).T, bias=True)[:8, 8:]
    result = cross_covariances([x + drift, y - drift], [(0, 1)], block=16).covariance(0, 1)
    np.testing.assert_allclose(result, exact, rtol=1e-10)


def test_memory_maps_tensors_and_strided_views_are_read_as_they_are(tmp_path):
    x, y = (z.astype(np.float16) for z in layers())
    np.save(tmp_path / "x.npy", np.stack([x, x]))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")[1]
    expected = layer_sim(x, y)
    assert layer_sim(mapped, torch.from_numpy(y)) == expected
    assert layer_sim(np.asfortranarray(x), y) == expected
    assert layer_sim(np.repeat(x, 2, axis=0)[::2], y) == expected


def test_rows_are_the_tokens_taken():
    x, y = layers()
    rows = np.random.default_rng(3).choice(200, 90, replace=False)
    result = cross_covariances([x, y], [(0, 1)], rows=rows, block=32)
    assert result.n == 90
    assert layer_sim_of(result, 0, 1) == pytest.approx(layer_sim(x[rows], y[rows]), abs=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_group_left_out_is_as_if_it_had_never_been_there(dtype):
    x, y = (z.astype(dtype) for z in layers())
    offsets = [0, 30, 70, 71, 160, 200]
    sums = cross_covariances(
        [x, y, x], [(0, 1), (1, 2)], groups=one_run(offsets), grouped=[(0, 1)], block=25
    )
    tolerance = 1e-10 if dtype == np.float64 else 1e-5
    for group, (low, high) in enumerate(itertools.pairwise(offsets)):
        rest = np.r_[0:low, high:200]
        left = sums.without(group)
        assert left.n == len(rest)
        for debiased in (False, True):
            assert layer_sim_of(left, 0, 1, debiased=debiased) == pytest.approx(
                layer_sim(x[rest], y[rest], debiased=debiased), abs=tolerance
            )
        np.testing.assert_allclose(
            neuron_sim_of(left, 1, 0).maxima, neuron_sim(y[rest], x[rest]).maxima, atol=tolerance
        )
        with pytest.raises(InputError, match="networks 1 and 2: it was not asked for"):
            left.cross(1, 2)
    assert layer_sim_of(sums, 1, 2) == pytest.approx(layer_sim(x, y), abs=tolerance)


def test_the_jackknife_is_the_formula_on_arrays():
    x, y = layers()
    groups = even_groups(np.arange(0, 201, 5), 10)
    assert groups == one_run(range(0, 201, 20))
    sums = cross_covariances([x, y], [(0, 1)], groups=groups, grouped=[(0, 1)])
    result = jackknife(sums, layer_sim_of, 0, 1)
    values = []
    for ((low, high),) in groups:
        rest = np.delete(np.arange(200), np.arange(low, high))
        values.append(layer_sim(x[rest], y[rest]))
    error = np.sqrt(9 / 10 * np.sum((np.array(values) - np.mean(values)) ** 2))
    reach = stats.t.ppf(0.975, 9) * error
    value = layer_sim(x, y)
    assert result == pytest.approx((value - reach, value + reach), abs=1e-12)
    assert jackknife(sums, layer_sim_of, 0, 0).high <= 1


def test_jackknife_intervals_hold_the_truth_about_as_often_as_they_say():
    def interval(seed):
        sums = cross_covariances(
            layers_of(seed, 400), [(0, 1)], groups=one_run(range(0, 401, 40)), grouped=[(0, 1)]
        )
        return jackknife(sums, partial(layer_sim_of, debiased=True), 0, 1)

    def layers_of(seed, n):
        generator = np.random.default_rng(seed)
        x = generator.standard_normal((n, 4))
        return [x, x + generator.standard_normal((n, 4))]

    truth = layer_sim(*layers_of(1000, 400_000))
    inside = [low <= truth <= high for low, high in map(interval, range(80))]
    assert 0.88 <= np.mean(inside) <= 1


def test_groups_are_whole_sentences():
    offsets = [0, 60, 70, 80, 90, 100]
    assert even_groups(offsets, 2) == one_run([0, 60, 100])  # even in tokens, not in sentences
    assert even_groups(offsets, 3) == one_run([0, 60, 70, 100])
    assert even_groups(offsets, 50) == one_run(offsets)
    assert even_groups(np.array(offsets), 1) == one_run([0, 100])


def test_a_group_has_a_run_of_every_text():
    offsets = [0, 60, 70, 80, 90, 100]
    assert even_groups(offsets, 2, [1, 4]) == [[(0, 60), (60, 80)], [(80, 100)]]
    assert even_groups(offsets, 2, [3, 0, 2]) == [[(0, 60), (80, 90)], [(60, 80), (90, 100)]]
    with pytest.raises(InputError, match="5 sentences, but their texts have 4"):
        even_groups(offsets, 2, [1, 3])


def test_the_jackknife_measures_sentences_and_not_how_texts_differ():
    """Two texts of unlike similarity: the error is that of drawing sentences of each anew."""

    def pass_over(seed, texts=()):
        generator = np.random.default_rng(seed)
        x = generator.standard_normal((600, 4))
        noise = np.repeat([0.1, 3.0], 300)[:, None] * generator.standard_normal((600, 4))
        groups = even_groups(np.arange(0, 601, 3), 10, texts)
        return cross_covariances([x, x + noise], [(0, 1)], groups=groups, grouped=[(0, 1)])

    def width(texts):
        intervals = [jackknife(pass_over(seed, texts), layer_sim_of, 0, 1) for seed in range(40)]
        return np.sqrt(np.mean([(high - low) ** 2 for low, high in intervals])) / 2

    drawn = np.std([layer_sim_of(pass_over(seed), 0, 1) for seed in range(400)])
    expected = stats.t.ppf(0.975, 9) * drawn
    assert width([100, 100]) == pytest.approx(expected, rel=0.15)
    assert width([200]) > 1.5 * expected


def test_the_jackknife_of_a_list_in_the_order_of_length_measures_sentences():
    """The longer a sentence, the less alike: contiguous groups would show how lengths differ."""

    def drawn(seed):
        generator = np.random.default_rng(seed)
        lengths = np.sort(generator.integers(2, 20, 200))
        tokens = np.repeat(lengths, lengths)
        x = generator.standard_normal((len(tokens), 4))
        return lengths, [x, x + tokens[:, None] / 5 * generator.standard_normal(x.shape)]

    def width(seed):
        lengths, states = drawn(seed)
        groups = even_groups([0, *np.cumsum(lengths)], 10)
        sums = cross_covariances(states, [(0, 1)], groups=groups, grouped=[(0, 1)])
        low, high = jackknife(sums, layer_sim_of, 0, 1)
        return high - low

    deviation = np.std([layer_sim(*drawn(seed)[1]) for seed in range(300)])
    expected = 2 * stats.t.ppf(0.975, 9) * deviation
    assert np.sqrt(np.mean([width(seed) ** 2 for seed in range(30)])) == pytest.approx(
        expected, rel=0.15
    )


def test_only_a_list_in_the_order_of_length_is_dealt_out():
    generator = np.random.default_rng(1)
    lengths = np.sort(generator.integers(2, 20, 100))
    for ordered in (lengths, lengths[::-1]):
        groups = even_groups([0, *np.cumsum(ordered)], 4)
        assert sorted(run for group in groups for run in group) == list(
            itertools.pairwise([0, *np.cumsum(ordered)])
        )
        sizes = [sum(high - low for low, high in group) for group in groups]
        assert {len(group) for group in groups} == {25} and max(sizes) < 1.2 * min(sizes)
    for other in (generator.permutation(lengths), np.full(100, 7)):
        groups = even_groups([0, *np.cumsum(other)], 4)
        assert [len(group) for group in groups] == [1, 1, 1, 1]
    # Beside a text in another order, which stays in runs.
    both = [0, *np.cumsum([*lengths[:50], *generator.permutation(lengths)])]
    assert {len(group) for group in even_groups(both, 2, [50, 100])} == {26}


@pytest.mark.parametrize("offsets", [[0, 100], [1, 200], [0, 90, 90, 200]])
def test_groups_that_do_not_cover_the_tokens_are_refused(offsets):
    x, y = layers()
    with pytest.raises(InputError, match="must cover the 200 tokens"):
        cross_covariances([x, y], [(0, 1)], groups=one_run(offsets), grouped=[(0, 1)])


def test_a_jackknife_without_groups_and_a_pass_without_networks_are_refused():
    x, y = layers()
    with pytest.raises(InputError, match="needs at least 2, given 0"):
        jackknife(cross_covariances([x, y], [(0, 1)]), layer_sim_of, 0, 1)
    with pytest.raises(InputError, match="no networks"):
        cross_covariances([], [])


@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize("n", [200, 6])
def test_the_spectrum_is_the_svds(centered, n):
    x, y = layers(n=n)
    matrix = x - x.mean(axis=0) if centered else x
    squares = np.linalg.svd(matrix, compute_uv=False) ** 2
    squares = np.append(squares, np.zeros(8 - len(squares)))
    result = spectrum(x, centered=centered)
    np.testing.assert_allclose(result.cumulative, np.cumsum(squares) / squares.sum(), atol=1e-10)
    np.testing.assert_array_equal(
        cumulative_shares(cross_covariances([y, x], [(0, 1)]), 1, centered=centered),
        result.cumulative,
    )
    for share in (0.1, 0.8, 0.999, 1.0):
        k = result.k(share)
        assert result.cumulative[k - 1] >= share - 1e-9
        assert k == 1 or result.cumulative[k - 2] < share


def test_the_spectrum_of_equal_directions_and_of_nothing():
    generator = np.random.default_rng(1)
    flat = np.linalg.qr(generator.standard_normal((50, 10)))[0]
    assert spectrum(flat, centered=False).k(0.8) == 8
    # The sum of so many .1 is no whole number: rounding must not pass for directions.
    for same in (np.zeros((20, 3)), np.full((20, 3), 0.1), np.full((20, 3), 0.1, np.float32)):
        with pytest.raises(InputError, match="no spectrum"):
            spectrum(same)
    assert spectrum(np.full((20, 3), 0.1), centered=False).k(0.8) == 1
