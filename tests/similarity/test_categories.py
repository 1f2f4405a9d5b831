"""LayerSim by category: sizes, the influence of a token, intervals, frequency bins."""

import math

import numpy as np
import pytest

from ticketscope.errors import InputError
from ticketscope.similarity import category_sim, cross_covariances, frequency_bins, layer_sim
from ticketscope.similarity.categories import _influence

from .data import layers

LABELS = np.array(["NN"] * 120 + [""] * 10 + ["VB"] * 60 + ["UH"] * 10)


def by_label(*args, **options):
    return {category.label: category for category in category_sim(*args, **options)}


def test_each_category_is_its_tokens():
    x, y = layers()
    similarities = by_label(x, y, LABELS, least=20, block=33)
    assert list(similarities) == ["NN", "UH", "VB"]
    for label, n in (("NN", 120), ("VB", 60)):
        rows = label == LABELS
        category = similarities[label]
        assert (category.n, category.equal_size) == (n, 60)
        assert category.value == pytest.approx(layer_sim(x[rows], y[rows]), abs=1e-12)
        assert category.debiased == pytest.approx(
            layer_sim(x[rows], y[rows], debiased=True), abs=1e-12
        )
        assert category.low < category.debiased < category.high <= 1
    assert similarities["VB"].equal_n == pytest.approx(similarities["VB"].value)
    assert similarities["UH"].n == 10
    assert math.isnan(similarities["UH"].value) and math.isnan(similarities["UH"].low)


def test_at_equal_size_categories_that_differ_in_nothing_but_size_are_equal():
    generator = np.random.default_rng(1)
    x, y = generator.standard_normal((2, 1100, 64), dtype=np.float32)
    similarities = by_label(x, y, ["large"] * 1000 + ["small"] * 100)
    assert similarities["small"].value - similarities["large"].value > 0.3
    assert similarities["small"].equal_n == pytest.approx(similarities["large"].equal_n, abs=0.03)
    for category in similarities.values():
        assert category.debiased == pytest.approx(0, abs=0.05)
        assert category.low < category.debiased < category.high


def test_the_influence_of_a_token_is_what_its_absence_changes():
    x, y = layers(n=2000)
    rows = np.arange(0, 2000, 2)
    sums = cross_covariances([x, y], [(0, 1)], rows=rows)
    value = layer_sim(x[rows], y[rows], debiased=True)
    influence = _influence(sums, [x, y], rows, value, block=64)
    assert influence.sum() == pytest.approx(0, abs=1e-10)
    rest = [np.delete(rows, place) for place in range(150)]
    changes = np.array([value - layer_sim(x[one], y[one], debiased=True) for one in rest])
    # Centred: leaving any token out has a common second-order part.
    assert np.corrcoef(influence[:150], changes)[0, 1] > 0.998
    assert influence[:150].std() / changes.std() == pytest.approx(1, abs=0.02)


def test_intervals_are_as_wide_as_those_of_brute_force():
    x, y = layers(n=1500)
    similarity = by_label(x, y, ["all"] * 1500, resamples=1000)["all"]
    generator = np.random.default_rng(2)
    values = []
    for _ in range(200):
        drawn = generator.integers(0, 1500, 1500)
        values.append(layer_sim(x[drawn], y[drawn]))
    width = (similarity.high - similarity.low) / 3.92
    assert width == pytest.approx(np.std(values), rel=0.2)
    # To first order the error is that of a sum of influences, without the noise of 200 draws.
    sums = cross_covariances([x, y], [(0, 1)])
    influence = _influence(sums, [x, y], np.arange(1500), similarity.debiased, block=512)
    assert width == pytest.approx(influence.std() * math.sqrt(1500), rel=0.08)


def test_no_interval_exceeds_1():
    """One token of 200 differs: to first order, draws without it are above 1."""
    x, _ = layers()
    y = x.copy()
    y[0] = -y[0]
    similarity = by_label(x, y, ["all"] * 200)["all"]
    assert similarity.low < similarity.debiased < similarity.high == 1


def test_sentences_are_resampled_whole():
    """Tokens of a sentence that are all alike count once: a wider interval than of single ones."""
    x, y = layers(n=100)
    x, y = np.repeat(x, 9, axis=0), np.repeat(y, 9, axis=0)
    sentences = np.repeat(np.arange(100), 9)
    single = by_label(x, y, ["all"] * 900)["all"]
    whole = by_label(x, y, ["all"] * 900, sentences=sentences)["all"]
    assert (whole.high - whole.low) / (single.high - single.low) == pytest.approx(3, rel=0.15)


def test_the_value_at_equal_size_varies_less_than_that_of_one_subset():
    x, y = layers()
    means = [
        by_label(x, y, LABELS, least=20, resamples=2, seed=seed)["NN"].equal_n for seed in range(15)
    ]
    generator = np.random.default_rng(3)
    subsets = [generator.choice(120, 60, replace=False) for _ in range(60)]
    single = [layer_sim(x[rows], y[rows]) for rows in subsets]
    assert np.mean(means) == pytest.approx(np.mean(single), abs=np.std(single) / 2)
    assert np.std(means) < np.std(single) / 2


def test_results_are_seeded():
    x, y = layers()
    one, same, other = (by_label(x, y, LABELS, least=20, seed=seed)["NN"] for seed in (1, 1, 2))
    assert one == same
    assert one.low != other.low and one.equal_n != other.equal_n and one.value == other.value


def test_a_category_whose_tokens_are_all_the_same_is_like_nothing():
    x, y = layers()
    x[:120] = 3.5
    same = by_label(x, y, LABELS, least=20)["NN"]
    assert (same.value, same.debiased, same.low, same.high) == (0, 0, 0, 0)


def test_labels_that_do_not_fit_are_refused():
    x, y = layers()
    with pytest.raises(InputError, match="199 labels for 200 tokens"):
        category_sim(x, y, LABELS[1:])
    with pytest.raises(InputError, match="at least 4 tokens, given 3"):
        category_sim(x, y, LABELS, least=3)


def test_frequency_bins_are_by_rank():
    counts = {"rare": 1, "the": 90, "a": 80, "of": 80, "odd": 2}
    tokens = ["the", "a", "of", "odd", "rare", "unseen"]
    assert frequency_bins(tokens, counts, (1, 3)).tolist() == [
        "0-1", "1-3", "1-3", "3+", "3+", "3+",
    ]  # fmt: skip
    assert frequency_bins(["of", "a"], counts, (2,)).tolist() == ["2+", "0-2"]  # ties by order
    wide = {f"w{rank}": 10_000 - rank for rank in range(3000)}
    bins = frequency_bins([f"w{rank}" for rank in (0, 4, 5, 99, 100, 2499, 2500)], wide)
    assert bins.tolist() == ["0-5", "0-5", "5-100", "5-100", "100-500", "500-2500", "2500+"]
    for edges in ((0, 5), (5, 5)):
        with pytest.raises(InputError, match="must rise"):
            frequency_bins(tokens, counts, edges)
