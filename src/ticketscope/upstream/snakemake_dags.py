"""Spare Snakemake the work that it repeats for every job while it builds a DAG.

Wrong upstream (Snakemake 9.27.1): the signature of each of a rule's functions is read several times
a job, each rule's script is located once a job, and the garbage collector walks through the whole
DAG, whose objects all stay.
Gain: a dry-run of 10,000 jobs takes 18.5 s instead of 23.6 s (benchmarks/dag.py). A small DAG gains
nothing, so the rules ask for it from `LARGE` jobs on.
Can go: when Snakemake reads both once a rule.
"""

import gc
from functools import cache

import snakemake.api  # noqa: F401 (its parts cannot be imported before it)
from snakemake import common, rules
from snakemake.dag import ScriptProcessor
from snakemake.jobs import Job

from ticketscope.upstream import made_for

LARGE = 2_000


def spare_repetition() -> None:
    """Let this process build large DAGs without the repetition."""
    if not made_for("snakemake", "9.27.1", "the quicker dry-run of large experiments"):
        return
    common.get_function_params = rules.get_function_params = cache(common.get_function_params)
    ScriptProcessor.process_job = _once_a_rule
    gc.set_threshold(50_000, 20, 20)


_read_script = ScriptProcessor.process_job


def _once_a_rule(processor: ScriptProcessor, job: Job) -> None:
    """Check for each rule, not for each of its jobs, that its script can be read."""
    checked = processor.__dict__.setdefault("_checked", set())
    script = getattr(job.rule, processor.script_type)
    # With a wildcard in its path, each job has a script of its own.
    if job.rule not in checked or "{" in str(script):
        _read_script(processor, job)
        checked.add(job.rule)
