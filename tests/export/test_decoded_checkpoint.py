"""Which checkpoint of a ticket is exported: the one that was translated with."""

import json

import pytest

from ticketscope.results.ticket import PATHS, Ticket


@pytest.mark.parametrize(("averaged", "name"), [(3, "averaged.pt"), (1, "checkpoint.pt")])
def test_a_mean_that_an_earlier_config_left_is_not_taken(tmp_path, averaged, name):
    ticket = Ticket(1, "magnitude", 2, tmp_path)
    folder = tmp_path / "tickets/seed1/magnitude/LTH2"
    folder.mkdir(parents=True)
    for file in ("checkpoint.pt", "averaged.pt"):
        (folder / file).touch()
    assert ticket.decoded_checkpoint.name == "averaged.pt"  # while the experiment runs
    record = {"config": {"training": {"average_checkpoints": averaged}}}
    (tmp_path / PATHS.provenance).write_text(json.dumps(record))
    assert ticket.decoded_checkpoint == folder / name
