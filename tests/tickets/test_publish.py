"""The log of a training that was cut off in the middle of a row."""

import json

from ticketscope.tickets.publish import write_log
from ticketscope.tickets.training import COLUMNS
from ticketscope.tickets.workfolder import read_rows


def row(update: int, loss: float) -> str:
    return json.dumps(dict.fromkeys(COLUMNS, 1) | {"update": update, "loss": loss})


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
