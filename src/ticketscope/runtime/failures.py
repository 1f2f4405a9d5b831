"""What a failed run says last: why its jobs failed, in the words of their logs.

Snakemake's trace and messages follow a job's own line, which scrolls away with them.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# How `job` ends the log of a job that failed.
_REASON = re.compile(r"^(?:error: |(?=unexpected |interrupted: ))(.*)$", re.MULTILINE)


def last_lines(failed: Iterable[Any]) -> str:
    """A line for each job that failed: which, why, where its log is, what to do.

    Args:
        failed: Snakemake's jobs, and groups of jobs.
    """
    reasons: dict[Any, str] = {}
    for entry in failed:
        jobs = {job: _reason(job) for job in (entry.jobs if entry.is_group() else [entry])}
        # Of a group, one may have failed alone.
        reasons |= {job: reason for job, reason in jobs.items() if reason} or jobs
    again = "the same command goes on from what is finished"
    lines = [
        f"error: {_name(job)} failed: {reason or 'killed, or see above'} "
        f"(log: {', '.join(job.log)}); fix it, and {again}"
        for job, reason in reasons.items()
    ]
    return "\n".join(sorted(lines)) or f"stopped: {again}"


def _name(job: Any) -> str:
    wildcards = ", ".join(f"{name} {value}" for name, value in job.wildcards_dict.items())
    return f"{job.rule.name} ({wildcards})" if wildcards else str(job.rule.name)


def _reason(job: Any) -> str:
    """How the job's log ends, if it is one of ours that failed by itself."""
    logs = [Path(log) for log in job.log if Path(log).is_file()]
    text = logs[0].read_text(encoding="utf-8", errors="replace") if logs else ""
    return next(iter(reversed(_REASON.findall(text))), "")
