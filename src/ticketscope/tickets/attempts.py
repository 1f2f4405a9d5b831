"""What the earlier attempts at a training took: pieces before the last one, kills, failures.

Snakemake measures a job from its last start. A training that ran in pieces, or was killed and
resumed, has cost more, so its log names each earlier attempt.
"""

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any

import psutil

from ticketscope.runtime.machine import machine
from ticketscope.runtime.startup import age

# Seconds of the clock, CPU seconds of all processes, machine.
LINE = re.compile(r"^earlier attempt: ([\d.]+) s, ([\d.]+) s of CPU, on (.+)$", re.MULTILINE)

# Seconds between two notes: what a kill can take from an attempt's account.
SECONDS = 30.0


@contextmanager
def noted(file: IO[str], recipe: Mapping[str, Any]) -> Iterator[None]:
    """Print a line on each earlier attempt at this training; note in `file` what this one takes.

    Args:
        file: Open for reading and writing, and held by nobody else. Attempts at another recipe
            are dropped from it.
        recipe: Everything that decides the training's result.
    """
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
    earlier = _read(file, digest)
    for attempt in earlier:
        print("earlier attempt: {wall_s} s, {cpu_s} s of CPU, on {machine}".format(**attempt))
    here = machine()

    def note() -> None:
        text = json.dumps({"recipe": digest, "attempts": [*earlier, _spent() | {"machine": here}]})
        # In place and in one write, so that a kill leaves the old note or the new one.
        with suppress(OSError):  # a full disk ends a training when it saves, not here
            os.pwrite(file.fileno(), text.encode().ljust(os.fstat(file.fileno()).st_size), 0)

    def keep_noting() -> None:
        while not ended.wait(SECONDS):
            note()

    ended = threading.Event()
    note()
    thread = threading.Thread(target=keep_noting, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        note()


def _read(file: IO[str], digest: str) -> list[dict[str, Any]]:
    """Attempts at the same recipe; none if the file is empty or torn."""
    file.seek(0)
    try:
        written = json.loads(file.read())
    except ValueError:
        return []
    return written["attempts"] if written["recipe"] == digest else []


def _spent() -> dict[str, float]:
    """Seconds since this process began, and CPU seconds of it and of all that it started."""
    this = psutil.Process()
    cpu = 0.0
    for process in (this, *this.children(recursive=True)):
        with suppress(psutil.Error):  # it has just ended
            cpu += sum(process.cpu_times()[:4])  # user, system, and those of its ended children
    return {"wall_s": round(age(), 1), "cpu_s": round(cpu, 1)}
