"""Processes that outlive the command that started them, and are ended without touching others."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

# In the environment of whatever the lab starts: a process is ours if this names our folder.
MARK = "SLURM_LAB"


class LabError(Exception):
    """One line: what did not work and where to look."""


def start(folder: Path, name: str, command: list[str], environment: Mapping[str, str]) -> None:
    """Start a daemon that stays in the foreground of its own session, unless it runs already."""
    pid_file = folder / f"run/{name}.pid"
    if pid_file.exists() and _is_ours(int(pid_file.read_text()), folder):
        return
    with (folder / f"log/{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env={**environment, MARK: str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    pid_file.write_text(str(process.pid))


def stop(folder: Path, name: str, seconds: float = 15) -> None:
    """End a daemon: SIGTERM, and SIGKILL if it takes too long."""
    pid_file = folder / f"run/{name}.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _is_ours(pid, folder):
            os.kill(pid, number)
            with contextlib.suppress(LabError):
                wait(lambda: not _is_ours(pid, folder), f"{name} to end", seconds)
    pid_file.unlink()


def kill_rest(folder: Path) -> None:
    """SIGKILL whatever else the lab started: steps that outlived their node."""
    for pid in processes():
        if _is_ours(pid, folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def pid_of(folder: Path, name: str) -> int:
    return int((folder / f"run/{name}.pid").read_text())


def wait(condition: Callable[[], object], what: str, seconds: float) -> None:
    """Until the condition holds.

    Raises:
        LabError: it did not within that time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise LabError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.1)


def processes() -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            yield int(entry.name)


def parent(pid: int) -> int | None:
    """None if the process has ended."""
    try:
        return int(_stat(pid)[1])
    except OSError:
        return None


def has(pid: int, *variables: str) -> bool:
    """Whether a process lives and has these in its environment, as NAME=value."""
    try:
        if _stat(pid)[0] == "Z":
            return False  # ended, and not yet noticed by its parent
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return all(variable.encode() in environment for variable in variables)


def _stat(pid: int) -> list[str]:
    """State, parent and so on; before them stands a name that may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _is_ours(pid: int, folder: Path) -> bool:
    return has(pid, f"{MARK}={folder}")
