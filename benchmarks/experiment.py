"""What a finished experiment cost: by rule, in start-ups, beside its arithmetic and its cores.

    python benchmarks/experiment.py results/toy     writes benchmarks/results/experiment_toy.json

Reads the logs beside the results, of an experiment that was made in one go on this machine, and
multiplies matrices for a few seconds; nothing is made again. Seconds are a job's, which has one
core. CPU seconds are Snakemake's, which misses the last moment of each job. Idle is a core without
a job, while Snakemake decides or nothing is ready.

Start-up is what comes before the useful part: of a job until its script has imported what it
needs (`runtime.startup`), of a training fairseq's too, until its first epoch. fairseq does not say
when it begins to decode, so that of a translation all counts that is not decoding, writing its
hypotheses included.
"""

import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from run import judged, write
from ticketscope.errors import InputError
from ticketscope.runtime.job import MACHINE
from ticketscope.runtime.machine import has_gpu, machine
from ticketscope.runtime.startup import LINE

# Seconds without any job after which an experiment was not made in one go.
PAUSE = 60
DECODED = re.compile(r"Translated .* tokens\) in ([\d.]+)s")
SIZE, ROUNDS = 1024, 20
LIMITS = {
    "start_up": ("at most", 0.10),
    "training_over_arithmetic": ("at least", 0.30),
    "idle": ("at most", 0.05),
}


@dataclass(frozen=True)
class Job:
    """A finished job; seconds, of the clock unless they are the processor's."""

    rule: str
    end: float
    s: float
    cpu_s: float
    start_up_s: float
    peak_mib: float

    @property
    def start(self) -> float:
        """When it began."""
        return self.end - self.s


def measure(results: Path) -> dict[str, object]:
    """Costs of an experiment.

    Raises:
        InputError: it is not finished, or was made elsewhere, in pieces, or by an earlier version.
    """
    jobs = read(results)
    cores = int(re.search(r"(\d+) cores", machine())[1])
    start, end = min(job.start for job in jobs), max(job.end for job in jobs)
    worked = sum(job.s for job in jobs)
    # Never more than one job a core, but for a little between a job's end and its file's.
    if worked > 1.02 * (end - start) * cores:
        raise InputError(f"{results}: its logs' files have other times than the run had: copied?")
    shares = {
        "start_up": sum(job.start_up_s for job in jobs) / worked,
        "training_over_arithmetic": training(results),
        "idle": 1 - worked / ((end - start) * cores),
    }
    return {
        "experiment": results.name,
        "jobs": len(jobs),
        "wall_seconds": round(end - start),
        "cores": cores,
        "job_seconds": round(worked),
        "cpu_seconds": round(sum(job.cpu_s for job in jobs)),
        **{name: round(share, 3) for name, share in shares.items()},
        "rules": by_rule(jobs),
    }


def read(results: Path) -> list[Job]:
    """Jobs of an experiment, and those that it shares with others if they ran with its own."""
    if not (results / "report.html").is_file():
        raise InputError(f"{results}: no finished experiment; make one, as with `make results`")
    logs = results.parents[1] / "logs"
    jobs = [_job(path) for path in (logs / results.name).rglob("*.jsonl")]
    start, end = min(job.start for job in jobs), max(job.end for job in jobs)
    others = [
        _job(path)
        for folder in logs.iterdir()
        if not (results.parent / folder.name).exists()
        for path in folder.rglob("*.jsonl")
        if start - PAUSE <= path.stat().st_mtime <= end
    ]
    jobs = sorted([*jobs, *others], key=lambda job: job.start)
    reached = jobs[0].start
    for job in jobs:
        if job.start > reached + PAUSE:
            raise InputError(
                f"{results}: was made in pieces, since no job ran for {job.start - reached:.0f} s "
                f"before {job.rule}; make it in one go"
            )
        reached = max(reached, job.end)
    return jobs


def _job(benchmark: Path) -> Job:
    """A job from its last record; Snakemake writes NA for what was too short to show."""
    record = json.loads(benchmark.read_text(encoding="utf-8").splitlines()[-1])
    s, cpu, peak = (
        float(value) if isinstance(value := record[name], int | float) else 0.0
        for name in ("s", "cpu_time", "max_rss")
    )
    text = benchmark.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    if text.partition("\n")[0] != MACHINE + machine():
        raise InputError(f"{benchmark.with_suffix('.log')}: the job ran on another machine")
    processes = {process: float(seconds) for seconds, _, process in LINE.findall(text)}
    if not processes:
        raise InputError(f"{benchmark.with_suffix('.log')}: an earlier version, without start-ups")
    start_up = sum(processes.values())
    if decoding := DECODED.findall(text):
        start_up = s - sum(map(float, decoding))
    return Job(record["rule_name"], benchmark.stat().st_mtime, s, cpu, min(start_up, s), peak)


def by_rule(jobs: list[Job]) -> dict[str, dict[str, float]]:
    """Costs of each rule, the most expensive first."""
    rules = pd.DataFrame(jobs).groupby("rule").agg(
        jobs=("s", "size"), s=("s", "sum"), cpu_s=("cpu_s", "sum"),
        start_up_s=("start_up_s", "sum"), peak_mib=("peak_mib", "max"),
    )  # fmt: skip
    return rules.sort_values("s", ascending=False).round(1).to_dict("index")


def training(results: Path) -> float:
    """Share of a core's arithmetic that trainings use: 6 x parameters x tokens/s over GEMM's rate.

    Tokens are target subwords. NaN if the trainings ran on a GPU.
    """
    if has_gpu(machine()):
        return float("nan")
    logs = [pd.read_csv(path) for path in results.glob("tickets/seed*/*/LTH*/log.csv")]
    speed = pd.Series([log["tokens_per_second"].median() for log in logs]).mean()
    parameters = pd.read_csv(results / "tables/sparsity.csv")["parameters"].iloc[0]
    return float(6 * parameters * speed / gemm_rate())


def gemm_rate() -> float:
    """Float operations a second of a product of large matrices on one thread, the best round."""
    import torch

    torch.set_num_threads(1)
    x, y = torch.randn(SIZE, SIZE), torch.randn(SIZE, SIZE)
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        x @ y
        seconds.append(time.perf_counter() - start)
    return 2 * SIZE**3 / min(seconds)


def main(arguments: list[str]) -> int:
    """Measure one experiment; 1 if that is impossible."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python benchmarks/experiment.py RESULTS [OUTPUT]", file=sys.stderr)
        return 2
    results = Path(arguments[0]).resolve()
    default = Path(__file__).parent / f"results/experiment_{results.name}.json"
    try:
        measured = judged(measure(results), LIMITS)
        write(Path(*arguments[1:] or [default]), __doc__, measured)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
