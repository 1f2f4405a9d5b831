"""Means, intervals and single seeds, as every figure and table has them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ticketscope.report.tables.shared import mean_and_sd, over_seeds, seed_columns


def rows(*seeds, ticket="LTH1"):
    """A row a seed: value, and an interval within the seed."""
    return [
        {"seed": seed, "ticket": ticket, "value": value, "low": value - 1, "high": value + 2}
        for seed, value in enumerate(seeds, 1)
    ]


def test_one_seed_has_its_own_interval_and_no_column():
    table = pd.DataFrame([*rows(7.0), *rows(5.0, ticket="LTH0")])
    means = over_seeds(table, ["ticket"], "value")
    assert means.to_dict("list") == {
        "ticket": ["LTH1", "LTH0"], "value": [7, 5], "low": [6, 4], "high": [9, 7], "seeds": [1, 1]
    }  # fmt: skip
    counted = over_seeds(table.drop(columns=["low", "high"]), ["ticket"], "value")
    assert counted[["low", "high"]].isna().all(axis=None)


def test_two_seeds_are_shown_without_an_interval():
    means = over_seeds(pd.DataFrame(rows(7.0, 9.0)), ["ticket"], "value")
    assert (means["value"][0], means["seeds"][0]) == (8, 2)
    assert means[["seed1", "seed2"]].to_numpy().tolist() == [[7, 9]]
    assert means[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("values", [(7.0, 9.0, 8.5), (1.0, 4.0, 2.0, -3.0, 0.5)])
def test_the_interval_of_several_seeds_is_students(values):
    table = pd.DataFrame([*rows(*values), *rows(*(0.1 * x for x in values), ticket="LTH2")])
    means = over_seeds(table.sample(frac=1, random_state=1), ["ticket"], "value")
    means = means.set_index("ticket").loc[["LTH1", "LTH2"]]
    reach = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    expected = np.array([np.mean(values) - reach, np.mean(values) + reach])
    np.testing.assert_allclose(means[["low", "high"]], [expected, 0.1 * expected])
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (low, high) == pytest.approx(tuple(means.loc["LTH1", ["low", "high"]]))
    assert seed_columns(means) == [f"seed{seed}" for seed in range(1, len(values) + 1)]
    np.testing.assert_array_equal(means.loc["LTH1", seed_columns(means)].astype(float), values)


def test_a_ticket_that_a_seed_lacks_has_the_interval_of_the_others():
    table = pd.DataFrame([*rows(7.0, 9.0, 8.0, 4.0), *rows(1.0, 2.0, 4.0, ticket="LTH2")])
    means = over_seeds(table, ["ticket"], "value").set_index("ticket")
    assert means["seeds"].to_dict() == {"LTH1": 4, "LTH2": 3}
    low, high = stats.ttest_1samp([1, 2, 4], 0).confidence_interval(0.95)
    assert means.loc["LTH2", ["low", "high"]].tolist() == pytest.approx([low, high])
    assert np.isnan(means.loc["LTH2", "seed4"])


def test_seeds_are_columns_by_number_not_by_letters():
    seeds = (2, 10, 1)
    table = pd.DataFrame({"seed": seeds, "ticket": "LTH1", "value": [2.0, 10.0, 1.0]})
    means = over_seeds(table, ["ticket"], "value")
    assert seed_columns(means) == ["seed1", "seed2", "seed10"]
    assert means[seed_columns(means)].to_numpy().tolist() == [[1, 2, 10]]


def test_mean_and_deviation_in_words():
    values = pd.Series([27.5, 28.0, 29.1])
    assert mean_and_sd(values) == f"{np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}"
    assert mean_and_sd(values - 30, "+.1f") == "-1.8 ± 0.8"
    assert mean_and_sd(values[:1]) == "27.50"
    assert mean_and_sd(pd.Series([np.nan])) == ""
