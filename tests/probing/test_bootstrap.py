"""Scores in resamples, and paired differences."""

import numpy as np
import pytest

from ticketscope.probing.bootstrap import mean_score, paired_difference, score_of
from ticketscope.probing.metrics import metric_of
from ticketscope.representations.layout import starts
from ticketscope.stats.resampling import resample


@pytest.mark.parametrize("name", ["accuracy", "span_f1", "pearson"])
def test_a_resample_is_the_score_of_the_instances_drawn(name):
    generator = np.random.default_rng(1)
    offsets = starts(generator.integers(1, 6, 40))
    metric = metric_of(name, ("B", "I", "O"))
    gold = generator.integers(0, 3, offsets[-1])
    predicted = np.where(generator.random((2, offsets[-1])) < 0.7, gold, 0)
    statistics = metric.statistics(predicted, gold, offsets)
    counts = resample(40, 5, seed=2)
    scores = score_of(metric, statistics, counts).samples
    for row, sample in zip(counts, scores, strict=True):
        drawn = np.repeat(np.arange(40), row)
        items = np.concatenate([np.arange(offsets[i], offsets[i + 1]) for i in drawn])
        bounds = starts(np.diff(offsets)[drawn])
        expected = metric.score(predicted[:, items], gold[items], bounds).mean()
        assert sample == pytest.approx(expected)


def right(share, seed):
    """Statistics of accuracy of three replicates on 400 sentences of 5 words."""
    correct = np.random.default_rng(seed).binomial(5, share, (3, 400))
    return np.stack([correct, np.full_like(correct, 5)], axis=-1).astype(float)


def test_paired_differences():
    counts = resample(400, 1000, seed=1)

    def score(share, seed):
        return score_of(metric_of("accuracy"), right(share, seed), counts)

    same = paired_difference(score(0.8, 1), score(0.8, 1))
    assert (same.value, same.low, same.high, same.p) == (0, 0, 0, 1)
    worse = paired_difference(score(0.7, 2), score(0.8, 1))
    assert worse.value == pytest.approx(-0.1, abs=0.02)
    assert worse.low < worse.value < worse.high < 0 and worse.p < 0.01
    # What both miss in a sentence cancels out.
    better = right(0.8, 1)
    better[0, :40, 0] = 5
    paired = paired_difference(score_of(metric_of("accuracy"), better, counts), score(0.8, 1))
    assert paired.high - paired.low < (worse.high - worse.low) / 2


def test_a_mean_of_scores_is_that_of_all_their_replicates():
    counts, metric = resample(400, 50, seed=1), metric_of("accuracy")
    parts = [right(0.8, 1), right(0.7, 2)]
    mean = mean_score([score_of(metric, part, counts) for part in parts])
    whole = score_of(metric, np.concatenate(parts), counts)
    assert mean.value == pytest.approx(whole.value)
    np.testing.assert_allclose(mean.samples, whole.samples)
