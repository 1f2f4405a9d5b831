"""A mask, and faults that fairseq's processes are made to have."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lottery import prune


@pytest.fixture(scope="session")
def half(lth0: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LTH1's mask, half of the weights cut by magnitude."""
    path = tmp_path_factory.mktemp("half") / "mask.safetensors"
    prune(lth0, path)
    return path


@pytest.fixture
def run_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives code that each of fairseq's processes runs before anything else."""

    def set_up(code: str) -> None:
        (tmp_path / "site").mkdir()
        # Python imports a module of this name as it starts.
        (tmp_path / "site/sitecustomize.py").write_text(code)
        paths = [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))

    return set_up
