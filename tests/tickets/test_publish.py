"""The log of a training that was cut off in the middle of a row, or damaged."""

import json
from random import Random

import pytest

from tests.runtime.mutations import mutate
from ticketscope.tickets.publish import write_log
from ticketscope.tickets.workfolder import COLUMNS, read_rows


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


def test_a_torn_row_costs_no_other(tmp_path):
    """What a resumed training appends begins where the torn row ends."""
    rows, log = tmp_path / "rows.jsonl", tmp_path / "log.csv"
    torn = row(3, 0.3)[:40]
    rows.write_text(f"{row(1, 0.1)}\n{row(2, 0.2)}\n{torn}{row(3, 0.3)}\n{row(4, 0.4)}\n{torn}")
    assert [found["update"] for found in read_rows(rows)] == [1, 2, 3, 4]
    write_log(rows, log)
    lines = [line.split(",") for line in log.read_text().splitlines()]
    place = lines[0].index("loss")
    assert [line[place] for line in lines[1:]] == ["0.1", "0.2", "0.3", "0.4"]
