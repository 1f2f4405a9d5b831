"""fairseq drops an update for which memory is full and ends well: here that ends the training."""

import pytest

from tests.conftest import tiny_setup
from tests.lottery import quiet, train
from ticketscope.errors import InputError
from ticketscope.tickets.training import BATCHES_FILE, train_until
from ticketscope.tickets.watch import Watch, explain_failure

# torch says what it says when a GPU's memory is full.
FULL = """
import torch

backward, calls = torch.Tensor.backward, []

def full(tensor, *arguments, **options):
    calls.append(tensor)
    if {every} or len(calls) == 5:
        raise torch.OutOfMemoryError(
            "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of "
            "79.15 GiB of which 1.02 GiB is free."
        )
    return backward(tensor, *arguments, **options)

torch.Tensor.backward = full
"""


@pytest.mark.parametrize(("every", "update"), [(False, 4), (True, 0)], ids=["one", "all"])
def test_full_memory_ends_the_training(data_bin, tmp_path, run_first, every, update):
    run_first(FULL.format(every=every))
    with pytest.raises(InputError) as error:
        train(tiny_setup(data_bin), tmp_path)
    assert str(error.value) == (
        f"seed 1 LTH0: the GPU's memory of 79.15 GiB was full in update {update}: lower "
        "training.max_tokens (120) and raise training.update_freq by as much; updates stay as "
        "large, of other sentences"
    )
    assert not (tmp_path / "checkpoint.pt").exists()


def test_a_gpu_without_room_for_cublas_is_one_of_full_memory():
    said = "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate()`"
    line = explain_failure("LTH0", said, 1, Watch("LTH0", 2, quiet), max_tokens=120)
    assert line == "LTH0 ran out of memory or was killed: lower training.max_tokens, or run again"


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_training_with_fewer_updates_than_the_data_has_is_refused(data_bin, tmp_path, precision):
    setup = tiny_setup(data_bin, precision=precision)
    train_until(setup, tmp_path, "LTH0", max_epoch=2, progress=quiet)
    batches = int((tmp_path / BATCHES_FILE).read_text())
    (tmp_path / BATCHES_FILE).write_text(str(batches + 1))
    message = f"made {2 * batches} updates in 2 epochs, and the data has {2 * batches + 2}"
    with pytest.raises(InputError, match=message):
        train_until(setup, tmp_path, "LTH0", max_epoch=2, progress=quiet)
    # A user's own option may make a training shorter: then nothing is known of its length.
    shorter = tiny_setup(data_bin, precision=precision, extra={"skip-remainder-batch": True})
    train_until(shorter, tmp_path, "LTH0", max_epoch=2, progress=quiet)
