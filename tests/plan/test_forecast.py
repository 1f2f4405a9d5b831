"""The sums that a dry-run ends with."""

import re

from ticketscope.config import load
from ticketscope.plan.experiment import Plan
from ticketscope.plan.forecast import Job, forecast
from ticketscope.plan.needs import need
from ticketscope.plan.scale import Scale


def test_hours_and_submissions_are_sums_and_the_chain_is_not(root):
    scale = Scale(Plan(load(root / "config.yaml", root / "config/wmt16.yaml")))
    names = [(series, str(k)) for series in ("magnitude", "random") for k in range(1, 10)]
    jobs = [Job("train_dense", {"seed": "1"}, 8, "dense")] + [
        Job("retrain", {"seed": "1", "series": series, "k": k}, 8, series) for series, k in names
    ]
    jobs.append(Job("score", {"seed": "1"}, 0, "score"))
    told = forecast(scale, jobs)
    dense, retrain = need(scale, "train_dense", {}), need(scale, "retrain", {"k": "1"})
    hours = 8 * (dense.minutes + 18 * retrain.minutes) / 60
    assert "20, in 4 submissions" in told
    assert re.search(r"GPU-hours +([\d,.]+)", told)[1] == f"{hours:,.1f}"
    days = (dense.minutes + 9 * retrain.minutes) / 60 / 24
    assert f"{days:,.1f} days: LTH0 and one series" in told
    assert "is cut in" in told


def test_scratch_is_that_of_chains_side_by_side(root):
    scale = Scale(Plan(load(root / "config.yaml", root / "config/wmt16.yaml")))
    each = need(scale, "retrain", {"k": "1"}).scratch / 1000
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
    assert "1, in 1 submissions" in told
    assert "at least" not in told
