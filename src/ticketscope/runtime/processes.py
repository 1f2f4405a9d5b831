"""How fairseq's subprocesses are started, the environment in which they run, how they end."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from ticketscope.runtime import forks
from ticketscope.upstream import fairseq_startup

# By default glibc returns every large tensor to the kernel and faults its pages in again, tens of
# times an update: keeping them makes a small model train about a sixth faster on CPU. By variable:
# number of mallopt's parameter and size in bytes.
MALLOC = {
    "MALLOC_TRIM_THRESHOLD_": (-1, 1 << 30),
    "MALLOC_TOP_PAD_": (-2, 1 << 26),
    "MALLOC_MMAP_THRESHOLD_": (-3, 1 << 30),
}

SOURCES = Path(fairseq_startup.__file__).parents[2]


def fairseq_command(program: str) -> list[str]:
    """The beginning of a command line for fairseq_cli's `train`, `generate` or `preprocess`."""
    return [sys.executable, "-m", fairseq_startup.__name__, program]


def fairseq_environment(gpu: str | None) -> dict[str, str]:
    """Variables for one fairseq process.

    Args:
        gpu: The devices it may use, as CUDA_VISIBLE_DEVICES names them; None: on CPU.
    """
    environment = {**sources_on_path(os.environ), "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}
    if gpu is not None:
        environment["CUDA_VISIBLE_DEVICES"] = gpu
    for name, (_, size) in MALLOC.items():
        environment.setdefault(name, str(size))
    return environment


def sources_on_path(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, with this package where a child's interpreter looks for modules.

    In an environment of --sdm conda we are not installed: Snakemake puts us on a script's path, and
    nobody on that of the script's children.
    """
    paths = [str(SOURCES), environment.get("PYTHONPATH")]
    return {**environment, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


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
        self._started: list[subprocess.Popen[bytes] | _Fork] = []
        self._codes: list[int] = []
        try:
            for command in commands:
                self._started.append(_start(command, environment, writing))
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

    def _guard(self, process: "subprocess.Popen[bytes] | _Fork") -> None:
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


def _start(
    command: Sequence[str], environment: Mapping[str, str], output: int
) -> "subprocess.Popen[bytes] | _Fork":
    """Start a command; fairseq on CPU by forking, where this process has imported what it needs.

    What has looked at a GPU cannot use it in a fork.
    """
    if forks.is_forked and "--cpu" in command and command[:3] == fairseq_command(command[3])[:3]:
        return _Fork(command[3:], environment, output)
    return subprocess.Popen(
        command,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        preexec_fn=_die_with_parent,
    )


class _Fork:
    """One of fairseq's programs in a fork of this process; `wait` and `kill` as Popen has them."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], output: int
    ) -> None:
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=self._run, args=(arguments, environment, output))
        self._process.start()

    def _run(self, arguments: Sequence[str], environment: Mapping[str, str], output: int) -> None:
        _die_with_parent()
        forks.name_process(f"fairseq-{arguments[0]}")
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        for parameter, size in MALLOC.values():
            ctypes.CDLL(None).mallopt(parameter, size)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["", *arguments]
        fairseq_startup.main()

    def wait(self) -> int:
        self._process.join()
        return self._process.exitcode or 0

    def kill(self) -> None:
        self._process.kill()


def _die_with_parent() -> None:
    """In the child: have the kernel end it when the parent is gone (Linux's PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
