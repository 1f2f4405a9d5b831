"""The parts that our sbatch and sacct share: the real programs, and a silent controller."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

Done = subprocess.CompletedProcess[str]

# What Slurm's programs print when the controller is down, restarting or too busy to answer.
SILENT = (
    "Unable to contact slurm controller",
    "Socket timed out",
    "Connection refused",
    "Connection timed out",
    "Zero Bytes were transmitted",
    "Transport endpoint is not connected",
    "slurmctld is currently in standby",
    "temporarily unable",
)
# Seconds between two questions.
PAUSE = float(os.environ.get("TICKETSCOPE_PAUSE", 5))


def find(program: str) -> str | None:
    """The real program, which comes later in PATH; None if there is none."""
    here = str(Path(__file__).resolve().parent)
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if folder != here]
    return shutil.which(program, path=os.pathsep.join(folders))


def run(program: str, *arguments: str) -> Done:
    """The real program's end and output."""
    real = find(program)
    if real is None:
        sys.exit(f"{program} is not installed")
    return subprocess.run([real, *arguments], capture_output=True, text=True)


def is_silent(done: Done) -> bool:
    """Whether it failed because nobody answered."""
    return done.returncode != 0 and any(words in done.stderr for words in SILENT)


def ask(program: str, *arguments: str) -> Done:
    """The same as `run`, again and again while nobody answers."""
    while is_silent(done := run(program, *arguments)):
        time.sleep(PAUSE)
    return done


def finish(done: Done) -> NoReturn:
    """Print what a program printed and end as it ended."""
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    sys.exit(done.returncode)
