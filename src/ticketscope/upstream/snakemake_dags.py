"""What Snakemake 9.27 does for every job of a DAG, done once where once is enough.

A dry-run of 10,000 jobs takes a third less without the repetition (benchmarks/dag.py).
"""

import gc
from functools import cache

import snakemake.api  # noqa: F401 (its parts cannot be imported before it)
from snakemake import common, rules
from snakemake.dag import ScriptProcessor
from snakemake.jobs import Job


def spare_repetition() -> None:
    """Let this process build large DAGs without the repetition."""
    # The signature of each function of a rule, several times a job.
    common.get_function_params = rules.get_function_params = cache(common.get_function_params)
    ScriptProcessor.process_job = _once_a_rule
    # A DAG is all objects that stay: looking through them for garbage every 700 finds none.
    gc.set_threshold(50_000, 20, 20)


_read_script = ScriptProcessor.process_job


def _once_a_rule(processor: ScriptProcessor, job: Job) -> None:
    """Whether a script can be read, asked for each rule, not for each of its jobs."""
    checked = processor.__dict__.setdefault("_checked", set())
    script = getattr(job.rule, processor.script_type)
    # A wildcard in its path makes it another script for each job.
    if job.rule not in checked or "{" in str(script):
        _read_script(processor, job)
        checked.add(job.rule)
