"""Experiments lie below the working directory."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty at first."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
