"""How many jobs on GPUs a run on this machine starts; only what the machine has is pretended."""

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
Path("python").write_text(f"#!/bin/sh\\necho {count}\\n")
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
    job = said.partition("rule train_dense:")[2]
    assert re.search(r"resources: .*gpu=(\d+)", job)[1] == str(limit or 8), said
