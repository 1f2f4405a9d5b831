"""A short `make torture`: three kills of the real experiment."""

import importlib
import json
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.workflow.conftest import environment

MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.long
def test_nothing_is_lost_by_three_kills(tmp_path):
    output = tmp_path / "torture.json"
    command = [sys.executable, ROOT / "benchmarks/torture.py", "--kills", "3",
               "--folder", tmp_path / "torture", "--output", output]  # fmt: skip
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(output.read_text())
    assert measured["kills"] == sum(measured["kinds"].values()) == 3
    assert measured["lost"] == [] and measured["files"] > 300 and measured["trainings"] >= 4


@pytest.fixture
def torture(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("torture")


def test_the_sums_of_two_runs_are_those_of_all_rounds(torture):
    def done(kind, job, again):
        kills = [{"kind": kind, "of": "joined", "jobs": [job, "translate"]}]
        counts = dict.fromkeys(("files", "trainings", "updates", "repeated", "left_over"), again)
        return {"kills": kills, **counts, "most_repeated": again, "lost": [f"{job} is lost"]}

    first, second = done(torture.JOB, "probe", 3), done(torture.INTERRUPT, "prune", 2)
    for one, other in ((first, second), (second, first)):
        added = torture._added(torture._sums([one]), torture._sums([other]))
        assert added == torture._sums([one, other])


def test_the_tests_that_the_page_names_are_those_of_make_torture():
    run = re.search(r"^FAULTS := \$\(addprefix tests/,(.+?)\)$", MAKEFILE, re.M | re.S)
    assert run is not None
    files = {f"tests/{name}" for name in run[1].replace("\\", "").split()}
    assert all((ROOT / name).is_file() for name in files)
    named = re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / "docs/reliability.md").read_text())
    assert set(named) <= files


def test_the_page_has_the_numbers_of_the_last_run(torture):
    measured = json.loads((ROOT / "benchmarks/results/torture.json").read_text())
    page = (ROOT / "docs/reliability.md").read_text()
    assert torture.with_tables(page, measured) == page
    assert f"| **all kills** | {measured['kills']} |" in page
    assert "| lost | nothing |" in page and measured["lost"] == []
    # Other numbers, what was lost among them, take their place.
    other = torture.with_tables(page, measured | {"rounds": 987, "lost": ["one", "two"]})
    assert "| rounds | 987 |" in other and "| lost | one; two |" in other
    assert torture.with_tables(other, measured) == page
