"""What is said of a training while it runs, and what stops it."""

from types import SimpleNamespace

import pytest

from tests.lottery import quiet
from ticketscope.errors import InputError
from ticketscope.tickets import watch
from ticketscope.tickets.watch import Watch


def row(epoch, loss=2.0):
    return {"update": 7, "epoch": epoch, "loss": loss, "tokens_per_second": 1500}


def test_the_time_left_is_that_of_the_epochs_left_and_a_line_comes_every_five_seconds(monkeypatch):
    clock, lines = iter([1000, 1004, 1010]), []
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    watching = Watch("LTH0", 10, lines.append)
    # A resumed training: an epoch takes 10 seconds, whatever was done before.
    for epoch in (2.0, 2.4, 3.0):
        watching.update_with(row(epoch))
    assert lines == [
        "LTH0: epoch 2.0/10, update 7, 1.5k tok/s, loss 2.00, --:-- left",
        "LTH0: epoch 3.0/10, update 7, 1.5k tok/s, loss 2.00, 1:10 left",
    ]


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_a_training(loss):
    line = r"^LTH0 diverged: loss is NaN or infinite at update 7; likely cause: [^\n]*$"
    with pytest.raises(InputError, match=line):
        Watch("LTH0", 10, quiet).update_with(row(2.0, loss))
