"""`make watch`: what it says follows from the files of a running experiment."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, tiny_setup
from ticketscope.config import load
from ticketscope.plan.experiment import Plan
from ticketscope.plan.names import TicketName
from ticketscope.plan.overview import overview, progress
from ticketscope.tickets.command import command
from ticketscope.tickets.training import run
from ticketscope.tickets.workfolder import COLUMNS

NOW = 1_000_000_000.0


@pytest.fixture
def plan(root, tmp_path, monkeypatch) -> Plan:
    """The smoke experiment, 6 epochs a dense training of which a ticket repeats some."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    return Plan(load(root / "config.yaml", root / "config/smoke.yaml"))


def trained(plan: Plan, *tickets: str) -> None:
    for ticket in tickets:
        path = Path(plan.paths.results, "tickets", ticket, "checkpoint.pt")
        path.parent.mkdir(parents=True)
        path.touch()


def rows(plan: Plan, ticket: str, *rows: tuple[float, float]) -> None:
    """Rows of a training's log: epoch, seconds after NOW."""
    path = Path(plan.paths.results, "work", ticket, "rows.jsonl")
    path.parent.mkdir(parents=True)
    given = {"update": 1234, "loss": 3.456, "tokens_per_second": 17_900.0}
    row = dict.fromkeys(COLUMNS, 1) | given
    lines = [json.dumps(row | {"epoch": epoch, "time": NOW + after}) for epoch, after in rows]
    path.write_text("\n".join([*lines, '{"update": 12']))  # the last is being written


def test_a_running_ticket_has_its_loss_its_pace_and_an_end(plan):
    last, per_ticket = (
        plan.config.training.max_epoch,
        plan.training.epochs(TicketName(1, "magnitude", 2)),
    )
    trained(plan, "seed1/dense/LTH0")
    rows(plan, "seed1/random/LTH1", (last - 1.0, -40), (last - 0.75, -20), (last - 0.5, 0))
    told = overview(plan, NOW)
    assert told.splitlines()[0] == "smoke: 1 of 7 tickets trained, 01:46:40"
    line = next(line for line in told.splitlines() if " random " in line)
    # 80 s an epoch, half an epoch left, and one ticket after it.
    end = time.strftime("%H:%M", time.gmtime(NOW + 80 * (0.5 + per_ticket)))
    assert line.split("random")[1].strip() == (
        f"[>.] LTH1: epoch {last - 0.5}/{last}, update 1,234, loss 3.46, 17.9k tok/s, 0:40 left; "
        f"series ends about {end}"
    )
    assert "dense      [#] done" in told
    assert "magnitude  [..] LTH1 waits" in told


def test_a_training_that_says_nothing_is_not_called_running(plan):
    rows(plan, "seed1/dense/LTH0", (0.5, -700), (1.0, -600))
    assert "no news for 10 minutes" in overview(plan, NOW)
    assert "left" not in overview(plan, NOW)


def test_a_resumed_training_has_the_pace_of_its_present_run(plan):
    pace = [(1 + k / 10, k - 5_000) for k in range(4)] + [(1 + k / 10, k - 6) for k in range(2, 6)]
    rows(plan, "seed1/dense/LTH0", *pace)
    current = progress(Path(plan.paths.results, "work/seed1/dense/LTH0/rows.jsonl"), NOW)
    assert current is not None
    assert current.seconds_per_epoch == pytest.approx(10)


def test_fairseqs_own_rows_are_read(data_bin, tmp_path):
    setup = tiny_setup(data_bin, max_epoch=2)
    log = tmp_path / "rows.jsonl"
    run(
        command(setup, tmp_path, max_epoch=2, cpu=True),
        name="LTH0", max_epoch=2, rows=log, devices=1, gpu=None, progress=print,
    )  # fmt: skip
    current = progress(log, time.time())
    assert current is not None
    assert current.epoch == 2
    assert current.seconds_per_epoch is not None
    assert 0 < current.seconds_per_epoch < 60
    assert current.age < 60


def test_the_command_ends_when_all_is_trained(plan, tmp_path):
    configs = [str(ROOT / "config.yaml"), str(ROOT / "config/smoke.yaml")]
    words = [sys.executable, "-m", "ticketscope.plan.overview", *configs]
    once = subprocess.run([*words, "--once"], capture_output=True, text=True, check=True)
    assert "smoke: 0 of 7 tickets trained" in once.stdout
    trained(plan, *(f"seed{n.seed}/{n.series}/{n.label}" for n in plan.tickets))
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert "smoke: 7 of 7 tickets trained" in done.stdout
    wrong = subprocess.run([*words, "none.yaml"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("error: cannot read none.yaml")
