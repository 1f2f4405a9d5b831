"""One timer, however many jobs have finished."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from snakemake.scheduling.job_scheduler import JobScheduler

from ticketscope.upstream import snakemake_timers as scheduling


class Semaphore:
    """Of a scheduler that chooses at once, in the timer's own thread."""

    def __init__(self, choose: Callable[[], None]) -> None:
        self.released = 0
        self._choose = choose

    def release(self) -> None:
        self.released += 1
        self._choose()


def test_many_requests_are_one_choice_and_that_one_may_ask_again(monkeypatch) -> None:
    monkeypatch.setattr(JobScheduler, "_schedule_reevalutation", None)
    scheduling.choose_once_a_second()
    scheduler = JobScheduler.__new__(JobScheduler)
    done = threading.Event()

    def choose() -> None:
        if scheduler._open_jobs.released < 3:
            for _ in range(50):
                scheduler._schedule_reevalutation(0.05)
        else:
            done.set()

    scheduler._open_jobs = Semaphore(choose)
    choose()
    assert scheduler._open_jobs.released == 0
    assert done.wait(20)
    time.sleep(0.3)
    assert scheduler._open_jobs.released == 3


def test_the_workflow_runs_with_it_and_never_waits_at_the_end(root: Path, tmp_path: Path) -> None:
    # A limit by 1000 s would leave a timer of 1000 s behind.
    code = (
        "import sys\n"
        "from snakemake.cli import main\n"
        "from snakemake.scheduling.job_scheduler import JobScheduler\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(JobScheduler._schedule_reevalutation.__module__)\n"
    )
    done = subprocess.run(
        [
            sys.executable, "-c", code, "--snakefile", root / "Snakefile",
            "--workflow-profile", root / "profiles/default", "--directory", tmp_path,
            "--configfile", root / "config/smoke.yaml", "--cores", "1",
            "--max-jobs-per-timespan", "9/1000s", "results/smoke/corpus/raw/valid.en",
        ],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert "ticketscope.upstream.snakemake_timers" in done.stdout.splitlines(), done.stderr
    assert (tmp_path / "results/smoke/corpus/raw/valid.en").exists()
