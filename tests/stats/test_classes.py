"""Classes of tasks: planted ones, and a null image."""

import numpy as np

from ticketscope.stats.classes import classes_of
from ticketscope.stats.seeds import mean_effect


def changes(generator, means, seeds, spread):
    return [mean_effect(generator.normal(mean, spread, size=(1, seeds))) for mean in means]


def test_planted_classes():
    generator = np.random.default_rng(2)
    planted = changes(generator, [-0.05, 0.05, 0.0, 0.001], 10, 0.004)
    assert classes_of(planted, 0.016) == ["degrading", "improving", "no change", "no change"]
    (wide,) = changes(generator, [0.0], 10, 0.1)
    assert classes_of([*planted, wide], 0.016)[-1] == "open"
    assert classes_of(changes(generator, [1.0], 2, 0.01), 0.016) == ["described"]
    assert classes_of([], 0.016) == []


def test_a_significant_change_within_the_margin_is_none():
    assert classes_of([mean_effect(np.array([[0.004, 0.005, 0.006]]))], 0.016) == ["no change"]


def test_a_significant_change_may_be_smaller_than_the_margin():
    seeds = np.array([[0.011, 0.015, 0.019]])  # p = .023
    assert classes_of([mean_effect(seeds)], 0.016) == ["improving"]
    assert classes_of([mean_effect(-seeds)], 0.016) == ["degrading"]


def test_the_level_decides_both_kinds_of_classes():
    within = mean_effect(np.array([[0.004, 0.007, 0.010]]))  # p = .018
    beyond = mean_effect(np.array([[0.011, 0.015, 0.019]]))
    for change, found in ((within, "no change"), (beyond, "improving")):
        assert classes_of([change], 0.016, level=0.05) == [found]
        assert classes_of([change], 0.016, level=0.01) == ["open"]


def test_without_a_change_tasks_rarely_get_one():
    """A family of 18 tasks has any wrong class in at most 5 % of the experiments."""
    generator = np.random.default_rng(4)
    wrong = [
        bool({"degrading", "improving"} & set(classes_of(changes(generator, [0] * 18, 3, 1), 0.01)))
        for _ in range(150)
    ]
    assert np.mean(wrong) <= 0.05 + 3 * (0.05 * 0.95 / 150) ** 0.5


def test_changes_on_the_margin_are_rarely_called_none():
    """Of a family of 18 tasks any is in at most 5 % of the experiments."""
    generator = np.random.default_rng(5)
    called = [
        "no change" in classes_of(changes(generator, [0.016, -0.016] * 9, 5, 0.004), 0.016)
        for _ in range(60)
    ]
    assert np.mean(called) <= 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5
