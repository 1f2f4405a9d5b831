"""What is kept of predictions is enough for every comparison of tickets."""

import numpy as np
import pandas as pd
import pytest

from tests.probing.test_comparison import made_up
from ticketscope.probing.chosen import chosen_statistics, predictions_reader, reader
from ticketscope.probing.comparison import Comparison
from ticketscope.runtime.outputs import write_arrays


@pytest.fixture(scope="module")
def experiment():
    """Probes, a reader of their statistics, and predictions as jobs save them: two replicates."""
    probes, saved = made_up()

    def predictions(row):
        layers = [saved({**row, "clean_layer": layer})[1] for layer in (0, 1, 2)]
        return {
            "classes": np.array(["x", "y"]),
            "gold": np.arange(400, dtype=np.uint16) % 2,
            "instances": np.array([f"s{number}" for number in range(400)]),
            "statistics": np.concatenate(layers),
            "layer": np.array([0, 1, 2]),
        }

    return probes, saved, predictions


def test_comparisons_are_those_of_the_predictions(experiment):
    probes, saved, predictions = experiment
    kept = reader(chosen_statistics(probes, predictions))
    ours, theirs = (Comparison(probes, read, resamples=50, seed=1) for read in (kept, saved))
    pd.testing.assert_frame_equal(ours.differences(), theirs.differences())
    pd.testing.assert_frame_equal(ours.separation(), theirs.separation())


def test_counts_take_a_byte_and_other_numbers_keep_every_digit(experiment):
    probes, _, predictions = experiment
    rows = probes[
        (probes["seed"] == 1) & (probes["task"] == "falls") & (probes["ticket"] == "LTH0")
    ]

    def halves(row):
        return predictions(row) | {"statistics": predictions(row)["statistics"] / 3}

    counts, others = (chosen_statistics(rows, read) for read in (predictions, halves))
    name = "seed1/dense/LTH0/falls/linear"
    assert counts[name].dtype == np.uint8 and others[name].dtype == np.float64
    row = {"seed": 1, "task": "falls", "probe": "linear", "series": "dense", "ticket": "LTH0"}
    assert reader(others)(row)[1].tolist() == (reader(counts)(row)[1] / 3).tolist()


@pytest.mark.parametrize("changed", ["gold", "instances"])
def test_the_test_instances_are_told_apart(experiment, changed):
    probes, _, predictions = experiment
    rows = probes[(probes["seed"] == 1) & (probes["task"] == "falls")]

    def other(row):
        saved = predictions(row)
        return saved | {changed: saved[changed][::-1].copy()}

    name = "seed1/falls/linear/test"
    digests = [chosen_statistics(rows, read)[name].tolist() for read in (predictions, other)]
    assert len(digests[0]) == 32 and digests[0] != digests[1]


def test_a_task_is_read_from_the_job_that_probed_it(tmp_path):
    """A task of the user has jobs of its own beside the one of all other tasks."""
    files = {}
    for part, key in (
        ("all", "POS/linear"),
        ("mine.linear", "mine/linear"),
        ("mine.mlp", "mine/mlp"),
    ):
        files[1, "dense", "LTH0", part] = tmp_path / f"{part}.npz"
        names = ("classes", "gold", "instances", "statistics", "layer")
        arrays = {f"{key}/{name}": np.array([key, name]) for name in names}
        write_arrays(tmp_path / f"{part}.npz", arrays)
    read = predictions_reader(files)
    for key in ("POS/linear", "mine/linear", "mine/mlp"):
        task, probe = key.split("/")
        row = {"seed": 1.0, "series": "dense", "ticket": "LTH0", "task": task, "probe": probe}
        assert read(row)["gold"].tolist() == [key, "gold"]
