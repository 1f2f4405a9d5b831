"""Let benchmarks ask seldom for the memory that processes share.

Wrong upstream (Snakemake 9.27.1): twice a second in a job's first 15 seconds the main process has
the kernel walk through all pages of the job's processes, for the unique and proportional set sizes.
Gain: of the smoke experiment's main process that was more than half, on two cores a twentieth of
what jobs could have had.
Can go: when these sizes are read at the longer interval only.
"""

import time
from typing import Any

import psutil

from ticketscope.upstream import made_for

SECONDS = 10


def measure_shared_memory_seldom() -> None:
    """Between two looks so many seconds apart, only resident and virtual sizes are new."""
    if made_for("snakemake", "9.27.1", "the cheaper benchmarks"):
        psutil.Process.memory_full_info = _memory


_read_all = psutil.Process.memory_full_info


def _memory(process: psutil.Process) -> Any:
    before = process.__dict__.get("_all_memory")
    if before is not None and time.monotonic() - before[0] < SECONDS:
        sizes = process.memory_info()
        return before[1]._replace(rss=sizes.rss, vms=sizes.vms)
    sizes = _read_all(process)
    process.__dict__["_all_memory"] = (time.monotonic(), sizes)
    return sizes
