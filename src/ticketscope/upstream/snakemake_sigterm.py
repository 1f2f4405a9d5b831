"""Let SIGTERM end Snakemake.

Wrong upstream (Snakemake 9.27.1): the handler of SIGTERM takes the scheduler's lock. The thread
that it interrupts may hold that lock, while it notes the end of a job for instance, and then
Snakemake waits for itself forever.
Gain: after `kill`, running jobs end, and so does Snakemake.
Can go: when the handler takes no lock, or a reentrant one.
"""

import threading

from snakemake.scheduling.job_scheduler import JobScheduler

from ticketscope.upstream import made_for


def end_on_sigterm() -> None:
    """Let all schedulers of this process take the lock in a thread of its own."""
    if made_for("snakemake", "9.27.1", "a safe end on SIGTERM"):
        JobScheduler.exit_gracefully = _exit_gracefully


_take_lock = JobScheduler.exit_gracefully


def _exit_gracefully(scheduler: JobScheduler, *_: object) -> None:
    threading.Thread(target=_take_lock, args=(scheduler,)).start()
