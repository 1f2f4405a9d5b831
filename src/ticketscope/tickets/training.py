"""One fairseq training, in one subprocess a device, watched."""

import json
import math
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ticketscope.errors import InputError
from ticketscope.runtime.devices import claim_gpus
from ticketscope.runtime.processes import Processes, fairseq_environment
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup, command
from ticketscope.tickets.watch import BATCHES, LEFT_OUT, Progress, Watch, explain_failure, left_out
from ticketscope.tickets.workfolder import LAST, ROWS, recover_last

# Options in `training.extra` that change how many updates an epoch or a training has.
_LENGTH = {"max-update", "skip-remainder-batch", "stop-time-hours", "stop-min-lr"}

# How many batches an epoch has on each device, in the work folder.
BATCHES_FILE = "batches"


def train_until(
    setup: Setup,
    folder: Path,
    name: str,
    *,
    max_epoch: int,
    progress: Progress,
    mask: Path | None = None,
    start: Path | None = None,
) -> None:
    """Train in the work folder until the end of `max_epoch`, resuming from its last checkpoint.

    Args:
        setup: Model, training, data, seed.
        folder: Work folder of the training.
        name: What to call the training in messages.
        max_epoch: Last epoch, counted from LTH0's first.
        progress: Gets a line every few seconds.
        mask: Mask to enforce.
        start: Checkpoint to start from while the folder holds none.
    """
    if recover_last(folder):
        epochs, updates = _progress(folder / LAST)
        if epochs >= max_epoch:
            _check_updates(setup, folder, name, start)
            return
        progress(f"{name}: resumes at epoch {epochs + 1}, after update {updates}")
    devices = setup.training.devices
    with claim_gpus(progress, devices) as gpu:
        arguments = command(
            setup, folder, max_epoch=max_epoch, cpu=gpu is None, mask=mask, start=start
        )
        run(
            arguments,
            name=name,
            max_epoch=max_epoch,
            rows=folder / ROWS,
            devices=devices,
            gpu=gpu,
            progress=progress,
        )
    _check_updates(setup, folder, name, start)


def _progress(checkpoint: Path) -> tuple[int, int]:
    """Whole epochs and updates behind a checkpoint."""
    state = checkpoints.load(checkpoint)
    epoch = state["extra_state"]["train_iterator"]["epoch"]  # the one that comes next, or is begun
    return epoch - 1, state["optimizer_history"][-1]["num_updates"]


def _check_updates(setup: Setup, folder: Path, name: str, start: Path | None) -> None:
    """Refuse a training that has skipped updates; fp16 alone may, where gradients overflow.

    Raises:
        InputError: there are fewer updates than so many epochs of the data have.
    """
    counted = folder / BATCHES_FILE
    # Neither a training of an earlier version nor one whose length `extra` changes can be counted.
    if not counted.exists() or _LENGTH & setup.training.extra.keys():
        return
    batches = int(counted.read_text())
    freq = setup.training.update_freq // setup.training.devices
    (first, before), (last, after) = _progress(start) if start else (0, 0), _progress(folder / LAST)
    epochs, updates = last - first, after - before
    expected = epochs * math.ceil(batches / freq)
    if updates < expected and setup.training.precision != "fp16":
        raise InputError(
            f"{name}: fairseq made {updates} updates in {epochs} epochs, and the data has "
            f"{expected}: see the log for what it skipped, then delete {folder} and run again"
        )


def run(
    arguments: Sequence[str],
    *,
    name: str,
    max_epoch: int,
    rows: Path,
    devices: int,
    gpu: str | None,
    progress: Progress,
) -> None:
    """Run one fairseq-train to its end.

    Everything it prints goes to our standard output (the job's log); its progress rows are
    appended to `rows` as JSON lines; every few seconds `progress` gets a line with the time left.
    It dies with us: no training outlives its job.

    Args:
        arguments: The command, as `command` gives it.
        name: What to call it in messages.
        max_epoch: Its last epoch.
        rows: File of the rows.
        devices: Number of processes that train together.
        gpu: Their devices, as CUDA_VISIBLE_DEVICES names them; None: on CPU.
        progress: Gets a line every few seconds.

    Raises:
        InputError: the training diverged, the disk is full, fairseq failed, or many pairs are too
            long for it; one line.
    """
    max_tokens = int(arguments[arguments.index("--max-tokens") + 1])
    tail: deque[str] = deque(maxlen=200)
    environment = fairseq_environment(gpu)
    if devices > 1:
        # Snakemake gives a job as many of these as it has cores, for all its processes together.
        environment["OMP_NUM_THREADS"] = "1"
    watch = Watch(name, max_epoch, progress)
    with tempfile.TemporaryDirectory(prefix="ticketscope-") as rendezvous:
        commands = [[*arguments, *_rank(r, devices, Path(rendezvous))] for r in range(devices)]
        with (
            Processes(commands, environment) as processes,
            rows.open("a", encoding="utf-8") as table,
        ):
            for line in processes.lines:
                print(line, end="", flush=True)
                if line.startswith(LEFT_OUT) and line not in tail:  # each device says it
                    progress(left_out(name, line, max_tokens))
                tail.append(line)
                if line.startswith(BATCHES):
                    (rows.parent / BATCHES_FILE).write_text(line.removeprefix(BATCHES))
                row = _row(line)
                if row is not None:
                    table.write(json.dumps(row | {"time": round(time.time(), 1)}) + "\n")
                    table.flush()
                    watch.update_with(row)
            code = processes.wait()
    if code != 0:
        raise InputError(explain_failure(name, "".join(tail), code, watch, max_tokens))


def _rank(rank: int, devices: int, rendezvous: Path) -> list[str]:
    """What sets a process apart from the others of its training.

    They find each other by a file of their own: ports could be taken, by another job for instance.
    """
    if devices == 1:
        return []
    return [
        "--distributed-init-method", f"file://{rendezvous}/ranks",
        "--distributed-rank", str(rank), "--device-id", str(rank),
    ]  # fmt: skip


def _row(line: str) -> dict[str, Any] | None:
    """A row of training progress, from a line that fairseq printed; None for other lines."""
    _, marker, text = line.partition("| train_inner | ")
    if not marker:
        return None
    raw = json.loads(text)
    return {
        "update": int(raw["num_updates"]),
        "epoch": round(float(raw["update"]), 3),  # fairseq calls epochs, in fractions, updates
        "lr": float(raw["lr"]),
        "loss": float(raw["loss"]),
        "nll_loss": float(raw["nll_loss"]),
        "tokens_per_second": float(raw["wps"]),
    }
