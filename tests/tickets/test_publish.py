"""What a finished training leaves in its work folder, and what is published of it."""

import csv
import json
from random import Random
from types import SimpleNamespace

import pytest
import torch

from tests.runtime.mutations import mutate
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.publish import publish_run, write_log
from ticketscope.tickets.workfolder import COLUMNS, ROWS, read_rows


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_row_costs_at_most_a_neighbour_too(tmp_path, seed):
    rows, whole = tmp_path / "rows.jsonl", [row(update, update / 8) for update in range(1, 9)]
    rows.write_bytes(mutate("\n".join([*whole, ""]).encode(), Random(seed)))
    found = read_rows(rows)
    write_log(rows, tmp_path / "log.csv")
    assert all({*COLUMNS, "time"} <= each.keys() for each in found)


def row(update: int, loss: float) -> str:
    values = dict.fromkeys((*COLUMNS, "time"), 1) | {"update": update, "loss": loss}
    return json.dumps(values)


def losses(log):
    with log.open() as table:
        return [(int(line["update"]), float(line["loss"])) for line in csv.DictReader(table)]


def test_a_torn_row_costs_no_other(tmp_path):
    """What a resumed training appends begins where the torn row ends."""
    rows, log = tmp_path / "rows.jsonl", tmp_path / "log.csv"
    torn = row(3, 0.3)[:40]
    rows.write_text(f"{row(1, 0.1)}\n{row(2, 0.2)}\n{torn}{row(3, 0.3)}\n{row(4, 0.4)}\n{torn}")
    assert [found["update"] for found in read_rows(rows)] == [1, 2, 3, 4]
    write_log(rows, log)
    assert losses(log) == [(1, 0.1), (2, 0.2), (3, 0.3), (4, 0.4)]


def test_of_an_update_that_a_resumed_training_repeats_the_later_row_counts(tmp_path):
    rows, log = tmp_path / "rows.jsonl", tmp_path / "log.csv"
    made = [(1, 0.1), (2, 0.2), (3, 0.3), (2, 0.25), (3, 0.35), (4, 0.4)]
    rows.write_text("".join(f"{row(*update)}\n" for update in made))
    write_log(rows, log)
    assert losses(log) == [(1, 0.1), (2, 0.25), (3, 0.35), (4, 0.4)]


def test_the_mean_is_of_the_last_epochs_by_number(tmp_path):
    """By name, checkpoint9 would come after checkpoint11."""
    name = "encoder.layers.0.fc1.weight"
    for epoch in (8, 9, 10, 11):
        state = {"cfg": {}, "extra_state": {}, "optimizer_history": [], "model": {}}
        state["model"][name] = torch.full((1, 2), float(2**epoch))
        torch.save(state, tmp_path / f"checkpoint{epoch}.pt")
    for other in ("checkpoint_last.pt", "checkpoint_11_900.pt"):  # no end of an epoch
        torch.save(state | {"model": {name: torch.zeros(1, 2)}}, tmp_path / other)
    (tmp_path / ROWS).write_text(row(1, 0.1))
    checkpoint, averaged = tmp_path / "out/checkpoint.pt", tmp_path / "out/averaged.pt"
    publish_run(
        tmp_path,
        SimpleNamespace(training=SimpleNamespace(average_checkpoints=2)),
        Mask.full({name: (1, 2)}),
        state,
        checkpoint,
        tmp_path / "log.csv",
        averaged,
    )
    means = [checkpoints.load(path)["model"][name].tolist() for path in (averaged, checkpoint)]
    assert means == [[[1536, 1536]], [[2048, 2048]]]
