"""What a job runs on, in one line, as it stands at the top of its log and in the report."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

_GPUS = Path("/proc/driver/nvidia/gpus")


def machine() -> str:
    """Processor, cores that this process may use, memory, GPUs; without the machine's name."""
    return ", ".join(
        [
            _field(Path("/proc/cpuinfo"), "model name") or "unknown processor",
            f"{len(os.sched_getaffinity(0))} cores",
            f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
            _gpus(sorted(_GPUS.glob("*/information"))),
        ]
    )


def has_gpu(line: str) -> bool:
    """Whether a line of `machine` names a GPU."""
    return not line.endswith(", no GPU")


def _gpus(files: Iterable[Path]) -> str:
    """Asking the driver takes no time; importing torch a second."""
    models = [_field(path, "Model") or "unknown GPU" for path in files]
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
