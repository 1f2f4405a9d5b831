"""SIGTERM that comes while Snakemake's scheduler holds its lock."""

import subprocess
import sys

INTERRUPT = """
import os, signal, threading
from snakemake.scheduling.job_scheduler import JobScheduler
from ticketscope.upstream import snakemake_sigterm

snakemake_sigterm.end_on_sigterm()
scheduler = object.__new__(JobScheduler)
scheduler._lock, scheduler._open_jobs = threading.Lock(), threading.Semaphore(0)
signal.signal(signal.SIGTERM, scheduler.exit_gracefully)
with scheduler._lock:
    os.kill(os.getpid(), signal.SIGTERM)
assert scheduler._open_jobs.acquire(timeout=20)
assert scheduler._user_kill == "graceful"
"""


def test_the_scheduler_hears_it_and_goes_on():
    """Without the work-around it waits for itself, and this for the time limit."""
    subprocess.run([sys.executable, "-c", INTERRUPT], check=True, timeout=60)
