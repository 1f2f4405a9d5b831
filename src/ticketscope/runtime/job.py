"""What every workflow script wraps its work in: a log, verified files, one clear line."""

import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Protocol

from ticketscope.errors import InputError
from ticketscope.runtime import published
from ticketscope.runtime.machine import machine
from ticketscope.runtime.startup import start_up

# Begins a log's first line, which says what the job ran on.
MACHINE = "machine: "

IN_SLURM = "SLURM_JOB_ID"


class Script(Protocol):
    """What is asked of Snakemake's object `snakemake`."""

    input: Iterable[str]
    output: Iterable[str]
    log: Sequence[str]


@contextmanager
def job(script: Script) -> Iterator[Callable[[str], None]]:
    """Send everything that is printed to the log; yield a function that also shows a line.

    The log begins with the machine, and with what this process took until here. Subprocesses are
    covered too: it is the file descriptors that are redirected. SIGTERM ends the block as
    `sys.exit` would, so that what is running is cleaned up and children are stopped; in a Slurm job
    it is ignored. Files are read as they were written (`published`), or the job ends at once.

    Args:
        script: `snakemake`. The log's folder is made, an earlier log is replaced.

    Yields:
        `progress(line)`: writes a line to the terminal's stderr and to the log.

    Raises:
        SystemExit: in place of any exception. An `InputError` is shown and logged as one line. Any
            other has its traceback in the log, and one line on the terminal says so.
    """
    path = Path(script.log[0])

    def progress(line: str) -> None:
        # Neither a terminal that has gone nor a full disk may end the job, or hide why it ended.
        with suppress(OSError):
            os.write(terminal, f"{line}\n".encode())
        with suppress(OSError):
            print(line, flush=True)

    code: int | None = None
    started = start_up()
    with _redirected(path) as terminal, _sigterm_exits():
        try:
            with suppress(OSError):
                print(f"{MACHINE}{machine()}\n{started}")
            published.verify(script.input)
            yield progress
            published.record(script.output)
        except InputError as error:
            code = 1
            progress(f"error: {_one_line(error)}")
        except KeyboardInterrupt:
            code = 128 + signal.SIGINT
            progress(f"interrupted: {path}")
        except Exception as error:
            code = 1
            with suppress(OSError):
                traceback.print_exc()
            progress(f"unexpected {type(error).__name__}: {_one_line(error)} (traceback in {path})")
    if code is not None:
        sys.exit(code)


@contextmanager
def _redirected(path: Path) -> Iterator[int]:
    """Point descriptors 1 and 2 at a new file; yield the descriptor of what stderr was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    saved = [os.dup(1), os.dup(2)]  # not inherited: no child can hold the terminal open
    # Appending, so that nobody overwrites a child's lines.
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666)
    try:
        _point_at([file, file])
        yield saved[1]
    finally:
        _point_at(saved)
        for descriptor in (*saved, file):
            os.close(descriptor)


def _point_at(targets: list[int]) -> None:
    """Let descriptors 1 and 2 be those; what was printed before goes to where they were."""
    for number, stream, target in zip((1, 2), (sys.stdout, sys.stderr), targets, strict=True):
        with suppress(OSError):
            stream.flush()
        os.dup2(target, number)
        # By the line: the log keeps the order of both streams, and can be followed.
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):
                stream.reconfigure(line_buffering=True)


@contextmanager
def _sigterm_exits() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    # Slurm sends SIGTERM some time before it kills, and decides itself whether the job starts
    # again; one that ends at once would count as failed. Children inherit what is ignored.
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN if IN_SLURM in os.environ else stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
