"""Runs a step of `gpu_check`: each returns its numbers, or raises `CheckError`.

    python benchmarks/gpu_steps.py STEP cuda 0

`cpu 1` runs a step in a tiny form on a CPU, as the tests do.
"""

import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gpu_checks
import gpu_speed
from gpu_step import Numbers, Step

STEPS: dict[str, Callable[[Step], Numbers]] = {
    "smoke": gpu_checks.smoke,
    "memory": gpu_checks.memory,
    "precision": gpu_checks.precision,
    "jobs": gpu_checks.jobs,
    "similarity_and_probing": gpu_checks.similarity_and_probing,
    "masking": gpu_speed.throughput,
    "extraction": gpu_speed.representations,
    "networks": gpu_speed.networks,
    "transformer_big": gpu_speed.transformer_big,
}


@contextmanager
def _new_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ticketscope-gpu-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def main(name: str, device: str, tiny: str) -> None:
    """Run one step; the last line printed is its verdict and numbers as JSON."""
    with _new_folder() as folder:
        try:
            numbers = STEPS[name](Step(device, tiny == "1", folder))
            result: Numbers = {"verdict": "passed", **numbers}
        except Exception as error:
            traceback.print_exc()
            result = {"verdict": "failed", "why": " ".join(str(error).split())[:500]}
    sys.stderr.flush()
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
