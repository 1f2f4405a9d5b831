"""Each step of `make gpu-check` runs, in a tiny form on a CPU; without a GPU it says so."""

import importlib
import json
import os
import subprocess
import sys

import pandas as pd
import pytest
import torch

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
    said = f"gpu-check: torch {torch.__version__} sees no GPU here, so there is nothing to check\n"
    assert done.stderr == said
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


def test_a_step_that_runs_again_replaces_its_own_and_leaves_the_others(tmp_path):
    output = tmp_path / "gpu.json"
    earlier = {"cards": [], "steps": {"networks": {"verdict": "failed"}, "memory": {"kept": True}}}
    output.write_text(json.dumps(earlier))
    assert check("--device", "cpu", "--tiny", "--output", str(output), "networks").returncode == 0
    steps = json.loads(output.read_text())["steps"]
    assert list(steps) == ["memory", "networks"]  # in their order
    assert steps["memory"] == {"kept": True}
    assert steps["networks"]["verdict"] == "passed"
    output.write_text(json.dumps(earlier | {"cards": ["another"]}))
    assert check("--device", "cpu", "--tiny", "--output", str(output), "networks").returncode == 0
    assert list(json.loads(output.read_text())["steps"]) == ["networks"]


CARD = """
import sys
from types import SimpleNamespace

import torch

torch.cuda.is_available = lambda: True
torch.cuda.device_count = lambda: 2
torch.cuda.get_device_properties = lambda number: SimpleNamespace(
    name="NVIDIA H200", total_memory=(140 + number) * 2**30
)
torch.version.cuda = "13.0"
"""


def test_what_all_steps_see_is_asked_once_and_kept_from_slurm(tmp_path, monkeypatch, run_first):
    """Two pretended cards of a job in Slurm; the step shows what it was given."""
    run_first(CARD)
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    gpu_check = importlib.import_module("gpu_check")
    monkeypatch.setenv("PATH", str(tmp_path))  # without nvidia-smi
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7,9")
    monkeypatch.setenv("SLURM_JOB_ID", "12")
    cards = ["NVIDIA H200, 140.0 GiB", "NVIDIA H200, 141.0 GiB"]
    assert gpu_check._card("cuda") == {"cards": cards, "cuda": "13.0", "driver": "unknown"}
    show = "import os; print([v for k, v in os.environ.items() if k[:5] in ('CUDA_', 'SLURM')])"
    with gpu_check._group([sys.executable, "-c", show]) as process:
        assert process.communicate()[0] == "['4,7']\n"


def test_a_step_that_hangs_ends_with_all_that_it_has_started_and_shows_what_it_said(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    gpu_check = importlib.import_module("gpu_check")
    (tmp_path / "gpu_steps.py").write_text(
        "import subprocess; print('began', flush=True); subprocess.run(['sleep', '600'])"
    )
    monkeypatch.setattr(gpu_check, "HERE", tmp_path)
    result = gpu_check._run("memory", "cuda", tiny=False, limit=2)
    assert result["verdict"] == "over budget"
    assert result["seconds"] < 60
    assert capsys.readouterr().err == "began\n\n"


@pytest.mark.parametrize(
    ("row", "gap", "said"),
    [(0, 0.01, "first losses"), (9, 0.5, "last losses"), (9, 0.01, None), (5, 0.01, None)],
)
def test_losses_of_another_computation_are_found(tmp_path, monkeypatch, row, gap, said):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    gpu_checks = importlib.import_module("gpu_checks")
    losses = pd.Series([8 - 0.1 * number for number in range(10)])
    folders = [tmp_path / "gpu", tmp_path / "cpu"]
    for folder, table in zip(folders, (losses, losses.copy()), strict=True):
        table[row] += gap * (folder.name == "gpu")
        folder.mkdir()
        table.to_frame("loss").to_csv(folder / "log.csv")
    if said is None:
        assert gpu_checks._losses_apart(folders, "dense/LTH0") == pytest.approx(gap)
    else:
        with pytest.raises(gpu_checks.CheckError, match=said):
            gpu_checks._losses_apart(folders, "dense/LTH0")
