"""The sums that a dry-run ends with."""

import json
import re
from pathlib import Path

import pytest

from ticketscope.config import load
from ticketscope.plan.experiment import Plan
from ticketscope.plan.forecast import Job, forecast
from ticketscope.plan.names import TicketName
from ticketscope.plan.needs import FAIRSEQ, need
from ticketscope.plan.scale import Scale
from ticketscope.tickets.command import Setup
from ticketscope.tickets.trained import Trained
from ticketscope.tickets.version import TRAINING_VERSION


def test_hours_and_submissions_are_sums_and_the_chain_is_not(root):
    scale = Scale(Plan(load(root / "config.yaml", root / "config/wmt16.yaml")))
    names = [(series, str(k)) for series in ("magnitude", "random") for k in range(1, 10)]
    jobs = [Job("train_dense", {"seed": "1"}, 8, "dense")] + [
        Job("retrain", {"seed": "1", "series": series, "k": k}, 8, series) for series, k in names
    ]
    jobs.append(Job("score", {"seed": "1"}, 0, "score"))
    told = forecast(scale, jobs)
    dense, retrain = (
        need(scale, "train_dense", {}),
        need(scale, "retrain", {"seed": "1", "series": "magnitude", "k": "1"}),
    )
    hours = 8 * (dense.minutes + 18 * retrain.minutes) / 60
    assert "20, in 4 submissions" in told and "laptop.md" not in told
    assert re.search(r"GPU-hours +([\d,.]+)", told)[1] == f"{hours:,.1f}"
    days = (dense.minutes + 9 * retrain.minutes) / 60 / 24
    assert f"{days:,.1f} days: LTH0 and one series" in told
    assert "is cut in" in told


def test_scratch_is_that_of_chains_side_by_side(root):
    scale = Scale(Plan(load(root / "config.yaml", root / "config/wmt16.yaml")))
    each = need(scale, "retrain", {"seed": "1", "series": "magnitude", "k": "1"}).scratch / 1000
    jobs = [
        Job("retrain", {"seed": "1", "series": series, "k": str(k)}, 1, (series, k))
        for series in ("magnitude", "random", "control")
        for k in range(1, 10)
    ]
    assert re.search(r"peak scratch ([\d,]+) GB", forecast(scale, jobs))[1] == f"{3 * each:,.0f}"


def test_without_a_training_there_is_no_chain(root):
    told = forecast(
        Scale(Plan(load(root / "config.yaml"))), [Job("score", {"seed": "1"}, 0, "score")]
    )
    assert re.search(r"jobs +1\n", told) and "docs/run/laptop.md has times of one" in told
    assert "at least" not in told


@pytest.fixture
def kept(root, tmp_path, monkeypatch):
    """LTH0 of the default experiment, as `Trained.keep` leaves it, with what Snakemake measured."""
    monkeypatch.chdir(tmp_path)
    config = load(root / "config.yaml")
    plan = Plan(config)

    def keep(tokens_per_second: float, **changed: object) -> Scale:
        (tmp_path / "checkpoint.pt").touch()
        log = tmp_path / "log.csv"
        speeds = [1.0, tokens_per_second, tokens_per_second]
        log.write_text("tokens_per_second\n" + "".join(f"{speed}\n" for speed in speeds))
        setup = Setup.from_settings(plan.training.train_settings, tmp_path, plan.tickets[0].seed)
        recipe = {"version": TRAINING_VERSION, "setup": setup.settings(), **changed}
        outputs = {"log.csv": log, "checkpoint.pt": tmp_path / "checkpoint.pt"}
        Trained(Path(plan.tickets[0].fill(plan.paths.dense_kept)), recipe, outputs).keep("", print)
        benchmark = Path(plan.tickets[0].fill(plan.paths.ticket_logs), "train.jsonl")
        benchmark.parent.mkdir(parents=True, exist_ok=True)
        benchmark.write_text('{"max_rss": 5000.0}\n')
        return Scale(plan)

    return keep


def test_a_finished_training_replaces_the_estimate(kept):
    scale = kept(2_000.0)
    dense = need(scale, "train_dense", {})
    epochs = scale.config.training.max_epoch
    assert dense.minutes == pytest.approx(1 + epochs * scale.train_subwords / 2_000 / 60)
    assert dense.memory == pytest.approx(900 + 1.2 * 5000)
    retrain = Job("retrain", {"seed": "1", "series": "random", "k": "1"}, 1, "retrain")
    told = forecast(scale, [retrain])
    assert "the 2,000 subwords a second of 1 finished trainings" in told
    assert "Trained before" not in told


def test_a_job_that_published_a_finished_training_again_measures_no_memory(kept):
    scale = kept(2_000.0)
    name, lines = scale.plan.tickets[0], []
    folder = Path(name.fill(scale.plan.paths.dense_kept))
    recipe = json.loads(next(folder.glob("*/recipe.json")).read_text())["recipe"]
    outputs = {file: Path(file) for file in ("log.csv", "checkpoint.pt")}
    assert Trained(folder, recipe, outputs).publish("seed 1 LTH0", lines.append)
    Path(name.fill(scale.plan.paths.ticket_logs), "train.log").write_text("\n".join(lines))
    assert need(scale, "train_dense", {}).memory == FAIRSEQ + 4 * scale.checkpoint
    assert scale.measured.tokens_per_second == 2_000


def test_a_training_with_other_settings_measures_nothing(kept):
    scale = kept(2_000.0, setup={"seed": 1})
    assert scale.measured is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"version": 0}, f"TRAINING_VERSION was 0 and is {TRAINING_VERSION}"),
        ({"setup": {}}, "settings of the model or the training changed"),
        ({"rewind": [10]}, "the kind or the epochs of rewinding changed"),
        ({"rewind": [19]}, "an earlier step is made again"),
    ],
)
def test_a_dry_run_says_which_tickets_are_trained_again_and_why(kept, changed, reason):
    scale = kept(2_000.0, **changed)
    told = forecast(scale, [Job("train_dense", {"seed": "1"}, 1, "dense")])
    assert "to be made again: seed 1 dense LTH0." in told
    assert reason in told
    hours = need(scale, "train_dense", {}).minutes / 60
    assert f"cost         {hours:,.1f} hours" in told


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (None, 3, "pruning.series.control.order_seed was not set and is 3"),
        (2, None, "pruning.series.control.order_seed was 2 and is not set"),
        (3, 3, "an earlier step is made again"),
        (2, "each", "pruning.series.control.order_seed was 2 and is 1001"),
        (1001, "each", "an earlier step is made again"),
    ],
)
def test_a_series_with_another_order_of_the_data_is_named(
    root, tmp_path, monkeypatch, before, now, said
):
    monkeypatch.chdir(tmp_path)
    control = f"{{criterion: none, order_seed: {now}}}" if now else "{criterion: none}"
    (tmp_path / "order.yaml").write_text(f"pruning: {{series: {{control: {control}}}}}")
    plan = Plan(load(root / "config.yaml", tmp_path / "order.yaml"))
    name = TicketName(1, "control", 1)
    settings = plan.training.model_and_training | ({"order_seed": before} if before else {})
    setup = Setup.from_settings(settings, tmp_path, 1).settings()
    recipe = {"version": TRAINING_VERSION, "setup": setup}
    outputs = {file: tmp_path / file for file in ("log.csv", "checkpoint.pt")}
    outputs["log.csv"].write_text("tokens_per_second\n2000\n")
    outputs["checkpoint.pt"].touch()
    Trained(Path(name.fill(plan.paths.kept)), recipe, outputs).keep("", print)
    job = Job("retrain", {"seed": "1", "series": "control", "k": "1"}, 1, "retrain")
    assert f"reason       {said}" in forecast(Scale(plan), [job])
