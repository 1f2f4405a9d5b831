"""One fairseq training, in one subprocess a device, watched."""

import json
import math
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dissect.errors import InputError
from dissect.processes import Processes, fairseq_command, fairseq_environment
from dissect.settings import FlagValue, Languages
from dissect.tickets.settings import Model, Training

PLUGIN = Path(__file__).parent / "fairseq_plugin"
Progress = Callable[[str], None]

# Of a ticket's log.
COLUMNS = ["update", "epoch", "lr", "loss", "nll_loss", "tokens_per_second"]


@dataclass(frozen=True)
class Setup:
    """What every training of an experiment shares.

    Attributes:
        data: Folder of fairseq-preprocess.
        seed: Seed of the initialisation, of dropout and of the order of the data.
    """

    model: Model
    training: Training
    languages: Languages
    data: Path
    seed: int

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], data: Path, seed: int) -> "Setup":
        """From the config's sections as plain dicts."""
        return cls(
            Model.model_validate(settings["model"]),
            Training.model_validate(settings["training"]),
            Languages.model_validate(settings["languages"]),
            data,
            seed,
        )

    def settings(self) -> dict[str, Any]:
        """The same as plain values: what, with the data's bytes, decides a training's result."""
        return {
            "model": self.model.model_dump(mode="json"),
            "training": self.training.model_dump(mode="json"),
            "languages": self.languages.model_dump(mode="json"),
            "seed": self.seed,
        }


def options(flags: dict[str, FlagValue]) -> list[str]:
    """Command-line options from config values: True is a bare flag, False leaves it out."""
    given: list[str] = []
    for name, value in flags.items():
        if value is True:
            given.append(f"--{name}")
        elif value is not False:
            given += [f"--{name}", str(value)]
    return given


def command(
    setup: Setup,
    folder: Path,
    *,
    max_epoch: int,
    cpu: bool,
    mask: Path | None = None,
    start: Path | None = None,
) -> list[str]:
    """The fairseq-train command; of several devices, what their processes have in common.

    Args:
        setup: The experiment's part.
        folder: Where fairseq keeps its checkpoints; a last one there is resumed.
        max_epoch: Train until this epoch's end, counted from LTH0's first.
        cpu: Without a GPU: gloo's processes in place of devices.
        mask: Mask to enforce.
        start: Checkpoint to start from while `folder` holds none.

    Raises:
        InputError: the precision needs a GPU.
    """
    t = setup.training
    if cpu and t.precision != "fp32":
        raise InputError(
            f"training.precision: {t.precision} needs a GPU and none is visible: use fp32"
        )
    arguments = [
        *fairseq_command("train"), str(setup.data),
        "--user-dir", str(PLUGIN), "--task", "masked_translation",
        "--source-lang", setup.languages.source, "--target-lang", setup.languages.target,
        "--arch", setup.model.arch, *options(setup.model.overrides),
        "--optimizer", t.optimizer, "--adam-betas", str(tuple(t.adam_betas)),
        "--adam-eps", str(t.adam_eps), "--weight-decay", str(t.weight_decay),
        "--lr", str(t.lr), "--lr-scheduler", t.lr_scheduler,
        "--criterion", "label_smoothed_cross_entropy",
        "--label-smoothing", str(t.label_smoothing), "--dropout", str(t.dropout),
        "--clip-norm", str(t.clip_norm), "--max-tokens", str(t.max_tokens),
        # Batches go to the devices in turn, so an update has the same ones at any number of them.
        "--update-freq", str(t.update_freq // t.devices), "--max-epoch", str(max_epoch),
        "--seed", str(setup.seed), "--disable-validation",
        # With any larger multiple fairseq drops a last batch that is not full, and with it the
        # longest sentences, in every epoch.
        "--required-batch-size-multiple", "1",
        "--save-dir", str(folder), "--save-interval-updates", str(t.save_interval_updates),
        "--keep-interval-updates", "1",
        "--no-progress-bar", "--log-format", "json", "--log-interval", str(t.log_interval),
    ]  # fmt: skip
    if t.lr_scheduler != "cosine":  # fairseq's cosine schedule has no such option in epochs
        arguments += ["--warmup-updates", str(t.warmup_updates)]
    if t.warmup_init_lr is not None and t.lr_scheduler in ("inverse_sqrt", "cosine"):
        arguments += ["--warmup-init-lr", str(t.warmup_init_lr)]
    if t.average_checkpoints > 1:
        arguments += ["--keep-last-epochs", str(t.average_checkpoints)]
    else:
        arguments.append("--no-epoch-checkpoints")
    if cpu:
        # A loader process a job would compete with training for the job's one core.
        arguments += ["--cpu", "--num-workers", "0"]
    elif t.precision != "fp32":
        arguments.append(f"--{t.precision}")
    if t.devices > 1:
        arguments += [
            "--distributed-world-size", str(t.devices), "--distributed-no-spawn",
            "--distributed-backend", "gloo" if cpu else "nccl",
            # The only one of fairseq's that also works on CPU, so what the tests try is what runs.
            "--ddp-backend", "legacy_ddp",
            # By default rank 0 sends the checkpoint to the others in a form that torch refuses.
            "--load-checkpoint-on-all-dp-ranks",
        ]  # fmt: skip
    if mask is not None:
        arguments += ["--prune-mask", str(mask)]
    if start is not None:
        arguments += ["--continue-once", str(start)]
    return arguments + options(t.extra)


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
        InputError: the training diverged, the disk is full, or fairseq failed; one line.
    """
    tail: deque[str] = deque(maxlen=200)
    environment = fairseq_environment(gpu)
    if devices > 1:
        # Snakemake gives a job as many of these as it has cores, for all its processes together.
        environment["OMP_NUM_THREADS"] = "1"
    watch = _Watch(name, max_epoch, progress)
    with tempfile.TemporaryDirectory(prefix="dissect-") as meeting:
        commands = [[*arguments, *_rank(r, devices, Path(meeting))] for r in range(devices)]
        with (
            Processes(commands, environment) as processes,
            rows.open("a", encoding="utf-8") as table,
        ):
            for line in processes.lines:
                print(line, end="", flush=True)
                tail.append(line)
                row = _row(line)
                if row is not None:
                    table.write(json.dumps(row) + "\n")
                    table.flush()
                    watch.see(row)
            code = processes.wait()
    if code != 0:
        raise InputError(_why(name, "".join(tail), code, watch))


def _rank(rank: int, devices: int, meeting: Path) -> list[str]:
    """What sets a process apart from the others of its training.

    They find each other by a file of their own: ports could be taken, by another job for instance.
    """
    if devices == 1:
        return []
    return [
        "--distributed-init-method", f"file://{meeting}/ranks",
        "--distributed-rank", str(rank), "--device-id", str(rank),
    ]  # fmt: skip


def _row(line: str) -> dict[str, Any] | None:
    """A row of training progress, from a line that fairseq printed; None for other lines."""
    _, found, text = line.partition("| train_inner | ")
    if not found:
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


class _Watch:
    """Turns rows into a line with the time left, and stops a training whose loss is NaN."""

    def __init__(self, name: str, max_epoch: int, progress: Progress) -> None:
        self._name, self._max_epoch, self._progress = name, max_epoch, progress
        self._first: tuple[float, float] | None = None
        self._said = 0.0
        self.update = 0

    def see(self, row: dict[str, Any]) -> None:
        self.update = row["update"]
        if not math.isfinite(row["loss"]):
            raise InputError(_diverged(self._name, f"loss is NaN at update {self.update}"))
        now = time.monotonic()
        if self._first is None:
            self._first = (now, row["epoch"])
        if now - self._said < 5:
            return
        self._said = now
        since, began = self._first
        left = "--:--"
        if row["epoch"] > began:
            seconds = (now - since) / (row["epoch"] - began) * (self._max_epoch - row["epoch"])
            left = f"{int(seconds // 60)}:{int(seconds % 60):02d}"
        self._progress(
            f"{self._name}: epoch {row['epoch']:.1f}/{self._max_epoch}, update {row['update']}, "
            f"{row['tokens_per_second'] / 1000:.1f}k tok/s, loss {row['loss']:.2f}, {left} left"
        )


def _diverged(name: str, what: str) -> str:
    return (
        f"{name} diverged: {what}; likely cause: the learning rate is too high or the warm-up too "
        "short (training.lr, training.warmup_updates), or fp16 overflowed (training.precision)"
    )


def _why(name: str, text: str, code: int, watch: _Watch) -> str:
    """One line on why fairseq failed, from the end of what it printed."""
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return f"disk full while training {name}: free some space, run again; it will resume"
    if "FloatingPointError" in text:
        return _diverged(name, f"loss or gradient is NaN or infinite after update {watch.update}")
    if "out of memory" in text.lower() or code == -signal.SIGKILL:
        return f"{name} ran out of memory or was killed: lower training.max_tokens, or run again"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    reason = (errors or lines or ["it printed nothing"])[-1]
    return f"fairseq-train failed for {name} (exit code {code}): {reason}"
