"""Differences, trends, corrections and classes of tasks."""

import numpy as np
import pytest

from ticketscope.probing.classes import Difference, classify, paired_difference, resampled_scores
from ticketscope.probing.metrics import metric_of
from ticketscope.representations.layout import starts
from ticketscope.stats.resampling import resample
from ticketscope.stats.trends import Trend, trend

SPARSITY = np.array([0, 0.2, 0.36, 0.488, 0.59, 0.672, 0.738, 0.79, 0.832])
# Table A2.
PS_FXN = np.array([0.858, 0.859, 0.847, 0.840, 0.847, 0.841, 0.833, 0.826, 0.828])
SYN_PRED = np.array([0.905, 0.906, 0.908, 0.909, 0.912, 0.915, 0.916, 0.919, 0.921])


@pytest.mark.parametrize("name", ["accuracy", "span_f1", "pearson"])
def test_a_resample_is_the_score_of_the_instances_drawn(name):
    generator = np.random.default_rng(1)
    offsets = starts(generator.integers(1, 6, 40))
    metric = metric_of(name, ("B", "I", "O"))
    gold = generator.integers(0, 3, offsets[-1])
    predicted = np.where(generator.random((2, offsets[-1])) < 0.7, gold, 0)
    statistics = metric.statistics(predicted, gold, offsets)
    counts = resample(40, 5, seed=2)
    scores = resampled_scores(metric, statistics, counts)
    for row, sample in zip(counts, scores, strict=True):
        drawn = np.repeat(np.arange(40), row)
        items = np.concatenate([np.arange(offsets[i], offsets[i + 1]) for i in drawn])
        bounds = starts(np.diff(offsets)[drawn])
        expected = metric.score(predicted[:, items], gold[items], bounds).mean()
        assert sample == pytest.approx(expected)


def right(share, seed, replicates=3):
    """Statistics of accuracy on 400 sentences of 5 words."""
    correct = np.random.default_rng(seed).binomial(5, share, (replicates, 400))
    return np.stack([correct, np.full_like(correct, 5)], axis=-1).astype(float)


def test_paired_differences():
    metric, counts = metric_of("accuracy"), resample(400, 1000, seed=1)
    same = paired_difference(metric, right(0.8, 1), right(0.8, 1), counts)
    assert (same.value, same.low, same.high, same.p) == (0, 0, 0, 1)
    worse = paired_difference(metric, right(0.7, 2), right(0.8, 1), counts)
    assert worse.value == pytest.approx(-0.1, abs=0.02)
    assert worse.low < worse.value < worse.high < 0 and worse.p < 0.01
    # What both miss in a sentence cancels out.
    better = right(0.8, 1)
    better[0, :40, 0] = 5
    paired = paired_difference(metric, better, right(0.8, 1), counts)
    assert paired.high - paired.low < (worse.high - worse.low) / 2


def test_tasks_are_classed_by_both_tests_in_one_direction():
    sure, unsure = 1e-4, 0.3
    trends = {
        "falls": Trend(-0.9, sure, 1e-5),
        "rises": Trend(0.9, sure, 1e-5),
        "no trend": Trend(-0.2, unsure, 1e-5),
        "no difference": Trend(-0.9, sure, 1e-5),
        "contrary": Trend(-0.9, sure, 1e-5),
    }
    last = {
        "falls": Difference(-0.02, -0.03, -0.01, sure),
        "rises": Difference(0.02, 0.01, 0.03, sure),
        "no trend": Difference(-0.02, -0.03, -0.01, sure),
        "no difference": Difference(-0.001, -0.01, 0.01, unsure),
        "contrary": Difference(0.02, 0.01, 0.03, sure),
    }
    classes = classify(trends, last, 0.05)
    assert [classes[task][0] for task in trends] == [
        "degrading", "improving", "invariant", "invariant", "invariant",
    ]  # fmt: skip
    assert classes["falls"][1] == pytest.approx(5 * sure)


def test_so_few_tickets_that_no_order_could_be_significant_leave_a_task_undecided():
    sparsity = np.array([0, 0.2, 0.36, 0.5])
    steep = trend(np.array([0.9, 0.8, 0.7, 0.6]), sparsity, seed=1)
    classes = classify({"POS": steep}, {"POS": Difference(-0.3, -0.4, -0.2, 0.001)}, 0.05)
    assert classes["POS"][0] == "undecided"
