"""fairseq's processes find our plugin where we are not installed, as in a conda environment."""

import subprocess
from pathlib import Path

import pytest

from ticketscope.runtime.processes import fairseq_command, fairseq_environment


def test_fairseq_is_started_by_a_python_in_which_ticketscope_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    # A Python without site-packages, as Snakemake starts one: without PYTHONPATH.
    python, *arguments = fairseq_command("train")
    command = [python, "-S", "-c", f"import {arguments[1]}"]
    bare = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "No module named 'ticketscope'" in bare.stderr
    done = subprocess.run(
        command, cwd=tmp_path, env=fairseq_environment(None), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_users_own_path_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    first, second = fairseq_environment(None)["PYTHONPATH"].split(":")
    assert (Path(first) / "ticketscope/runtime/processes.py").is_file()
    assert second == "/somewhere"
