"""GPUs for a job: concurrent jobs on a machine get distinct devices."""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from ticketscope.errors import InputError

# What the drivers of NVIDIA, AMD and WSL leave in /dev.
_DRIVERS = ("nvidiactl", "kfd", "dxg")

_POLL = 0.5  # seconds between two looks at taken devices


@contextmanager
def claim_gpus(progress: Callable[[str], None], count: int = 1) -> Iterator[str | None]:
    """Hold so many visible GPUs; yields their names for CUDA_VISIBLE_DEVICES, or None without any.

    Each device has a lock file; the lock goes with the process, so a killed job frees its devices.
    A job takes all that it wants at once or waits, and says so once: two that each held half would
    wait for each other for ever.

    Args:
        progress: Gets a line when the job has to wait.
        count: How many; on a machine without a GPU it does not matter.

    Raises:
        InputError: there are fewer GPUs.
    """
    devices = _visible()
    if not devices:
        yield None
        return
    if count > len(devices):
        raise InputError(
            f"training.devices: {count} GPUs are wanted and {len(devices)} visible: lower it (an "
            "update keeps its batch), or run where there are as many"
        )
    announced = False
    while (claimed := _try_to_claim(devices, count)) is None:
        if not announced:
            progress(f"waiting for {count} of {len(devices)} GPUs")
            announced = True
        time.sleep(_POLL)
    names, locks = claimed
    with locks:
        yield ",".join(names)


def _try_to_claim(devices: list[str], count: int) -> tuple[list[str], ExitStack] | None:
    """The first `count` free devices and their locks, or None and none held."""
    names: list[str] = []
    # One job chooses at a time, else two might take turns at giving back half of what both want.
    with _lock_file("choice") as choice, ExitStack() as locks:
        fcntl.flock(choice, fcntl.LOCK_EX)
        for device in devices:
            lock = locks.enter_context(_lock_file(device))
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                names.append(device)
            if len(names) == count:
                return names, locks.pop_all()
    return None


def _lock_file(device: str) -> IO[str]:
    # Slurm numbers the devices of each of its jobs from 0, so that the same name may be another
    # device in another job.
    job = os.environ.get("SLURM_JOB_ID", "")
    name = f"ticketscope-{os.getuid()}-{job}-gpu-{device}.lock"
    return (Path(tempfile.gettempdir()) / name.replace("/", "_")).open("a")


def _visible() -> list[str]:
    """The GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them."""
    # Importing torch takes a second, which a job on a machine without a driver can save.
    if not any(Path("/dev", name).exists() for name in _DRIVERS):
        return []
    import torch

    count = torch.cuda.device_count()
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return visible.split(",")[:count] if visible else [str(index) for index in range(count)]


@contextmanager
def claim_device(progress: Callable[[str], None]) -> Iterator[str]:
    """Hold one visible GPU and make it this process's only one; `cuda`, or `cpu` without a GPU."""
    with claim_gpus(progress) as gpu:
        if gpu is not None:
            os.environ["CUDA_VISIBLE_DEVICES"] = gpu
        yield "cpu" if gpu is None else "cuda"
