"""Let Snakemake keep GPUs free for a training that waits for several.

Wrong upstream (Snakemake 9.27.1): the scheduler chooses among the jobs that fit into what is free
now. A training of all GPUs never fits while each that falls free goes to another job of one GPU,
however much higher the training's priority.
Gain: a chain of tickets, which decides when everything is done, waits for running jobs only.
Can go: when the scheduler reserves resources for the job of the highest priority.
"""

from collections.abc import Collection, Sequence
from typing import Any

from snakemake.scheduling.job_scheduler import JobScheduler

from ticketscope.upstream import made_for


def keep_gpus_for_the_first() -> None:
    """Let all schedulers of this process leave GPUs to the job of the highest priority."""
    if made_for("snakemake", "9.27.1", "the turns of jobs on GPUs"):
        JobScheduler.job_selector = _select_in_turn


_select = JobScheduler.job_selector


def _select_in_turn(scheduler: JobScheduler, jobs: Collection[Any]) -> Sequence[Any]:
    free = scheduler.resources.get("gpu")
    if free is None:
        return _select(scheduler, jobs)
    first = max((job.priority for job in jobs if _gpus(job) > free), default=float("-inf"))
    return _select(scheduler, [job for job in jobs if not _gpus(job) or job.priority >= first])


def _gpus(job: Any) -> int:
    return job.scheduler_resources.get("gpu", 0)
