"""Resamples of test items that both experiments kept."""

import numpy as np
import pytest

from tests.report.compare_results import INSTANCES, REFERENCES, counts, translate, write
from ticketscope.probing.bootstrap import score_of
from ticketscope.probing.metrics import metric_of
from ticketscope.report.compare.items import of_bleu, of_probes, variance
from ticketscope.report.compare.results import open_results
from ticketscope.stats.resampling import resample
from ticketscope.translation.scores import bootstrap_bleu, sentence_statistics

ROW = {"seed": 1, "series": "magnitude", "label": "LTH1"}
PROBE = ROW | {"task": "POS", "probe": "linear", "metric": "accuracy", "layer": 1}


@pytest.fixture
def pair(tmp_path):
    folders = write(tmp_path / "x"), write(tmp_path / "y", worse=0.1)
    return [open_results(folder) for folder in folders]


def test_bleu_is_resampled_on_the_same_sentences(pair):
    drawn = [of_bleu(each)(ROW) for each in pair]
    samples = [
        bootstrap_bleu(sentence_statistics(translate(wrong, 101), REFERENCES), resample(60, 200, 1))
        for wrong in (0.1, 0.2)
    ]
    assert drawn[1] - drawn[0] == pytest.approx(samples[1] - samples[0])
    # It knows more than two bootstraps that do not know of each other.
    found = variance([drawn[0]], [drawn[1]])
    assert found == pytest.approx((samples[1] - samples[0]).var(ddof=1))
    assert found < variance([drawn[0]], [np.random.default_rng(0).permutation(drawn[1])])


def test_probes_are_resampled_on_the_same_instances(pair):
    drawn = [of_probes(each)(PROBE) for each in pair]
    expected = [
        score_of(metric_of("accuracy"), counts(wrong, 101), resample(INSTANCES, 1000, 1)).samples
        for wrong in (0.1, 0.2)
    ]
    assert drawn == [pytest.approx(expected[0]), pytest.approx(expected[1])]


def test_f1_of_errors_is_resampled_though_no_classes_are_known(pair):
    """Correct, predicted and gold errors of each instance are all that it takes."""
    found = np.random.default_rng(2).integers(0, 3, (1, INSTANCES, 3)).astype(float)
    found[..., 1:] += found[..., :1]
    path = pair[0].folder / "tables/probe_statistics.npz"
    np.savez(path, **{"seed1/magnitude/LTH1/GED/linear": found})
    drawn = of_probes(pair[0])(PROBE | {"task": "GED", "metric": "error_f1"})
    correct, predicted, gold = np.moveaxis(resample(INSTANCES, 1000, 1) @ found[0], -1, 0)
    assert drawn == pytest.approx(2 * correct / (predicted + gold))


def test_what_was_not_kept_is_unknown(pair):
    assert of_probes(pair[0])(PROBE | {"task": "CCG"}) is None
    (pair[0].folder / "tables/probe_statistics.npz").unlink()
    assert of_probes(pair[0])(PROBE) is None
    assert of_bleu(pair[0])(ROW | {"label": "LTH9"}) is None
    assert np.isnan(variance([np.ones(3), None], [np.ones(3)]))


def test_other_items_add_their_variances():
    """Two texts of one length share the places of the draws, and nothing else."""
    generator = np.random.default_rng(5)
    draws = resample(400, 2000, 1)
    a, b = (draws @ generator.normal(size=400) / 400 for _ in range(2))
    assert variance([a], [b]) == pytest.approx(a.var() + b.var(), rel=0.15)
    assert variance([a], [b[:1000]]) == pytest.approx(a.var(ddof=1) + b[:1000].var(ddof=1))


def test_seeds_share_their_items():
    generator = np.random.default_rng(6)
    shared, zero = generator.normal(size=500), np.zeros(500)
    assert variance([zero] * 3, [shared] * 3) == pytest.approx(shared.var(ddof=1))
