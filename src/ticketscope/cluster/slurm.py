"""Slurm's own programs, and jobs that a snakemake which is gone has left in its queue."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.upstream import made_for, slurm_clients

# By it our sbatch knows the experiment's name, which it puts into a job's comment.
_VARIABLE = "TICKETSCOPE_EXPERIMENT"
_PATIENCE = 300  # seconds until cancelled jobs must be gone: twice what Slurm waits to kill


def use_patient_clients(experiment: str) -> None:
    """Put `upstream.slurm_clients` before Slurm's programs, for this process and its children.

    Beside another version of the plugin Slurm's own programs stay, and `cancel_leftovers` finds no
    job.
    """
    lost = "patient Slurm clients, and without cancelling the jobs of a killed snakemake"
    if not made_for("snakemake-executor-plugin-slurm", "2.8.0", lost):
        return
    clients, folders = str(slurm_clients.FOLDER), os.environ["PATH"].split(os.pathsep)
    if clients not in folders:
        os.environ["PATH"] = os.pathsep.join([clients, *folders])
    os.environ[_VARIABLE] = experiment


def cancel_leftovers(experiment: str, folder: Path, progress: Callable[[str], None]) -> None:
    """Cancel the experiment's jobs that are still queued or running, and wait until they are gone.

    A killed snakemake leaves its jobs behind. Its successor knows nothing of them, submits them
    once more, and both would write the same files. A cancelled training goes on from its last save.

    Args:
        experiment: Name; other experiments in the same folder may run.
        folder: Where snakemake runs; jobs of other copies of the workflow are left alone.
        progress: Gets a line if there are any.

    Raises:
        InputError: they do not end, or Slurm does not answer.
    """
    left = left_over(experiment, folder)
    if not left:
        return
    progress(f"{len(left)} jobs of an earlier snakemake are still in the queue: cancelling them")
    subprocess.run(["scancel", *left], check=False)  # one may have ended by itself
    end = time.monotonic() + _PATIENCE
    while left := left_over(experiment, folder):
        if time.monotonic() > end:
            raise InputError(
                f"cancelled jobs do not end: {' '.join(left)}; when squeue no longer shows them, "
                "run again"
            )
        time.sleep(1)


def left_over(experiment: str, folder: Path) -> list[str]:
    """Ids of jobs of this user, folder and experiment that have not ended.

    Raises:
        InputError: Slurm does not answer.
    """
    command = ["squeue", "--noheader", f"--user={os.getuid()}", "--format=%i\t%Z\t%k"]
    end = time.monotonic() + _PATIENCE
    while (done := subprocess.run(command, capture_output=True, text=True)).returncode != 0:
        if time.monotonic() > end:
            raise InputError(f"squeue: {' '.join(done.stderr.split())}")
        time.sleep(5)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return [
        job
        for job, where, comment in rows
        if Path(where) == folder and f" {experiment} " in comment
    ]
