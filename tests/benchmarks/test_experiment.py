"""What a finished experiment cost, read off a few files; only the product of matrices is run."""

import importlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from ticketscope.runtime.machine import machine

NOON = 1_800_000_000.0
CORES = len(os.sched_getaffinity(0))


def job(path, rule, start, s, cpu, *log):
    """A job's benchmark and log, which end `s` seconds after `start`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"rule_name": rule, "s": s, "cpu_time": cpu, "max_rss": 100.0}
    path.with_suffix(".jsonl").write_text(json.dumps(record) + "\n")
    lines = [f"machine: {machine()}", "start-up: 0.5 s, 9.00 s of CPU, process 7", *log]
    path.with_suffix(".log").write_text("\n".join(lines) + "\n")
    os.utime(path.with_suffix(".jsonl"), (NOON + start + s,) * 2)


@pytest.fixture
def results(tmp_path) -> Path:
    """Two trainings, a translation, a table, and the suite of tasks; another experiment beside."""
    made, logs = tmp_path / "results/mine", tmp_path / "logs"
    for name in ("mine/tables", "mine/tickets/seed1/dense/LTH0", "mine/tickets/seed1/random/LTH1"):
        (tmp_path / "results" / name).mkdir(parents=True)
    (tmp_path / "results/theirs").mkdir()
    (made / "report.html").write_text("made")
    (made / "tables/sparsity.csv").write_text("seed,parameters\n1,1000000\n")
    for ticket, speeds in (("dense/LTH0", (10, 3000, 3100)), ("random/LTH1", (1000, 1000))):
        rows = "".join(f"{speed}\n" for speed in speeds)
        (made / f"tickets/seed1/{ticket}/log.csv").write_text(f"tokens_per_second\n{rows}")
    fairseq = "start-up: 2.5 s, 4.00 s of CPU, process 8"
    job(logs / "mine/tickets/train", "train_dense", 0, 100, 90, fairseq)
    job(logs / "mine/tickets/retrain", "retrain", 100, 50, 40, fairseq, "loss 3")
    done = "Translated 9 sentences (99 tokens) in 15.0s (1 sentences/s, 1 tokens/s)"
    job(logs / "mine/translate", "translate", 120, 20, 16, done)
    job(logs / "mine/table", "collect_table_a1", 150, 0.4, "NA")
    job(logs / "probing/toy", "toy_suite", 10, 40, 24)
    job(logs / "probing/old", "toy_suite", -9000, 30, 24)  # of another day
    job(logs / "theirs/train", "train_dense", 20, 100, 90)
    return made


def measured(results, *arguments) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks/experiment.py"), str(results), *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )


def test_costs_are_added_up_by_rule_and_compared_with_cores_and_arithmetic(results, tmp_path):
    output = tmp_path / "measured.json"
    done = measured(results, str(output))
    assert done.returncode == 0, done.stderr
    found = json.loads(output.read_text())
    assert found["machine"]["cpu"] and found["date"].endswith("UTC")
    assert (found["jobs"], found["wall_seconds"], found["cores"]) == (5, 150, CORES)
    assert (found["job_seconds"], found["cpu_seconds"]) == (210, 90 + 40 + 16 + 24)
    assert found["idle"] == pytest.approx(1 - 210.4 / (150.4 * CORES), abs=1e-3)
    # Both processes of a training; of the translation a quarter of the time was not decoding; the
    # table's job was shorter than what its process says.
    starts = {
        "train_dense": 3.0, "retrain": 3.0, "translate": 5.0, "toy_suite": 0.5,
        "collect_table_a1": 0.4,
    }  # fmt: skip
    assert found["start_up"] == pytest.approx(sum(starts.values()) / 210.4, abs=1e-3)
    rules = found["rules"]
    assert list(rules)[:2] == ["train_dense", "retrain"] and len(rules) == 5
    assert {rule: rules[rule]["start_up_s"] for rule in starts} == starts
    assert rules["toy_suite"] == {
        "jobs": 1, "s": 40, "cpu_s": 24, "start_up_s": 0.5, "peak_mib": 100
    }  # fmt: skip
    missed = [line.split()[0] for line in found["missed"]]
    assert ("idle" in missed) == (found["idle"] > 0.05)
    assert ("start_up" in missed) == (found["start_up"] > 0.10)
    slow = found["training_over_arithmetic"] < 0.30
    assert ("training_over_arithmetic" in missed) == slow


def test_a_training_is_compared_with_the_arithmetic_of_a_core(results, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    experiment = importlib.import_module("experiment")
    monkeypatch.setattr(experiment, "gemm_rate", lambda: 48e9)
    monkeypatch.setattr(experiment, "has_gpu", lambda machine: False)
    # 6 x a million parameters x the mean of 3000 and 1000 tokens/s, the medians of the trainings.
    assert experiment.training(results) == pytest.approx(12 / 48)
    monkeypatch.setattr(experiment, "has_gpu", lambda machine: True)
    assert math.isnan(experiment.training(results))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda made: (made / "report.html").unlink(), "no finished experiment; make one, as with"),
        (
            lambda made: job(made.parents[1] / "logs/mine/late", "report_page", 700, 9, 9),
            "was made in pieces, since no job ran for 550 s before report_page",
        ),
        (
            lambda made: (made.parents[1] / "logs/mine/table.log").write_text("machine: another\n"),
            "the job ran on another machine",
        ),
        (
            lambda made: (made.parents[1] / "logs/mine/table.log").write_text(
                f"machine: {machine()}\n"
            ),
            "an earlier version, without start-ups",
        ),
        (
            lambda made: [
                os.utime(path, (NOON, NOON)) for path in (made.parents[1] / "logs").rglob("*.jsonl")
            ],
            "its logs' files have other times than the run had: copied?",
        ),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_line(results, tmp_path, change, said):
    change(results)
    done = measured(results, str(tmp_path / "measured.json"))
    assert done.returncode == 1 and done.stderr.startswith("error: ")
    assert said in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "measured.json").exists()
