"""A measurement says which of its limits it missed, and so does the command."""

import importlib
import json
import sys

import pytest

from tests.conftest import ROOT

MADE_UP = '''"""Made up: no work at all."""

LIMITS = {"ratio": ("at most", 2), "peer.ratio": ("at least", 3), "absent": ("at most", 1)}


def measure():
    return {"ratio": %s, "peer": {"ratio": %s}}
'''


MEASUREMENTS = [
    "cut", "dag", "experiment", "extraction", "masking", "paper_cut", "probing", "similarity",
    "store",
]  # fmt: skip


@pytest.fixture
def run(tmp_path, monkeypatch):
    """benchmarks/run.py, which knows one measurement and writes here."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    run = importlib.import_module("run")
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "ALL", ["made_up"])
    monkeypatch.delitem(sys.modules, "made_up", raising=False)
    return run


@pytest.mark.parametrize(
    ("numbers", "missed"),
    [
        (("2", "3"), []),
        (("2.5", "3"), ["ratio is 2.5, the limit at most 2"]),
        (("1", "2.9"), ["peer.ratio is 2.9, the limit at least 3"]),
        (("float('nan')", "3"), []),  # nobody knows
    ],
)
def test_a_missed_limit_is_written_down_and_counted(run, tmp_path, numbers, missed):
    (tmp_path / "made_up.py").write_text(MADE_UP % numbers)
    assert run.main(["made_up"]) == len(missed)
    written = json.loads((tmp_path / "results/made_up.json").read_text())
    assert written["missed"] == missed
    assert written["limits"] == {"ratio": "at most 2", "peer.ratio": "at least 3"}


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_limits_are_of_numbers_that_are_measured(run, name):
    """A misspelt one would never be missed."""
    limits = importlib.import_module(name).LIMITS
    written = [*(ROOT / "benchmarks/results").glob(f"{name}*.json")]
    assert limits and written
    for path in written:
        measured = json.loads(path.read_text())
        assert run.judged(measured, limits)["limits"].keys() == limits.keys()
