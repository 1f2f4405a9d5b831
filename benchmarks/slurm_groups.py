"""What grouping saves: a small corpus as one submission, and as one for each of its jobs."""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.slurm_lab.experiment import Experiment  # noqa: E402
from tests.slurm_lab.lab import Lab, can_account, refusal  # noqa: E402

# Given on the command line, groups replace the profile's: this leaves none of the corpus's.
UNGROUPED = ("--groups", "translate=translations")


def measure() -> dict[str, object]:
    """Submissions, seconds until all is done, and CPU-seconds of all jobs with their start-up."""
    if (why_not := refusal()) is not None:
        sys.exit(why_not)
    if not can_account():
        sys.exit("CPU time comes from accounts: apt-get install mariadb-server slurmdbd")
    runs: dict[str, dict[str, float]] = {}
    for name, arguments in (("grouped", ()), ("ungrouped", UNGROUPED)):
        with (
            tempfile.TemporaryDirectory() as folder,
            Lab(Path(folder, "slurm"), accounting=True).running() as lab,
        ):
            start = time.monotonic()
            Experiment(Path(folder, "experiment"), lab).run("corpus", *arguments)
            runs[name] = {"seconds": round(time.monotonic() - start, 1), **_accounts(lab)}
    saved = runs["ungrouped"]["submissions"] - runs["grouped"]["submissions"]
    cpu = runs["ungrouped"]["cpu_seconds"] - runs["grouped"]["cpu_seconds"]
    return {**runs, "cpu_seconds_saved_per_submission": round(cpu / saved, 2)}


def _accounts(lab: Lab) -> dict[str, float]:
    listed = lab.call("sacct", "--noheader", "--parsable2", "--format=JobID,TotalCPU").splitlines()
    rows = [line.split("|") for line in listed]
    steps = [_seconds(spent) for job, spent in rows if "." in job]
    return {"submissions": sum("." not in job for job, _ in rows), "cpu_seconds": sum(steps)}


def _seconds(spent: str) -> float:
    """Of [[days-]hours:]minutes:seconds."""
    total = 0.0
    for part in spent.replace("-", ":").split(":"):
        total = total * 60 + float(part)
    return total
