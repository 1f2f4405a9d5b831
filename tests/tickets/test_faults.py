"""What breaks in the middle of a training ends in one line, or is as if it had not happened."""

import os
import signal

import pytest

from tests.conftest import tiny_setup
from tests.lottery import train
from tests.tickets.test_interruption import start, wait_for_row
from ticketscope.errors import InputError

NAN = """
import torch

backward, calls = torch.Tensor.backward, []

def broken(tensor, *arguments, **options):
    calls.append(tensor)
    return backward(tensor * float("nan") if len(calls) == 5 else tensor, *arguments, **options)

torch.Tensor.backward = broken
"""
WORKER = """
import os, signal

import torch.utils.data

getitems = torch.utils.data._utils.fetch._MapDatasetFetcher.fetch

def dies(self, indices):
    if torch.utils.data.get_worker_info() is not None and getattr(self, "fetched", 0) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    self.fetched = getattr(self, "fetched", 0) + 1
    return getitems(self, indices)

torch.utils.data._utils.fetch._MapDatasetFetcher.fetch = dies
"""
BUSY = """
import torch

def busy(self, *arguments, **options):
    raise RuntimeError(
        "CUDA error: CUDA-capable device(s) is/are busy or unavailable\\\\n"
        "CUDA kernel errors might be asynchronously reported at some other API call."
    )

torch.nn.Module.to = busy
"""


@pytest.mark.parametrize(
    ("fault", "extra", "line"),
    [
        (
            NAN,
            {},
            "seed 1 LTH0 diverged: loss or gradient is NaN or infinite after update 4; likely "
            "cause: the learning rate is too high or the warm-up too short (training.lr, "
            "training.warmup_updates), or fp16 overflowed (training.precision)",
        ),
        (
            WORKER,
            {"num-workers": 2},
            "seed 1 LTH0: a process that loads batches was killed, mostly for want of the host's "
            "memory: run again, and it will resume; fewer processes need less "
            "(training.extra: {num-workers: 0})",
        ),
        (
            BUSY,
            {},
            "seed 1 LTH0: another process holds the GPU for itself: see nvidia-smi, and run again "
            "when it has ended",
        ),
    ],
    ids=["nan", "worker", "busy"],
)
def test_a_fault_ends_in_one_line(data_bin, tmp_path, run_first, fault, extra, line):
    run_first(fault)
    with pytest.raises(InputError) as error:
        train(tiny_setup(data_bin, extra=extra), tmp_path)
    assert str(error.value) == line
    assert not (tmp_path / "checkpoint.pt").exists()


@pytest.mark.long
def test_loaders_with_workers_see_the_same_batches_after_a_kill(data_bin, tmp_path):
    """Batches that were fetched ahead of the kill, and never trained on, come again."""
    loaders = {"extra": {"num-workers": 2, "data-buffer-size": 8}, "save_interval_updates": 7}
    assert start(data_bin, tmp_path / "whole", loaders).wait() == 0
    folder = tmp_path / "killed"
    process = start(data_bin, folder, loaders)
    wait_for_row(folder, 0.3)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list((folder / "work").glob("checkpoint_1_*.pt"))  # saved in the middle of the epoch
    assert start(data_bin, folder, loaders).wait() == 0
    assert "resumes at epoch 1, after update" in (folder / "train.log").read_text()
    whole = (tmp_path / "whole/checkpoint.pt").read_bytes()
    assert (folder / "checkpoint.pt").read_bytes() == whole
