"""What each step of `gpu_check` needs: where it runs, a clock, and how it says what is wrong."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ticketscope.runtime.devices import VISIBLE

Numbers = dict[str, Any]


class CheckError(Exception):
    """A step found what must not be; says what."""


@dataclass(frozen=True)
class Step:
    """Where a step runs.

    Attributes:
        device: cuda or cpu.
        tiny: Whether to do as little as shows that the code runs.
        folder: A new folder.
    """

    device: str
    tiny: bool
    folder: Path

    @property
    def on_cpu(self) -> bool:
        """Whether the CPU stands for the GPU."""
        return self.device == "cpu"

    @property
    def gpus(self) -> list[str]:
        """Names of the GPUs, as CUDA_VISIBLE_DEVICES has them; pretended ones on a CPU."""
        return ["0", "1"] if self.on_cpu else os.environ.get(VISIBLE, "0").split(",")

    @property
    def visible_gpu(self) -> str:
        """What CUDA_VISIBLE_DEVICES lets one training see: fairseq takes all that it sees."""
        return "" if self.on_cpu else self.gpus[0]

    @property
    def pairs(self) -> int:
        """Sentence pairs to train on."""
        return 400 if self.tiny else 3000

    def seconds(self, work: Callable[[], object]) -> float:
        """Wall-clock time of some work on the device."""
        begin = self.clock()
        work()
        return self.clock() - begin

    def clock(self) -> float:
        """Seconds, when the device has done what it was asked for."""
        if not self.on_cpu:
            torch.cuda.synchronize()
        return time.perf_counter()

    def peak_gib(self) -> float | None:
        """The most memory that tensors of this process took on the GPU."""
        return None if self.on_cpu else round(torch.cuda.max_memory_allocated() / 2**30, 2)


def require(condition: bool, failure: str) -> None:
    """Fail with those words unless the condition holds."""
    if not condition:
        raise CheckError(failure)


def show_end(printed: str) -> str:
    """Show the end of what a process printed; its last line."""
    print(printed[-4000:], flush=True)
    return (printed.strip().splitlines() or ["it printed nothing"])[-1]
