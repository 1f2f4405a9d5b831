"""How fairseq's subprocesses are started, and the environment in which they run."""

import os
import sys
from pathlib import Path

from dissect import run_fairseq

SOURCES = Path(run_fairseq.__file__).parents[1]


def fairseq_command(program: str) -> list[str]:
    """The beginning of a command line for fairseq_cli's `train`, `generate` or `preprocess`."""
    return [sys.executable, "-m", run_fairseq.__name__, program]


def fairseq_environment(gpu: str | None) -> dict[str, str]:
    """Variables for one fairseq process.

    Args:
        gpu: The device it may use; None: on CPU.
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
