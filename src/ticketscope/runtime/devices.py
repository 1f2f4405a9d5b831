"""GPUs for a job: concurrent jobs on a machine get distinct devices, in the order they came in."""

import fcntl
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from typing import IO

from ticketscope.errors import InputError

VISIBLE = "CUDA_VISIBLE_DEVICES"

# What the drivers of NVIDIA, AMD and WSL leave in /dev.
_DRIVERS = ("nvidiactl", "kfd", "dxg")

_POLL = 0.5  # seconds between two looks at taken devices, of the job whose turn it is


@contextmanager
def claim_gpus(progress: Callable[[str], None], count: int = 1) -> Iterator[str | None]:
    """Hold so many visible GPUs; yields their names for CUDA_VISIBLE_DEVICES, or None without any.

    Each device has a lock file; the lock goes with the process, so a killed job frees its devices.
    Jobs get theirs in the order in which they ask: one that wants all of them is not overtaken for
    ever by others that each want one.

    Args:
        progress: Gets a line when the job has to wait.
        count: How many; on a machine without a GPU it does not matter.

    Raises:
        InputError: there are fewer GPUs, or Slurm has given some and torch can use none.
    """
    devices = _visible()
    if not devices:
        yield None
        return
    # A snakemake that runs its jobs itself has asked torch at its start, and says so once. A job of
    # Slurm is on a node that none has asked, where fairseq would train on the CPU and not say so.
    if "SLURM_JOB_ID" in os.environ and detect() == []:
        raise InputError(
            _no_use(f"Slurm gave this job GPU {','.join(devices)} of {platform.node()}")
        )
    if count > len(devices):
        raise InputError(
            f"training.devices: {count} GPUs are wanted and {len(devices)} visible: lower it (an "
            "update keeps its batch), or run where there are as many"
        )
    names, locks = _wait_for(devices, count, progress)
    with locks:
        yield ",".join(names)


def _wait_for(
    devices: list[str], count: int, progress: Callable[[str], None]
) -> tuple[list[str], ExitStack]:
    """So many of the devices, and their locks."""
    announced = False

    def announce() -> None:
        nonlocal announced
        if not announced:
            progress(f"waiting for {count} of {len(devices)} GPUs")
        announced = True

    # Each device has a queue, which the job at its head holds until it has what it wants. All enter
    # the queues in the same order, so that no two wait for each other.
    with ExitStack() as turn:
        for device in sorted(devices):
            queue = turn.enter_context(_lock_file("queue", device))
            try:
                fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                announce()
                fcntl.flock(queue, fcntl.LOCK_EX)
        while (claimed := _try_to_claim(devices, count)) is None:
            announce()
            time.sleep(_POLL)
        return claimed


def _try_to_claim(devices: list[str], count: int) -> tuple[list[str], ExitStack] | None:
    """The first `count` free devices and their locks, or None and none held."""
    names: list[str] = []
    with ExitStack() as locks:
        for device in devices:
            lock = locks.enter_context(_lock_file("gpu", device))
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                names.append(device)
            if len(names) == count:
                return names, locks.pop_all()
    return None


def _lock_file(kind: str, device: str) -> IO[str]:
    # Slurm numbers the devices of each of its jobs from 0, so that the same name may be another
    # device in another job.
    job = os.environ.get("SLURM_JOB_ID", "")
    name = "-".join(filter(None, (job, kind, f"{device}.lock"))).replace("/", "_")
    path = Path(tempfile.gettempdir(), f"ticketscope-{os.getuid()}")
    folder = _open_private(path)
    try:
        # No link is followed: neither here nor on the way is a file of others' choice opened.
        return os.fdopen(
            os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600, dir_fd=folder), "w"
        )
    except OSError as error:
        raise InputError(f"cannot lock GPU {device}: {name} in {path}: {error.strerror}") from error
    finally:
        os.close(folder)


def _open_private(path: Path) -> int:
    """Descriptor of the folder of lock files, which the user alone can enter; makes it.

    Raises:
        InputError: something else has its name, such as a folder that another user made.
    """
    with suppress(OSError):
        path.mkdir(mode=0o700)
    with suppress(OSError):
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        state = os.fstat(folder)
        if state.st_uid == os.getuid() and not state.st_mode & 0o077:
            return folder
        os.close(folder)
    raise InputError(
        f"{path}, where jobs lock GPUs, is not a private folder of yours: remove it or `chmod 700` "
        "it, or set TMPDIR to a folder of your own"
    )


def has_driver() -> bool:
    """Whether this machine has the driver of a GPU."""
    return any(Path("/dev", name).exists() for name in _DRIVERS)


def count() -> int:
    """How many GPUs this machine offers: what is set, else what NVIDIA's driver says at once.

    torch, which takes a second or two, is asked where the driver's tool is missing, and where a GPU
    is divided (MIG), because CUDA sees one part alone.
    """
    if has_driver() and _given() is None:
        with suppress(OSError):
            listed = subprocess.run(
                ["nvidia-smi", "--list-gpus"], capture_output=True, text=True, check=False
            )
            if listed.returncode == 0 and "MIG" not in listed.stdout:
                return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
    return len(_visible())


def detect() -> list[str] | None:
    """GPUs that torch can use, by CUDA_VISIBLE_DEVICES's names; None: no driver, or no torch.

    There are none where the driver is too old for this build of torch, which counts them all the
    same. Another process asks, for a second or two: CUDA reads the variable once a process, so one
    that has asked could not restrict itself any more.
    """
    if not has_driver():
        return None
    ask = "from torch import cuda; print(cuda.device_count() if cuda.is_available() else 0)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    count = int(done.stdout)
    given = _given()
    return [str(index) for index in range(count)] if given is None else given[:count]


def not_for_torch(offered: int) -> str:
    """A line for a machine that offers GPUs of which torch can use none."""
    return f"{_no_use(f'This machine has {offered} GPUs')}. All jobs run on the CPU."


def _no_use(gpus: str) -> str:
    return (
        f"{gpus}, and torch {version('torch')} can use none; another build may suit the driver "
        "that nvidia-smi names: make env TORCH=... (docs/run/gpus.md)"
    )


def _visible() -> list[str]:
    """The GPUs that this process may use; what is set, by Slurm or snakemake, is not checked."""
    given = _given()
    return (detect() or []) if given is None else given if has_driver() else []


def _given() -> list[str] | None:
    """The names in CUDA_VISIBLE_DEVICES; CUDA ignores what follows a wrong one."""
    given = os.environ.get(VISIBLE)
    if given is None:
        return None
    return list(takewhile(lambda name: name and name != "-1", given.split(",")))


@contextmanager
def full_memory(advice: str) -> Iterator[None]:
    """What to do, in place of a traceback, when the memory of a GPU or of the machine is full.

    Args:
        advice: Such as "lower similarity.block".

    Raises:
        InputError: it is.
    """
    try:
        yield
    except Exception as error:
        # By its name, because torch takes seconds to import.
        if type(error).__name__ != "OutOfMemoryError" and not isinstance(error, MemoryError):
            raise
        asked = str(error).partition(". GPU")[0]
        raise InputError(f"memory was full: {advice} ({asked})") from error


@contextmanager
def claim_device(progress: Callable[[str], None]) -> Iterator[str]:
    """Hold one visible GPU and make it this process's only one; `cuda`, or `cpu` without a GPU."""
    with claim_gpus(progress) as gpu:
        if gpu is not None:
            os.environ[VISIBLE] = gpu
        yield "cpu" if gpu is None else "cuda"
