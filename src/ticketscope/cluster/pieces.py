"""A training that is longer than its job may run, in pieces.

Slurm ends a job at its time limit, and for Snakemake a job that Slurm ended has failed. So shortly
before the limit a training saves and has Slurm put its job back into the queue. The job keeps its
number and what it asks for: Snakemake sees one job that waits once more, and counts no failure.
"""

import os
import subprocess
import time

from ticketscope.runtime.job import IN_SLURM

# Seconds before the limit at which a piece ends: time for an update and a large checkpoint on a
# slow file system, but at most half of a short limit.
_NOTICE = 300
# Seconds until Slurm is asked once more: somebody may have moved the limit.
_AGAIN = float(os.environ.get("TICKETSCOPE_PAUSE", 600))


class Piece:
    """The Slurm job that this process is a part of, up to its time limit."""

    def __init__(self) -> None:
        self._ask_at = 0.0

    def is_over(self) -> bool:
        """Whether the limit is near; quick enough to be called after every update."""
        now = time.monotonic()
        if now < self._ask_at:
            return False
        left, limit = _time_left()
        notice = min(_NOTICE, limit / 2)
        if left <= notice:
            return True
        self._ask_at = now + min(left - notice, _AGAIN)
        return False

    def continue_later(self) -> None:
        """Put the job back into the queue and wait for Slurm to end it here; call it after a save.

        If Slurm refuses, the training goes on until its limit, which then is a failure.
        """
        done = _slurm("scontrol", "requeue", os.environ[IN_SLURM])
        if done.returncode != 0:
            print(f"time limit: saved, but scontrol requeue said {done.stderr.strip()}", flush=True)
            self._ask_at = time.monotonic() + _AGAIN
            return
        print("time limit: saved; the job is back in the queue for its next piece", flush=True)
        # Whatever ended now would be started once more.
        while True:
            time.sleep(60)


def _time_left() -> tuple[float, float]:
    """Seconds until the job's limit, and the limit itself; infinite if Slurm does not say."""
    done = _slurm("squeue", "--noheader", f"--jobs={os.environ[IN_SLURM]}", "--format=%L %l")
    try:
        left, limit = map(_seconds, done.stdout.split())
    except ValueError:  # UNLIMITED, or no answer
        return float("inf"), float("inf")
    return left, limit


def _seconds(text: str) -> int:
    """Of a time as Slurm writes it: 2-00:00:00, 5:00:00 or 5:00."""
    days, _, clock = text.rpartition("-")
    seconds = 0
    for part in clock.split(":"):
        seconds = 60 * seconds + int(part)
    return 86400 * int(days or 0) + seconds


def _slurm(*command: str) -> "subprocess.CompletedProcess[str]":
    """One of Slurm's programs, which may be absent or wait for its controller."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))
