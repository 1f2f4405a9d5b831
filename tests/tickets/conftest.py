"""A mask."""

from pathlib import Path

import pytest

from tests.lottery import prune


@pytest.fixture(scope="session")
def half(lth0: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LTH1's mask, half of the weights cut by magnitude."""
    path = tmp_path_factory.mktemp("half") / "mask.safetensors"
    prune(lth0, path)
    return path
