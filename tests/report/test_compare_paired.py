"""Paired bootstraps over translations and predictions that both experiments kept."""

import numpy as np
import pytest

from tests.report.compare_results import (
    INSTANCES,
    REFERENCES,
    bleu,
    counts,
    lines,
    translate,
    write,
)
from ticketscope.probing.classes import paired_difference
from ticketscope.probing.metrics import metric_of
from ticketscope.report.compare.paired import GOLD, Predictions, Translations
from ticketscope.report.compare.results import open_results
from ticketscope.stats.resampling import resample
from ticketscope.translation.scores import bootstrap_bleu, sentence_statistics


@pytest.fixture
def folders(tmp_path):
    return write(tmp_path / "x"), write(tmp_path / "y", worse=0.1)


def opened(folders):
    return [open_results(folder) for folder in folders]


def row(score, **more):
    return {"seed": 1, "series": "magnitude", "own": "LTH1", "value": score} | more


def bleu_rows():
    return row(bleu(translate(0.1, 101))), row(bleu(translate(0.2, 101)))


def test_bleu_is_resampled_on_the_same_sentences(folders):
    a, b = bleu_rows()
    found = Translations(*opened(folders))(a, b)
    samples = [
        bootstrap_bleu(
            sentence_statistics(translate(wrong, 101), REFERENCES), resample(60, 1000, 1)
        )
        for wrong in (0.1, 0.2)
    ]
    apart = samples[1] - samples[0]
    assert found.value == pytest.approx(b["value"] - a["value"])
    assert [found.low, found.high] == pytest.approx(list(np.quantile(apart, [0.025, 0.975])))
    # It knows more than two bootstraps that do not know of each other.
    unpaired = samples[1] - np.random.default_rng(0).permutation(samples[0])
    low, high = np.quantile(unpaired, [0.025, 0.975])
    assert found.high - found.low < high - low


def test_other_references_are_no_pairs(folders):
    text = [line.replace("cat", "tiger") for line in REFERENCES]
    translated = {path: path.read_text() for path in (folders[1] / "translations").rglob("*.txt")}
    lines(folders[1] / "corpus/raw/test.de", text)
    # B's own BLEU against its own references, so that they are recognised.
    for path, said in translated.items():
        path.write_text(said.replace("cat", "tiger"))
    assert Translations(*opened(folders))(*bleu_rows()) is None


def test_translations_that_do_not_give_the_tables_bleu_are_not_used(folders):
    path = folders[1] / "translations/seed1/magnitude/LTH1.txt"
    path.write_text(path.read_text().replace("old", "new", 1))
    assert Translations(*opened(folders))(*bleu_rows()) is None


@pytest.mark.parametrize("gone", ["translations/seed1/magnitude/LTH1.txt", "corpus/raw/test.de"])
def test_translations_that_are_gone_give_no_pair(folders, gone):
    (folders[0] / gone).unlink()
    assert Translations(*opened(folders))(*bleu_rows()) is None


PROBE = {"task": "POS", "probe": "linear", "metric": "accuracy", "layer": 1}


def test_probes_are_resampled_on_the_same_instances(folders):
    found = Predictions(*opened(folders))(row(0.9, **PROBE), row(0.8, **PROBE))
    expected = paired_difference(
        metric_of("accuracy"), counts(0.2, 101), counts(0.1, 101), resample(INSTANCES, 1000, 1)
    )
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )
    assert found.high < 0


def test_predictions_of_one_job_a_task_are_found_too(folders):
    path = folders[1] / "probing/seed1/magnitude/LTH1/all.npz"
    path.rename(path.with_name("POS.linear.npz"))
    assert Predictions(*opened(folders))(row(0.9, **PROBE), row(0.8, **PROBE)) is not None


def test_other_subwords_of_the_same_words_are_the_same_sentences(folders):
    lines(folders[1] / "probing/text/subwords", [f"w{i} b c d e" for i in range(INSTANCES)])
    assert Predictions(*opened(folders))(row(0.9, **PROBE), row(0.8, **PROBE)) is not None


def test_another_sentence_is_no_pair(folders):
    path = folders[1] / "probing/text/subwords"
    path.write_text(path.read_text().replace("w@@ 7 b", "w@@ 7 x"))
    assert Predictions(*opened(folders))(row(0.9, **PROBE), row(0.8, **PROBE)) is None


def test_other_labels_are_no_pairs(folders):
    path = folders[1] / "probing/seed1/magnitude/LTH1/all.npz"
    with np.load(path) as arrays:
        changed = dict(arrays)
    changed["POS/linear/statistics"][:, 3, 1] += 1
    np.savez(path, **changed)
    assert Predictions(*opened(folders))(row(0.9, **PROBE), row(0.8, **PROBE)) is None


@pytest.mark.parametrize("gone", ["probing/text/subwords", "probing/seed1/magnitude/LTH1/all.npz"])
def test_predictions_that_are_gone_give_no_pair(folders, gone):
    (folders[0] / gone).unlink()
    assert Predictions(*opened(folders))(row(0.9, **PROBE), row(0.8, **PROBE)) is None


@pytest.mark.parametrize("metric", ["accuracy", "error_f1", "span_f1", "pearson"])
def test_the_columns_that_labels_decide_do_not_move_with_predictions(metric):
    generator = np.random.default_rng(2)
    classes = ["O", "i"] if metric == "error_f1" else ["O", "B-x", "I-x"]
    size = len(classes)
    labels, *predicted = generator.integers(0, size, (3, 40))
    if metric == "pearson":
        labels, *predicted = generator.random((3, 40))
    offsets = np.arange(0, 41, 5)
    found = metric_of(metric, classes)
    statistics = found.statistics(np.stack(predicted), labels, offsets)
    moves = (statistics[0] != statistics[1]).any(axis=0)
    gold = [column for column in range(statistics.shape[-1]) if column not in np.flatnonzero(moves)]
    assert gold == GOLD[metric]
