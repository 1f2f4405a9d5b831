"""fairseq drops updates for which memory is full, and pairs that are too long, and ends well.

Here that ends the training; of the pairs a few may go, and a line says how many.
"""

import re

import pytest

from tests.conftest import tiny_setup
from tests.lottery import quiet, train
from ticketscope.errors import InputError
from ticketscope.tickets.training import BATCHES_FILE, train_until
from ticketscope.tickets.watch import LEFT_OUT, Watch, explain_failure, left_out

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


@pytest.mark.parametrize(
    "limit",
    [{"max_tokens": 8}, {"extra": {"max-source-positions": 8}}],
    ids=["batch", "positions"],
)
def test_pairs_that_are_too_long_end_a_training_before_its_first_update(data_bin, tmp_path, limit):
    with pytest.raises(InputError) as error:
        train(tiny_setup(data_bin, **limit), tmp_path)
    # Three to nine words and the end of the sentence, drawn evenly.
    found = re.match(r"seed 1 LTH0: (\d+) of 200 training pairs are too long", str(error.value))
    assert found and 40 < int(found[1]) < 80
    assert "the longest side has 10 subwords. Raise training.max_tokens" in str(error.value)
    assert str(error.value).endswith("; at most 1% of the pairs may be left out")
    assert not list((tmp_path / "work").glob("*.pt"))


def test_a_few_pairs_that_are_too_long_are_said_and_left_out():
    warning = left_out("LTH0", f"{LEFT_OUT}100 10000 3000\n", 512)
    assert warning.startswith("warning: LTH0: 100 of 10,000 training pairs are too long and are")
    assert "3,000 subwords. Raise training.max_tokens (512)" in warning
    with pytest.raises(InputError, match="LTH0: 101 of 10,000"):
        left_out("LTH0", f"{LEFT_OUT}101 10000 3000\n", 512)
