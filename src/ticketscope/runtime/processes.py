"""How fairseq's subprocesses are started, the environment in which they run, how they end."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from ticketscope.upstream import fairseq_startup

SOURCES = Path(fairseq_startup.__file__).parents[2]


def fairseq_command(program: str) -> list[str]:
    """The beginning of a command line for fairseq_cli's `train`, `generate` or `preprocess`."""
    return [sys.executable, "-m", fairseq_startup.__name__, program]


def fairseq_environment(gpu: str | None) -> dict[str, str]:
    """Variables for one fairseq process.

    Args:
        gpu: The devices it may use, as CUDA_VISIBLE_DEVICES names them; None: on CPU.
    """
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}
    # In an environment of --sdm conda we are not installed: Snakemake puts us on a script's path,
    # and nobody on that of the script's children.
    paths = [str(SOURCES), environment.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    if gpu is not None:
        environment["CUDA_VISIBLE_DEVICES"] = gpu
    # By default glibc returns every large tensor to the kernel and faults its pages in again, tens
    # of times an update: keeping them makes a small model train about a sixth faster on CPU.
    environment.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 30))
    environment.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 32))
    environment.setdefault("MALLOC_TOP_PAD_", str(1 << 26))
    return environment


class Processes:
    """Processes that work on one thing: they print into one stream and end together.

    One that fails takes the others with it: they would wait for it, with NCCL for half an hour.
    All of them die with us, so no training outlives its job.

    Attributes:
        lines: What they print to standard output and standard error; ends with the last of them.
    """

    def __init__(self, commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> None:
        reading, writing = os.pipe()
        self.lines = os.fdopen(reading, encoding="utf-8", errors="replace")
        self._started: list[subprocess.Popen[bytes]] = []
        self._codes: list[int] = []
        try:
            for command in commands:
                self._started.append(
                    subprocess.Popen(
                        command,
                        stdout=writing,
                        stderr=subprocess.STDOUT,
                        env=environment,
                        preexec_fn=_die_with_parent,
                    )
                )
        except BaseException:
            self._kill()
            raise
        finally:
            os.close(writing)
        self._guards = [
            threading.Thread(target=self._guard, args=(process,)) for process in self._started
        ]
        for guard in self._guards:
            guard.start()

    def _guard(self, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        if code != 0:
            self._codes.append(code)
            self._kill()

    def _kill(self) -> None:
        for process in self._started:
            process.kill()

    def wait(self) -> int:
        """The exit code of the first that failed (negative: the signal that ended it), or 0."""
        for guard in self._guards:
            guard.join()
        return self._codes[0] if self._codes else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._kill()
        self.wait()
        self.lines.close()


def _die_with_parent() -> None:
    """In the child: have the kernel end it when the parent is gone (Linux's PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
