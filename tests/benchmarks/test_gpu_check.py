"""Each step of `make gpu-check` runs, in a tiny form on a CPU; without a GPU it says so."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

STEPS = [
    "smoke", "memory", "precision", "jobs", "similarity_and_probing", "masking", "extraction",
    "networks", "transformer_big",
]  # fmt: skip
SLOW = ("smoke", "precision", "jobs", "masking")


def check(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks/gpu_check.py"), *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "CUDA_VISIBLE_DEVICES": ""},
        check=False,
    )


def test_without_a_gpu_it_is_one_line_and_no_file(tmp_path):
    done = check("--output", str(tmp_path / "gpu.json"))
    assert done.returncode == 1
    assert done.stderr == "gpu-check: torch sees no GPU here, so there is nothing to check\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "step",
    [pytest.param(step, marks=pytest.mark.long if step in SLOW else ()) for step in STEPS],
)
def test_a_step_runs_and_is_written_down(tmp_path, step):
    output = tmp_path / "gpu.json"
    done = check("--device", "cpu", "--tiny", "--output", str(output), step)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(output.read_text())
    assert measured["cards"] == []
    assert measured["steps"][step]["verdict"] == "passed"
