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

from workflow.lab.daemons import LabError, pid_of, wait
from workflow.lab.experiment import DENSE, Experiment
from workflow.lab.lab import Lab

Seen = dict[str, Any]


def jobs(lab: Lab) -> list[str]:
    """Ids, states and restarts of all jobs of snakemake that Slurm remembers."""
    listed = lab.call("squeue", "--noheader", "--states=all", "--format=%i %T %k").splitlines()
    rows = []
    for job, state, comment in (line.split(" ", 2) for line in sorted(listed)):
        if comment.startswith("rule_"):
            shown = lab.call("scontrol", "show", "job", job)
            restarts = re.search(r"Restarts=(\d+)", shown)
            limit = re.search(r"TimeLimit=(\S+)", shown)
            memory = re.search(r"mem=(\w+)", shown)
            rows.append(
                f"{job} {state}, {restarts[1] if restarts else '?'} restarts, "
                f"limit {limit[1] if limit else '?'}, {memory[1] if memory else '?'}"
            )
    return rows


def running(lab: Lab) -> list[str]:
    return lab.call("squeue", "--noheader", "--states=R", "--format=%i %k").splitlines()


def first_job(lab: Lab) -> str:
    """The id of the training, which runs."""
    wait(lambda: running(lab), "a running job", 120)
    return running(lab)[0].split()[0]


def preempted(experiment: Experiment, lab: Lab) -> Seen:
    """Urgent jobs take both nodes: Slurm puts the training back into the queue."""
    process = experiment.start(DENSE)
    experiment.wait_for_save()
    lab.call(
        "sbatch", "-p", "urgent", "-N2", "--exclusive", "-o", "/dev/null", "--wrap", "sleep 20"
    )
    wait(lambda: lab.call("squeue", "--noheader", "-p", "urgent", "--states=R"), "urgency", 120)
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
    shown = lab.call("scontrol", "show", "job", first_job(lab))
    node = re.search(r" NodeList=(\w+)", shown)
    assert node is not None
    lab.kill_node(node[1])
    experiment.finish(process)
    lab.start_node(node[1])
    return {"node": node[1]}


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
