"""One GPU to a job: concurrent jobs on a machine get distinct devices."""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# What the drivers of NVIDIA, AMD and WSL leave in /dev.
_DRIVERS = ("nvidiactl", "kfd", "dxg")


@contextmanager
def claim_gpu(progress: Callable[[str], None]) -> Iterator[str | None]:
    """Hold one visible GPU; yields its name for CUDA_VISIBLE_DEVICES, or None without a GPU.

    Each device has a lock file; the lock goes with the process, so a killed job frees its device.
    Waits, and says so once, while all devices are taken.
    """
    count = _count()
    if count == 0:
        yield None
        return
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    devices = visible.split(",") if visible else [str(index) for index in range(count)]
    said = False
    while True:
        for device in devices:
            path = Path(tempfile.gettempdir()) / f"dissect-{os.getuid()}-gpu-{device}.lock"
            with path.open("a") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield device
                return
        if not said:
            progress(f"waiting for one of {len(devices)} GPUs")
            said = True
        time.sleep(1)


def _count() -> int:
    # Importing torch takes a second, which a job on a machine without a driver can save.
    if not any(Path("/dev", name).exists() for name in _DRIVERS):
        return 0
    import torch

    return torch.cuda.device_count()
