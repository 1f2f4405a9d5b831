"""Differences with their intervals: one seed, the same seeds, other seeds."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

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
from ticketscope.report.compare.paired import unpaired


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
    assert (found.a, found.b, found.df) == (107.0, 109.0, 2)
    assert found.interval == SEEDS_PAIRED


def test_other_seeds_are_welchs():
    a, b = [1.0, 2.0, 4.0], [7.0, 9.0]
    found = of_groups([row(value) for value in a], [row(value) for value in b])
    expected = stats.ttest_ind(b, a, equal_var=False)
    interval = expected.confidence_interval()
    assert [found.estimate.low, found.estimate.high] == pytest.approx(list(interval))
    assert found.df == pytest.approx(expected.df)
    assert found.interval == SEEDS_APART


def test_a_single_seed_says_nothing_of_the_spread_between_seeds():
    found = of_groups([row(1.0, 3)], [row(3.0, 4), row(5.0, 4)])
    assert found.estimate == Estimate(3.0, -2.0, 8.0)
    assert found.interval == BOTH


@pytest.mark.parametrize("seeds", [of_seeds, of_groups])
def test_seeds_that_do_not_vary_give_no_interval(seeds):
    found = seeds([row(1.0, seed=1), row(1.0, seed=2)], [row(4.0, seed=1), row(4.0, seed=2)])
    assert found.estimate.value == 3.0
    assert math.isnan(found.estimate.low) and found.interval == NONE


@pytest.mark.parametrize("seeds", [of_seeds, of_groups])
def test_pairs_of_seeds_share_seeds_and_give_no_interval(seeds):
    a = [row(1.0, seed="2 with 1"), row(2.0, seed="3 with 1"), row(2.5, seed="3 with 2")]
    found = seeds(a, [one | {"value": one["value"] ** 2} for one in a])
    assert math.isnan(found.estimate.low) and found.interval == NONE


def table(reaches, df=math.nan, counts=True):
    return pd.DataFrame(
        {"difference": 1.0, "low": 1.0 - reach, "high": 1.0 + reach, "df": df, "counts": counts}
        for reach in reaches
    )


def test_bonferroni_widens_by_the_ratio_of_normal_quantiles():
    # Two tests: 2.2414 / 1.9600 = 1.1436, so that a reach of .87 holds and one of .88 does not.
    assert judged(table([0.87, 0.88]))[["outside", "corrected"]].to_numpy().tolist() == [
        [True, True],
        [True, False],
    ]
    assert not judged(table([1.01, 0.5]))["outside"].iloc[0]


def test_bonferroni_widens_more_with_few_seeds():
    # One degree of freedom: the quantiles are 25.45 and 12.71, twice as wide.
    assert judged(table([0.49, 0.51], df=1.0))["corrected"].tolist() == [True, False]


def test_rows_that_do_not_count_or_have_no_interval_are_no_tests():
    rows = pd.concat([table([0.95]), table([np.nan]), table([0.1] * 5, counts=False)])
    found = judged(rows.reset_index(drop=True))
    assert found["corrected"].iloc[0]
    assert not found["outside"].iloc[1] and not found["corrected"].iloc[1]
