"""Means over seeds against scipy's tests and against formulas worked out by hand."""

import numpy as np
import pytest
from scipy import stats

from ticketscope.stats.corrections import benjamini_hochberg, benjamini_yekutieli
from ticketscope.stats.seeds import mean_effect, slope_weights

EFFECTS = np.random.default_rng(3).normal(0.4, 1, size=(6, 5))


@pytest.mark.parametrize("effects", [EFFECTS, EFFECTS[:, :2]])
def test_seeds_alone_are_students_one_sample_test(effects):
    effect = mean_effect(effects)
    for i, seeds in enumerate(effects):
        test = stats.ttest_1samp(seeds, 0.1)
        assert 2 * min(effect.p_above(0.1)[i], effect.p_below(0.1)[i]) == pytest.approx(test.pvalue)
        low, high = test.confidence_interval()
        assert (effect.interval()[0][i], effect.interval()[1][i]) == pytest.approx((low, high))


def test_two_one_sided_tests_are_the_90_percent_interval():
    effect = mean_effect(EFFECTS)
    low, high = effect.interval(0.90)
    for margin in np.linspace(0.1, 3, 40):
        inside = (low > -margin) & (high < margin)
        assert ((effect.p_within(margin) < 0.05) == inside).all()
        one_sided = [
            max(
                stats.ttest_1samp(seeds, -margin, alternative="greater").pvalue,
                stats.ttest_1samp(seeds, margin, alternative="less").pvalue,
            )
            for seeds in EFFECTS
        ]
        assert effect.p_within(margin) == pytest.approx(one_sided)
        low95, high95 = effect.interval(0.95)
        assert effect.p_beyond(margin).max() <= 1
        assert ((effect.p_beyond(margin) < 0.05) == ((low95 > margin) | (high95 < -margin))).all()


def test_sentences_add_their_variance():
    draws = np.random.default_rng(1).normal(0, 2, size=(400, 1, 4))
    effects = np.array([[1.0, 2.0, 3.0, 6.0]])
    of_mean = [float(np.mean(draw)) for draw in draws[:, 0]]
    expected = np.var([1, 2, 3, 6], ddof=1) / 4 + np.var(of_mean, ddof=1)
    assert mean_effect(effects, draws).error[0] ** 2 == pytest.approx(expected)


def test_sentences_that_all_seeds_share_are_not_averaged_away():
    shared = np.random.default_rng(1).normal(0, 1, size=(2000, 1, 1))
    effects = np.zeros((1, 50))
    error = mean_effect(effects, np.repeat(shared, 50, axis=2)).error[0]
    assert error == pytest.approx(1, abs=0.05)


def test_one_seed_has_the_interval_of_its_sentences_or_none():
    draws = np.array([-1.0, 0.0, 1.0]).reshape(3, 1, 1)
    low, high = mean_effect(np.array([[5.0]]), draws).interval()
    assert (low[0], high[0]) == pytest.approx((5 - 1.95996, 5 + 1.95996), abs=1e-4)
    assert np.isnan(mean_effect(np.array([[5.0]])).interval()[0][0])


def test_counted_effects_without_spread():
    effect = mean_effect(np.array([[0.2, 0.2, 0.2], [0.0, 0.0, 0.0]]))
    assert effect.p_above(0) == pytest.approx([0, 0.5])
    assert effect.p_below(0) == pytest.approx([1, 0.5])


def test_level_of_the_interval_over_seeds():
    """A null image: with no effect 5 % of the intervals exclude 0."""
    effects = np.random.default_rng(8).normal(size=(4000, 3))
    low, high = mean_effect(effects).interval()
    assert np.mean((low > 0) | (high < 0)) == pytest.approx(0.05, abs=0.011)


def test_slope():
    x, y = np.array([0.2, 0.36, 0.5, 0.9]), np.array([1.0, -2.0, 0.5, 4.0])
    assert slope_weights(x) @ y == pytest.approx(stats.linregress(x, y).slope)


def test_benjamini_hochberg():
    """The example of the 1995 paper: four of fifteen hypotheses are rejected at 5 %."""
    p = np.array([
        .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528,
        .7590, 1.0,
    ])  # fmt: skip
    order = np.random.default_rng(0).permutation(len(p))
    adjusted = benjamini_hochberg(p[order])
    assert adjusted == pytest.approx(stats.false_discovery_control(p)[order])
    assert np.sum(adjusted <= 0.05) == 4


def test_benjamini_hochberg_leaves_out_what_was_not_tested():
    p = np.array([[0.01, 0.2], [np.nan, 0.01], [0.04, 0.03]])
    adjusted = benjamini_hochberg(p)
    assert adjusted[:, 1] == pytest.approx(stats.false_discovery_control(p[:, 1]))
    assert adjusted[[0, 2], 0] == pytest.approx(stats.false_discovery_control(p[[0, 2], 0]))
    assert np.isnan(adjusted[1, 0])


def test_benjamini_yekutieli():
    p = np.array([[0.001, 0.2], [np.nan, 0.01], [0.04, 0.03]])
    adjusted = benjamini_yekutieli(p)
    for column, tested in ((0, [0, 2]), (1, [0, 1, 2])):
        expected = stats.false_discovery_control(p[tested, column], method="by")
        assert adjusted[tested, column] == pytest.approx(expected)
    assert np.isnan(adjusted[1, 0])
    assert (benjamini_yekutieli(np.array([0.7, 0.9])) == 1).all()  # no p-value is larger


def test_the_example_of_the_page_on_verdicts():
    """docs/steps/claims.md works these numbers out by hand."""
    draws = np.repeat(np.array([-0.25, 0, 0.25]).reshape(3, 1, 1), 3, axis=2)  # their sd is .25
    effect = mean_effect(np.array([[1.7, 1.2, 1.5], [1.9, 1.5, 1.9]]), draws)
    assert effect.error == pytest.approx([0.289, 0.283], abs=5e-4)
    low, high = effect.interval()
    assert low == pytest.approx([0.22, 0.55], abs=5e-3)
    assert high == pytest.approx([2.71, 2.99], abs=5e-3)
    assert 2 * effect.p_above(0) == pytest.approx([0.037, 0.025], abs=5e-4)
