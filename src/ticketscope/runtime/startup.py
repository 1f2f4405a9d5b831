"""What a process has cost so far, for the logs: `benchmarks/experiment.py` adds it up."""

import os
import re
import time
from pathlib import Path

# Seconds since the process began, its CPU seconds, its id.
LINE = re.compile(r"^start-up: ([\d.]+) s, ([\d.]+) s of CPU, process (\d+)$", re.MULTILINE)
_STARTED = 22 - 3  # the field `starttime` of /proc/self/stat, counted behind the command's name


def start_up() -> str:
    """A line on this process's time until now: interpreter, imports, whatever came before.

    Print it where the useful part begins. The last line of a process counts. A process that was
    forked began at the fork.
    """
    return f"start-up: {age():.2f} s, {time.process_time():.2f} s of CPU, process {os.getpid()}"


def age() -> float:
    """Seconds since this process began; both are counted from the start of the machine."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    started = int(fields[_STARTED]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started
