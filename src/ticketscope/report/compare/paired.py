"""Differences on the same items: both experiments' translations, or predictions, kept on disk."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.subwords import join_subwords
from ticketscope.probing.classes import paired_difference
from ticketscope.probing.metrics import metric_of
from ticketscope.report.compare.differences import Row
from ticketscope.report.compare.estimates import Estimate
from ticketscope.report.compare.results import Results
from ticketscope.stats.resampling import interval, resample
from ticketscope.translation.scores import (
    Statistics,
    bootstrap_bleu,
    corpus_bleu,
    sentence_statistics,
)

RESAMPLES = 1000
SEED = 1  # of the resamples
# Columns of a metric's statistics that the labels decide, and the predictions do not.
GOLD = {"accuracy": [1], "error_f1": [2], "span_f1": [2], "pearson": [0, 2, 4]}


def unpaired(a: Row, b: Row) -> None:
    """For what is measured over no items that are kept."""


class Translations:
    """Paired bootstrap of BLEU (Koehn 2004), where both were scored against the same references.

    The references are the kept text against which the kept translations give the table's BLEU.

    Args:
        a: An experiment.
        b: Another.
    """

    def __init__(self, a: Results, b: Results) -> None:
        self._folders = a.folder, b.folder
        found = [_references(results) for results in (a, b)]
        self._references = found[0] if found[0] == found[1] else None
        self._counts = resample(len(self._references or ()), RESAMPLES, SEED)

    def __call__(self, a: Row, b: Row) -> Estimate | None:
        """Of two rows of Table A1."""
        if self._references is None:
            return None
        rows = zip(self._folders, (a, b), strict=True)
        one, other = (_scored(folder, row, self._references) for folder, row in rows)
        if one is None or other is None:
            return None
        samples = [bootstrap_bleu(statistics, self._counts) for statistics in (one, other)]
        return Estimate(b["value"] - a["value"], *interval(samples[1] - samples[0]))


def _references(results: Results) -> list[str] | None:
    """The text that the experiment's translations were scored against; None: it is not there."""
    table = results.tables.get("table_a1")
    if table is None or table.empty:
        return None
    first = table.rename(columns={"ticket": "own", "bleu": "value"}).iloc[0].to_dict()
    for path in sorted((results.folder / "corpus/raw").glob("*.*")):
        # Nobody scores the text of training, which may be large.
        lines = [] if path.stem == "train" else read_lines(path)
        if _scored(results.folder, first, lines) is not None:
            return lines
    return None


def _scored(folder: Path, row: Row, references: list[str]) -> Statistics | None:
    """Statistics of a ticket's translations, if they give the BLEU of its row."""
    path = folder / f"translations/seed{row['seed']}/{row['series']}/{row['own']}.txt"
    hypotheses = read_lines(path) if path.is_file() else []
    if not hypotheses or len(hypotheses) != len(references):
        return None
    statistics = sentence_statistics(hypotheses, references)
    bleu = float(corpus_bleu(statistics.sum(axis=0, keepdims=True))[0])
    return statistics if abs(bleu - row["value"]) < 1e-6 else None


class Predictions:
    """Paired bootstrap of probes over test instances, where both were tested on the same ones.

    They are the same if their sentences are, and each has as many labels of each kind.

    Args:
        a: An experiment.
        b: Another.
    """

    def __init__(self, a: Results, b: Results) -> None:
        self._folders = a.folder, b.folder
        texts = [_test_sentences(results.folder / "probing/text") for results in (a, b)]
        self._same = {
            task for task, sentences in texts[0].items() if texts[1].get(task) == sentences
        }
        self._counts: dict[int, NDArray[np.int32]] = {}

    def __call__(self, a: Row, b: Row) -> Estimate | None:
        """Of two tickets on one task, each on its own best layer."""
        if a["task"] not in self._same:
            return None
        rows = zip(self._folders, (a, b), strict=True)
        one, other = (_statistics(folder, row) for folder, row in rows)
        if one is None or other is None or one.shape[1] != other.shape[1]:
            return None
        gold = GOLD[a["metric"]]
        if not np.array_equal(one[0][:, gold], other[0][:, gold]):
            return None
        # The score of summed counts does not depend on the classes; F1 of errors asks for its own.
        metric = metric_of(a["metric"], ["i"] if a["metric"] == "error_f1" else [])
        instances = one.shape[1]
        if instances not in self._counts:
            self._counts[instances] = resample(instances, RESAMPLES, SEED)
        found = paired_difference(metric, other, one, self._counts[instances])
        return Estimate(found.value, found.low, found.high)


def _test_sentences(folder: Path) -> dict[str, list[str]]:
    """The sentences of each task's test instances, as Moses tokens; none if they were not kept."""
    # Version 0.2 had one text of all tasks.
    texts = [_sentences_of(text) for text in (folder, *sorted(folder.glob("*/")))]
    return {task: sentences for text in texts for task, sentences in text.items()}


def _sentences_of(folder: Path) -> dict[str, list[str]]:
    """The same of the tasks of one text."""
    paths = [folder / name for name in ("subwords", "alignment.npz", "places.npz")]
    if not all(path.is_file() for path in paths):
        return {}
    lines = [join_subwords(line) for line in read_lines(paths[0])]
    with np.load(paths[1], allow_pickle=False) as alignment:
        offsets = alignment["word_offsets"]
    found = {}
    with np.load(paths[2], allow_pickle=False) as places:
        for key in places.files:
            task, split = key.rsplit("/", 1)
            if split == "test":
                first = np.searchsorted(offsets, places[key][:, 0], side="right") - 1
                end = np.searchsorted(offsets, places[key][:, 1], side="left")
                spans = zip(first.tolist(), end.tolist(), strict=True)
                found[task] = [" ".join(lines[i:j]) for i, j in spans]
    return found


def _statistics(folder: Path, row: Row) -> NDArray[Any] | None:
    """Counts on test (replicates, instances, counts) of a ticket's probes on its best layer."""
    jobs = folder / f"probing/seed{row['seed']}/{row['series']}/{row['own']}"
    key = f"{row['task']}/{row['probe']}"
    for path in (jobs / "all.npz", jobs / f"{row['task']}.{row['probe']}.npz"):
        if path.is_file():
            with np.load(path, allow_pickle=False) as arrays:
                mine = arrays[f"{key}/layer"] == row["layer"]
                return np.asarray(arrays[f"{key}/statistics"][mine])
    return None
