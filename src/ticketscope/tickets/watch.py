"""Progress of a training as a line with the time left, and why one failed as a line of its own."""

import math
import re
import signal
import time
from collections.abc import Callable
from typing import Any

from ticketscope.errors import InputError

Progress = Callable[[str], None]

# Lines of our plugin in what fairseq prints: how many batches an epoch has on each device; how many
# pairs of how many are left out as too long, and the length of the longest; in which update a
# device's memory was full.
BATCHES = "batches an epoch: "
LEFT_OUT = "left out, of, longest: "
OUT_OF_MEMORY = "out of memory in update "

# Largest share of the training pairs that may be left out as too long. A corpus from the web has a
# few endless lines, which fairseq's users expect to lose; more is a mistake in the config.
MOST_LEFT_OUT = 0.01


class Watch:
    """Turns rows into a line with the time left, and stops a training that diverges."""

    def __init__(self, name: str, max_epoch: int, progress: Progress) -> None:
        self._name, self._max_epoch, self._progress = name, max_epoch, progress
        self._first: tuple[float, float] | None = None
        self._shown_at = 0.0
        self.update = 0

    def update_with(self, row: dict[str, Any]) -> None:
        """Take a row of the training log; show a line if the last is five seconds old.

        Raises:
            InputError: the loss is NaN or infinite.
        """
        self.update = row["update"]
        if not math.isfinite(row["loss"]):
            symptom = f"loss is NaN or infinite at update {self.update}"
            raise InputError(_divergence(self._name, symptom))
        now = time.monotonic()
        if self._first is None:
            self._first = (now, row["epoch"])
        if now - self._shown_at < 5:
            return
        self._shown_at = now
        first_time, first_epoch = self._first
        left = "--:--"
        if row["epoch"] > first_epoch:
            seconds = (
                (now - first_time) / (row["epoch"] - first_epoch) * (self._max_epoch - row["epoch"])
            )
            left = f"{int(seconds // 60)}:{int(seconds % 60):02d}"
        self._progress(
            f"{self._name}: epoch {row['epoch']:.1f}/{self._max_epoch}, update {row['update']}, "
            f"{row['tokens_per_second'] / 1000:.1f}k tok/s, loss {row['loss']:.2f}, {left} left"
        )


def left_out(name: str, line: str, max_tokens: int) -> str:
    """A warning, from a line of `LEFT_OUT`.

    Raises:
        InputError: more than `MOST_LEFT_OUT` of the pairs are left out.
    """
    few, pairs, longest = map(int, line.removeprefix(LEFT_OUT).split())
    what = (
        f"{name}: {few:,} of {pairs:,} training pairs are too long and are left out: the longest "
        f"side has {longest:,} subwords. Raise training.max_tokens ({max_tokens:,}), and "
        "max-source-positions and max-target-positions in model.overrides (1,024 unless they are "
        "set), or shorten these lines"
    )
    if few > MOST_LEFT_OUT * pairs:
        raise InputError(f"{what}; at most {MOST_LEFT_OUT:.0%} of the pairs may be left out")
    return f"warning: {what}"


def _divergence(name: str, symptom: str) -> str:
    return (
        f"{name} diverged: {symptom}; likely cause: the learning rate is too high or the warm-up "
        "too short (training.lr, training.warmup_updates), or fp16 overflowed (training.precision)"
    )


def explain_failure(name: str, text: str, code: int, watch: Watch, max_tokens: int) -> str:
    """One line on why fairseq failed, from the end of what it printed."""
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return f"disk full while training {name}: free some space, run again; it will resume"
    if "FloatingPointError" in text:
        return _divergence(name, f"loss or gradient is NaN or infinite after update {watch.update}")
    if in_update := re.search(rf"{OUT_OF_MEMORY}(\d+)", text):
        capacity = re.search(r"total capacity of ([\d.]+ \w+)", text)
        memory = f" of {capacity[1]}" if capacity else ""
        return (
            f"{name}: the GPU's memory{memory} was full in update {in_update[1]}: lower "
            f"training.max_tokens ({max_tokens}) and raise training.update_freq by as much; "
            "updates stay as large, of other sentences"
        )
    # torch notices a dead process by its signal or, while it sends a batch, by a broken pipe.
    broken = "dataloader.py" in text and re.search(r"(EOF|ConnectionReset|BrokenPipe)Error", text)
    if broken or re.search(r"DataLoader worker .*(killed|exited unexpectedly)", text):
        return (
            f"{name}: a process that loads batches was killed, mostly for want of the host's "
            "memory: run again, and it will resume; fewer processes need less "
            "(training.extra: {num-workers: 0})"
        )
    if "busy or unavailable" in text:
        return (
            f"{name}: another process holds the GPU for itself: see nvidia-smi, and run again when "
            "it has ended"
        )
    # cuBLAS has words of its own where the rest of a GPU's memory is too small for its workspace.
    full = re.search(r"out of memory|CUBLAS_STATUS_ALLOC_FAILED", text, re.IGNORECASE)
    if full or code == -signal.SIGKILL:
        return f"{name} ran out of memory or was killed: lower training.max_tokens, or run again"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    reason = (errors or lines or ["it printed nothing"])[-1]
    return f"fairseq-train failed for {name} (exit code {code}): {reason}"
