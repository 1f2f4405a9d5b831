"""Where torch computes in one of our own jobs."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dissect.tickets.devices import claim_gpus


@contextmanager
def claim_device(progress: Callable[[str], None]) -> Iterator[str]:
    """Hold one visible GPU and make it this process's only one; `cuda`, or `cpu` without a GPU."""
    with claim_gpus(progress) as gpu:
        if gpu is not None:
            os.environ["CUDA_VISIBLE_DEVICES"] = gpu
        yield "cpu" if gpu is None else "cuda"
