"""Differences with their intervals: one seed, the same seeds, other seeds."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ticketscope.claims.simulation import Simulation
from ticketscope.report.compare.differences import (
    BOTH,
    NONE,
    PAIRED,
    SEEDS_APART,
    SEEDS_PAIRED,
    judged,
    of_groups,
    of_row,
    of_seeds,
)
from ticketscope.report.compare.estimates import Estimate
from ticketscope.report.compare.matching import compare
from ticketscope.report.compare.measures import MEASURES
from ticketscope.report.compare.paired import unpaired
from ticketscope.report.compare.tickets import Tickets


def row(value, reach=math.nan, seed=1):
    return {"seed": seed, "value": value, "low": value - reach, "high": value + reach}


def test_items_that_both_were_tested_on_give_a_paired_interval():
    found = of_row(row(1.0, 5), row(3.0, 5), lambda a, b: Estimate(2.0, 1.5, 2.5))
    assert (found.estimate, found.interval) == (Estimate(2.0, 1.5, 2.5), PAIRED)


def test_else_the_interval_comes_from_both_and_takes_them_for_independent():
    found = of_row(row(1.0, 3), row(3.0, 4), unpaired)
    assert found.estimate == Estimate(2.0, -3.0, 7.0)  # 5 = sqrt(3^2 + 4^2)
    assert found.interval == BOTH


def test_a_value_without_an_interval_gives_a_difference_without_one():
    found = of_row(row(1.0), row(3.0, 4), unpaired)
    assert found.estimate.value == 2.0
    assert math.isnan(found.estimate.low) and math.isnan(found.estimate.high)
    assert found.interval == NONE


def test_the_same_seeds_are_paired():
    a = [row(1.0, seed=1), row(20.0, seed=2), row(300.0, seed=3)]
    b = [row(2.0, seed=1), row(22.0, seed=2), row(303.0, seed=3)]
    found = of_seeds(a, b)
    expected = stats.ttest_rel([2.0, 22.0, 303.0], [1.0, 20.0, 300.0]).confidence_interval()
    assert found.estimate.value == pytest.approx(2.0)
    assert [found.estimate.low, found.estimate.high] == pytest.approx(list(expected))
    assert (found.a, found.b) == (107.0, 109.0)
    assert found.p == pytest.approx(stats.ttest_1samp([1.0, 2.0, 3.0], 0).pvalue)
    assert found.interval == SEEDS_PAIRED


def test_other_seeds_are_welchs():
    a, b = [1.0, 2.0, 4.0], [7.0, 9.0, 8.5]
    found = of_groups([row(value) for value in a], [row(value) for value in b])
    expected = stats.ttest_ind(b, a, equal_var=False)
    interval = expected.confidence_interval()
    assert [found.estimate.low, found.estimate.high] == pytest.approx(list(interval))
    assert found.p == pytest.approx(expected.pvalue)
    assert found.interval == SEEDS_APART


def test_a_single_seed_says_nothing_of_the_spread_between_seeds():
    found = of_groups([row(1.0, 3)], [row(3.0, 4), row(5.0, 4)])
    assert found.estimate == Estimate(3.0, -2.0, 8.0)
    assert found.interval == BOTH


@pytest.mark.parametrize("seeds", [of_seeds, of_groups])
def test_seeds_that_do_not_vary_give_no_interval(seeds):
    found = seeds(*([row(value, seed=seed) for seed in (1, 2, 3)] for value in (1.0, 4.0)))
    assert found.estimate.value == 3.0
    assert math.isnan(found.estimate.low) and found.interval == NONE


@pytest.mark.parametrize("seeds", [of_seeds, of_groups])
def test_pairs_of_seeds_share_seeds_and_give_no_interval(seeds):
    a = [row(1.0, seed="2 with 1"), row(2.0, seed="3 with 1"), row(2.5, seed="3 with 2")]
    found = seeds(a, [one | {"value": one["value"] ** 2} for one in a])
    assert math.isnan(found.estimate.low) and found.interval == NONE


def test_p_values_are_corrected_for_the_rows_that_count():
    p = [0.01, 0.02, 0.04, np.nan, 0.001]
    rows = pd.DataFrame({"p": p, "counts": [True, True, True, True, False]})
    found = judged(rows)
    expected = stats.false_discovery_control([0.01, 0.02, 0.04])
    assert found["p_corrected"].tolist()[:3] == pytest.approx(list(expected))
    assert found["verdict"].tolist() == ["differs"] * 3 + ["described"] * 2
    assert judged(rows.assign(p=[0.02, 0.3, 0.4, 0.5, 0]))["verdict"].tolist()[:4] == ["open"] * 4


def halves(generator, seeds, shift=0.0):
    """Two halves of a simulated experiment's seeds, as rows by key; one key may be shifted."""
    simulated = Simulation(1, 2 * seeds, generator, drift=True).tables()["attention_concentration"]
    rows = simulated.rename(columns={"share": "value"}).assign(
        ticket="LTH" + simulated["k"].astype(str)
    )
    rows = rows.assign(own=rows["ticket"], low=math.nan, high=math.nan)
    moved = rows["module"] == "dec_self"
    second = rows["seed"] >= rows["seed"].min() + seeds
    rows["value"] += shift * (moved & second)
    return rows[~second], rows[second]


def compared(generator, seeds, shift=0.0):
    ks = range(7)
    same = Tickets(dict.fromkeys(ks, 0.0), dict.fromkeys(ks, 0.0), {k: k for k in ks})
    measure = next(measure for measure in MEASURES if measure.name == "attention_concentration")
    return compare(measure, *halves(generator, seeds, shift), same, unpaired).counted


def test_two_halves_of_one_experiment_hardly_ever_differ():
    """A/A: nothing but chance; at most 5 % of the rows, and of the experiments, differ."""
    generator = np.random.default_rng(11)
    tables = [compared(generator, 3) for _ in range(40)]
    rows = pd.concat(tables)
    assert len(rows) > 1000 and set(rows["verdict"]) <= {"open", "differs"}
    assert (rows["verdict"] == "differs").mean() <= 0.05
    # Rows of an experiment are correlated: half of the error is LTH0's, which all tickets share.
    assert 0.02 <= (rows["p"] < 0.05).mean() <= 0.08


def test_a_difference_that_is_there_is_seen():
    rows = compared(np.random.default_rng(12), 5, shift=0.5)
    moved = rows["module"] == "dec_self"
    assert (rows.loc[moved, "verdict"] == "differs").all()
    assert (rows.loc[~moved, "verdict"] == "differs").mean() <= 0.2


def test_fewer_than_three_seeds_a_side_are_described():
    rows = compared(np.random.default_rng(13), 2, shift=50.0)
    assert set(rows["verdict"]) == {"described"} and rows["p"].isna().all()
