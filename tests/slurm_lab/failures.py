"""What may happen to a training on a cluster, made to happen on a lab while snakemake runs.

Each scenario disturbs one training and returns what was seen; `check` adds whether the training
ended with the bytes of an undisturbed one.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.slurm_lab.daemons import LabError, pid_of, wait
from tests.slurm_lab.experiment import DENSE, Experiment
from tests.slurm_lab.lab import Lab

Seen = dict[str, Any]


def jobs(lab: Lab) -> list[str]:
    """Ids, states and restarts of all jobs of snakemake that Slurm remembers."""
    listed = lab.call("squeue", "--noheader", "--states=all", "--format=%i %T %k").splitlines()
    rows = []
    for job, state, comment in (line.split(" ", 2) for line in sorted(listed)):
        if comment.startswith("rule_"):
            restarts, limit, memory = (
                _field(lab, job, name) for name in ("Restarts", "TimeLimit", "mem")
            )
            rows.append(f"{job} {state}, {restarts} restarts, limit {limit}, {memory}")
    return rows


def _field(lab: Lab, job: str, name: str) -> str:
    """What Slurm says of a job."""
    shown = lab.call("scontrol", "show", "job", job)
    field = re.search(rf"\b{name}=([^\s,]+)", shown)
    return field[1] if field else "?"


def running(lab: Lab) -> list[str]:
    return lab.call("squeue", "--noheader", "--states=R", "--format=%i %k").splitlines()


def first_job(lab: Lab) -> str:
    """The id of the training, which runs."""
    wait(lambda: running(lab), "a running job", 120)
    return running(lab)[0].split()[0]


def preempt(lab: Lab) -> None:
    """An urgent job takes both nodes: Slurm puts what runs on them back into the queue."""
    lab.call("sbatch", "-p", "urgent", "-N2", "--exclusive", "-o/dev/null", "--wrap", "sleep 5")
    wait(lambda: lab.call("squeue", "--noheader", "-p", "urgent", "--states=R"), "urgency", 120)


def preempted(experiment: Experiment, lab: Lab) -> Seen:
    """Something more urgent takes the training's node."""
    process = experiment.start(DENSE)
    experiment.wait_for_save()
    preempt(lab)
    experiment.finish(process)
    return {}


def in_pieces(experiment: Experiment, lab: Lab) -> Seen:
    """Twice the training's limit is near before it is done; not one failure is allowed."""
    process = experiment.start(DENSE, "--retries", "0")
    first = _end_piece(experiment, lab, set(), restarts=1)
    _end_piece(experiment, lab, first, restarts=2)
    experiment.finish(process)
    return {}


def _end_piece(experiment: Experiment, lab: Lab, known: set[str], restarts: int) -> set[str]:
    """Lower the limit after another save, and raise it again for the next piece."""
    wait(lambda: experiment.saves() - known, "another save of the training", 300)
    job = first_job(lab)
    minutes = int(lab.call("squeue", "--noheader", f"--jobs={job}", "--format=%M").split(":")[-2])
    lab.call("scontrol", "update", f"JobId={job}", f"TimeLimit={minutes + 1}")
    count = f"Restarts={restarts} "
    wait(lambda: count in lab.call("scontrol", "show", "job", job), "the end of a piece", 300)
    lab.call("scontrol", "update", f"JobId={job}", "TimeLimit=60")
    return experiment.saves()


def out_of_memory(experiment: Experiment, lab: Lab) -> Seen:
    """600 MB at the first attempt, 1200 at the second: fairseq alone takes more than the first."""
    experiment.run(DENSE, "--set-resources", "train_dense:mem_mb=600 * attempt")
    return {}


def cancelled(experiment: Experiment, lab: Lab) -> Seen:
    """Somebody cancels the job."""
    process = experiment.start(DENSE)
    experiment.wait_for_save()
    lab.call("scancel", first_job(lab))
    experiment.finish(process)
    return {}


def node_killed(experiment: Experiment, lab: Lab) -> Seen:
    """The training's node dies: its daemon and all its processes."""
    process = experiment.start(DENSE)
    experiment.wait_for_save()
    node = _field(lab, first_job(lab), "NodeList")
    lab.kill_node(node)
    experiment.finish(process)
    lab.start_node(node)
    return {"node": node}


def snakemake_killed(experiment: Experiment, lab: Lab) -> Seen:
    """SIGKILL of snakemake while the training runs; then the same command again."""
    process = experiment.start(DENSE)
    experiment.wait_for_save()
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = len(running(lab))
    experiment.run("--unlock")
    again = experiment.start(DENSE)
    most = 0
    while again.poll() is None:
        most = max(most, len(running(lab)))
        time.sleep(0.2)
    experiment.finish(again)
    return {"left_running": left, "most_at_a_time": most}


def ended_unwatched(experiment: Experiment, lab: Lab) -> Seen:
    """SIGKILL of snakemake; the training ends by itself; then the same command again."""
    process = experiment.start(DENSE)
    experiment.wait_for_save()
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait(lambda: not lab.call("squeue", "--noheader"), "the training to end", 1200)
    before = experiment.digest()
    experiment.run("--unlock")
    experiment.run(DENSE)
    nothing = "Nothing to be done" in experiment.printed().rpartition("--unlock")[2]
    return {"result_kept": experiment.digest() == before, "nothing_to_do": nothing}


def controller_silent(experiment: Experiment, lab: Lab) -> Seen:
    """For 40 s nobody answers: before the first submission, and again while the job runs."""
    controller = pid_of(lab.folder, "slurmctld")
    process = experiment.start(DENSE)
    wait(lambda: "Building DAG" in experiment.printed(), "the DAG", 120)
    _silence(controller, 40)
    experiment.wait_for_save()
    _silence(controller, 40)
    experiment.finish(process)
    return {}


def _silence(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(pid, signal.SIGCONT)


SCENARIOS: dict[str, Callable[[Experiment, Lab], Seen]] = {
    "preempted": preempted,
    "in_pieces": in_pieces,
    "out_of_memory": out_of_memory,
    "cancelled": cancelled,
    "node_killed": node_killed,
    "snakemake_killed": snakemake_killed,
    "ended_unwatched": ended_unwatched,
    "controller_silent": controller_silent,
}


def check(name: str, folder: Path, lab: Lab, undisturbed: Experiment) -> Seen:
    """Run one scenario: what was seen, what Slurm says, and whether the bytes are the same."""
    experiment = Experiment(folder, lab).with_corpus_of(undisturbed)
    start = time.monotonic()
    try:
        seen = SCENARIOS[name](experiment, lab)
    except LabError as error:
        return {"failed": str(error), "jobs": jobs(lab)}
    return {
        "seconds": round(time.monotonic() - start),
        **seen,
        "jobs": jobs(lab),
        "same_bytes": experiment.digest() == undisturbed.digest(),
        "same_log": experiment.log_rows() == undisturbed.log_rows(),
    }
