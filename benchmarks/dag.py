"""What the DAG costs before any job runs: the paper's experiment, ten seeds of it, nothing to do.

Seconds are the processor's (user and system), which neighbours on the machine stretch less than
the clock's. Beside each run goes one of as many jobs that have one output and nothing else: what
Snakemake takes for jobs at all.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
ROUNDS = 3
LIMITS = {
    f"{name}.ten_seeds_{state}": ("at most", limit)
    for name, limit in (("seconds_of_10000_jobs", 20), ("ms_a_job", 2), ("mib", 600))
    for state in ("fresh", "nothing_to_do")
}

# `snakemake --touch` without its pause of 0.1 s a job, and making the files that are not there: the
# records of a finished experiment, in a minute and without training.
PRETEND = """
import sys
from snakemake.cli import main
from snakemake.executors import touch
from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo

def run_job(self, job):
    for file in job.output:
        file.touch_or_create()
    info = SubmittedJobInfo(job=job)
    self.report_job_submission(info)
    self.report_job_success(info)

touch.Executor.run_job = run_job
main(["--touch", "--quiet", "--cores", "100000", *sys.argv[1:]])
"""

BARE = """
rule all:
    input: expand("results/{{i}}", i=range({jobs}))
rule one:
    output: "results/{{i}}"
    shell: "touch {{output}}"
"""


class Cost(NamedTuple):
    seconds: float  # of the processor
    mib: float  # at most, resident
    jobs: int  # that would run


def measure() -> dict[str, object]:
    """Seconds, memory, and both beside bare jobs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("Snakefile", "config.yaml"):
            shutil.copy(ROOT / file, folder)
        for part in ("rules", "envs", "workflow", "config", "profiles"):
            shutil.copytree(ROOT / part, folder / part)
        (folder / "ten.yaml").write_text(f"seeds: {list(range(1, 11))}\n")
        paper = ["--configfile", "config/wmt16.yaml"]
        costs = {
            "no_jobs": _rounds(_bare(folder, 1), []),
            "default_fresh": _rounds(folder, []),
            "wmt16_fresh": _rounds(folder, paper),
            "ten_seeds_fresh": _rounds(folder, [*paper, "ten.yaml"]),
            "ten_seeds_fresh_quiet": _rounds(folder, [*paper, "ten.yaml", "--quiet", "rules"]),
        }
        jobs = costs["ten_seeds_fresh"].jobs
        bare = _bare(folder, jobs)
        costs["bare_fresh"] = _rounds(bare, [])
        _pretend(bare, [])
        _pretend(folder, [*paper, "ten.yaml"])
        costs["bare_nothing_to_do"] = _rounds(bare, [])
        costs["ten_seeds_nothing_to_do"] = _rounds(folder, [*paper, "ten.yaml"])
        records = sum(1 for path in (folder / ".snakemake/metadata").rglob("*") if path.is_file())
    start = costs["no_jobs"].seconds
    return {
        "jobs": jobs,
        "cpu_seconds": {name: round(cost.seconds, 2) for name, cost in costs.items()},
        "mib": {name: round(cost.mib) for name, cost in costs.items()},
        "ms_a_job": {
            name: round((cost.seconds - start) / jobs * 1000, 2)
            for name, cost in costs.items()
            if name.startswith(("ten", "bare"))
        },
        "seconds_of_10000_jobs": {
            name: round(start + (cost.seconds - start) / jobs * 10_000, 1)
            for name, cost in costs.items()
            if name.startswith("ten")
        },
        "fresh_over_bare": round(costs["ten_seeds_fresh"].seconds / costs["bare_fresh"].seconds, 2),
        "nothing_to_do_over_bare": round(
            costs["ten_seeds_nothing_to_do"].seconds / costs["bare_nothing_to_do"].seconds, 2
        ),
        "metadata_records": records,
        "load": [round(value, 1) for value in os.getloadavg()],
    }


def _bare(folder: Path, jobs: int) -> Path:
    """A workflow of so many jobs, the target among them."""
    bare = folder / f"bare{jobs}"
    bare.mkdir()
    (bare / "Snakefile").write_text(BARE.format(jobs=jobs - 1))
    return bare


def _pretend(folder: Path, arguments: list[str]) -> None:
    subprocess.run(
        [sys.executable, "-c", PRETEND, *arguments], cwd=folder, check=True, capture_output=True
    )


def _rounds(folder: Path, arguments: list[str]) -> Cost:
    """The median of some dry-runs, by seconds."""
    costs = [_dry_run(folder, arguments) for _ in range(ROUNDS)]
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        max(cost.mib for cost in costs),
        costs[0].jobs,
    )


def _dry_run(folder: Path, arguments: list[str]) -> Cost:
    command = [sys.executable, "-m", "snakemake", "-n", "--cores", "2", *arguments]
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read()
    if process.returncode:
        raise RuntimeError(text[-2000:])
    total = re.search(r"^total +(\d+)$", text, re.MULTILINE)
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, int(total[1]) if total else 0)
