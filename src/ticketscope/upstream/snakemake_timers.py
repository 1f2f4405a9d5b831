"""Snakemake's scheduler with one timer, where its own has one more for every finished job.

While it limits how many jobs start in a second, and by default it does, Snakemake 9.27 chooses jobs
anew one second after each choice. The end of a job starts a choice too, so there is one more chain
of timers after each: with 150 jobs done and 60 ready, choosing took half a core of the default
experiment's two.
"""

import threading

from snakemake.scheduling.job_scheduler import JobScheduler


def choose_once_a_second() -> None:
    """Let all schedulers of this process wait with one timer at most."""
    JobScheduler._schedule_reevalutation = _wait_with_one_timer


def _wait_with_one_timer(scheduler: JobScheduler, delay: float) -> None:
    """Choose again after so many seconds, or when an earlier call said.

    That choice calls this again, so none is lost, whichever of the two is later.
    """
    if getattr(scheduler, "_waits", False):
        return

    def choose() -> None:
        scheduler._waits = False  # first: the choice may be over before this thread is
        scheduler._open_jobs.release()

    scheduler._waits = True
    timer = threading.Timer(delay, choose)
    timer.daemon = True  # or Snakemake would end that much later
    timer.start()
