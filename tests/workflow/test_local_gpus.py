"""How many jobs on GPUs a run on this machine starts; only what the machine has is pretended."""

import os
import re
import subprocess
import sys

import pytest

from tests.workflow.conftest import environment

# Snakemake on a machine with a driver, where torch, asked in a process of its own, counts so many
# GPUs; 0: no driver.
PRETEND = """
import sys
from pathlib import Path
from snakemake.cli import main
from ticketscope.runtime import devices

count = int(sys.argv.pop(1))
devices._DRIVERS = ["null"] if count else []
Path("python").write_text(f"#!/bin/sh\\ntouch torch_was_asked\\necho {count}\\n")
Path("python").chmod(0o755)
sys.executable = str(Path("python").resolve())
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("gpus", "arguments", "limit"),
    [
        (2, ["--cores", "16"], 2),
        (2, ["--cores", "16", "--resources", "gpu=3"], 3),
        (0, ["--cores", "16"], None),
        (2, ["--profile", "slurm"], None),
    ],
)
def test_jobs_here_share_the_gpus_that_torch_counts_or_the_user_says(clone, gpus, arguments, limit):
    assert gpus_of_a_training(clone, gpus, arguments) == (limit or 8)


def test_a_dry_run_takes_the_drivers_word_and_asks_no_torch(clone, monkeypatch):
    tool = clone / "bin/nvidia-smi"
    tool.parent.mkdir()
    line = "GPU {}: NVIDIA H100 80GB HBM3 (UUID: GPU-{})"
    listed = "\n".join(line.format(i, i) for i in range(3))
    tool.write_text(f"#!/bin/sh\ncat <<E\n{listed}\nE\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    assert gpus_of_a_training(clone, 2, ["--cores", "16"]) == 3
    assert not (clone / "torch_was_asked").exists()
    # CUDA sees one part of a divided GPU, which torch knows.
    tool.write_text(
        tool.read_text().replace("\nE\n", "\n  MIG 1g.10gb     Device  0: (UUID: M)\nE\n")
    )
    assert gpus_of_a_training(clone, 2, ["--cores", "16"]) == 2
    assert (clone / "torch_was_asked").exists()


def test_a_run_says_that_torch_can_use_none_of_the_gpus(clone, monkeypatch):
    tool = clone / "bin/nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho GPU 0: NVIDIA A100\necho GPU 1: NVIDIA A100\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    # One that has a driver, and whose torch, as one for another driver, answers 0.
    pretend = PRETEND.replace('["null"] if count else []', '["null"]')
    text = "results/toy/corpus/toy/train.en"
    command = [sys.executable, "-c", pretend, "0", text, "--cores", "1", "--latency-wait", "0"]
    done = subprocess.run(
        command, cwd=clone, env=environment(), capture_output=True, text=True, check=False
    )
    assert "This machine has 2 GPUs, and torch" in done.stderr, done.stderr


def gpus_of_a_training(clone, gpus, arguments):
    """What a dry-run shows that a training of eight devices would have."""
    (clone / "eight.yaml").write_text("training: {update_freq: 8, devices: 8}")
    dense = "results/toy/tickets/seed1/dense/LTH0/checkpoint.pt"
    command = [sys.executable, "-c", PRETEND, str(gpus), dense, "-n", "--configfile", "eight.yaml"]
    printed = subprocess.run(
        [*command, *arguments],
        cwd=clone,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    said = printed.stdout + printed.stderr
    # Snakemake shows what a job may have of a resource that has a limit.
    asked = re.search(r"resources: .*gpu=(\d+)", said.partition("rule train_dense:")[2])
    assert asked, said
    return int(asked[1])
