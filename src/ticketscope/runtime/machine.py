"""What a job runs on, in one line, as it stands at the top of its log and in the report."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ticketscope.runtime.devices import has_driver

_GPUS = Path("/proc/driver/nvidia/gpus")
_ASK_TOOL = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
_ASK_TORCH = """
import torch
for number in range(torch.cuda.device_count()):
    print(torch.cuda.get_device_name(number))
"""


def machine() -> str:
    """Processor, cores that this process may use, memory, GPUs; without the machine's name."""
    return ", ".join(
        [
            processor(),
            f"{len(os.sched_getaffinity(0))} cores",
            f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
            _gpus(_models()),
        ]
    )


def processor() -> str:
    """The processor's model."""
    return _field(Path("/proc/cpuinfo"), "model name") or "unknown processor"


def has_gpu(line: str) -> bool:
    """Whether a line of `machine` names a GPU."""
    return not line.endswith(", no GPU")


def _models() -> list[str]:
    """Models of the GPUs.

    The driver's files take no time, its tool a moment, torch some seconds, and each job asks; but
    a container may hide the files, and only NVIDIA has both.
    """
    files = sorted(_GPUS.glob("*/information"))
    if files or not has_driver():
        return [_field(path, "Model") or "unknown GPU" for path in files]
    with suppress(OSError):
        listed = subprocess.run(_ASK_TOOL, capture_output=True, text=True, check=False)
        if listed.returncode == 0:
            return listed.stdout.splitlines()
    # In a process of its own: this one has not chosen its devices yet.
    asked = subprocess.run(
        [sys.executable, "-c", _ASK_TORCH], capture_output=True, text=True, check=False
    )
    return asked.stdout.splitlines()


def _gpus(models: Sequence[str]) -> str:
    counted = [f"{models.count(model)} x {model}" for model in dict.fromkeys(models)]
    return " and ".join(counted) or "no GPU"


def _field(path: Path, name: str) -> str | None:
    """The first value of a `name : value` line."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    match = re.search(rf"^{name}\s*:\s*(.+?)\s*$", text, re.MULTILINE)
    return match[1] if match else None
