"""The toy suite follows the experiment's grammar and its limit."""

from pathlib import Path

import pytest

from ticketscope.probing.instances import read_instances
from ticketscope.probing.tasks import toy_suite
from ticketscope.probing.tasks.registry import TASKS


def test_size_and_length_are_the_configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toy_suite, "TASKS", {"POS": TASKS["POS"]})
    monkeypatch.setattr(toy_suite, "TEXT", toy_suite.TEXT | {"valid": 30, "test": 40})
    monkeypatch.setattr(toy_suite, "LINES", 1)
    sizes = toy_suite.build(tmp_path, longest=20, exponent=1.0, train=1100)
    assert sizes == {"POS": {"train": 1100, "dev": 30, "test": 40}}
    lengths = [len(one.tokens) for one in read_instances(tmp_path / "POS/train.jsonl.gz")]
    assert 16 < max(lengths) <= 20
