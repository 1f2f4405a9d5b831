"""Differences from LTH0, trends and classes over made-up tickets with known scores."""

import numpy as np
import pandas as pd
import pytest

from ticketscope.probing.comparison import DIFFERENCES, TRENDS, Comparison
from ticketscope.probing.result import COLUMNS

TESTED = 400
K = 9


def truth(task, series, k):
    """Share of test instances that are right, of the better layer."""
    slope = {"falls": -0.04, "rises": 0.04, "stays": 0.0}[task]
    return 0.5 + (slope * k if series == "magnitude" else 0.0)


def made_up(seeds=(1, 2)):
    """probes.csv and what was kept: layer 2 is best on dev, layer 1 on test."""
    rows, kept = [], {}
    for task in ("falls", "rises", "stays"):
        for seed in seeds:
            tickets = [("dense", 0), ("untrained", 0)]
            tickets += [(series, k) for series in ("magnitude", "control") for k in range(1, K + 1)]
            for series, k in tickets:
                for layer in (0, 1, 2):
                    right = np.zeros((1, TESTED, 2))
                    right[..., 1] = 1
                    share = truth(task, series, k) + {0: 0.4, 1: 0.1, 2: 0.0}[layer]
                    order = np.random.default_rng([seed, k, len(task)]).permutation(TESTED)
                    right[0, order[: round(share * TESTED)], 0] = 1
                    kept[task, seed, series, f"LTH{k}", layer] = right
                    rows.append(
                        dict.fromkeys(COLUMNS, 0)
                        | {"at_floor": False, "undertrained": False}
                        | {"suite": "toy", "task": task, "group": "Syntax", "probe": "linear"}
                        | {"seed": seed, "series": series, "ticket": f"LTH{k}", "layer": layer}
                        | {"metric": "accuracy", "dev": 0.1 * layer, "replicate": 0}
                        | {"test": right[..., 0].mean()}
                    )

    def saved(row):
        name = row["task"], row["seed"], row["series"], row["ticket"], row["clean_layer"]
        return ("x", "y"), kept[name]

    return pd.DataFrame(rows), saved


@pytest.fixture(scope="module")
def comparison():
    probes, saved = made_up()
    return Comparison(probes, saved, resamples=300, seed=1)


@pytest.fixture(scope="module")
def trends(comparison):
    sparsity = pd.DataFrame(
        [
            {"seed": seed, "series": series, "ticket": f"LTH{k}"}
            | {"sparsity_excl": (1 - 0.8**k) if series == "magnitude" else 0.0}
            for seed in (1, 2)
            for series, ks in (("dense", [0]), ("magnitude", range(1, 10)), ("control", range(10)))
            for k in ks
        ]
    )
    return comparison.trends(sparsity, 0.05).set_index(["series", "task"])


def test_a_row_per_ticket_on_the_layer_that_dev_chose(comparison):
    table = comparison.differences()
    assert list(table.columns) == DIFFERENCES
    assert len(table) == 3 * 2 * 2 * K
    assert set(table["layer"]) == {2} and set(table["series"]) == {"magnitude", "control"}
    for row in table.itertuples():
        expected = truth(row.task, row.series, int(row.ticket[3:])) - 0.5
        assert row.difference == pytest.approx(expected, abs=1.5 / TESTED)
        assert row.low <= row.difference <= row.high
    last = table[(table["ticket"] == "LTH9") & (table["series"] == "magnitude")]
    assert (last.loc[last["task"] != "stays", "p"] < 0.02).all()


def test_classes_follow_the_trend_and_the_last_ticket(trends):
    assert set(trends.reset_index().columns) == set(TRENDS)
    assert trends.loc[("magnitude", "falls"), "class"] == "degrading"
    assert trends.loc[("magnitude", "rises"), "class"] == "improving"
    assert trends.loc[("magnitude", "stays"), "class"] == "invariant"
    assert trends.loc[("magnitude", "falls"), "rho"] == pytest.approx(-1)
    assert (trends["tickets"] == K + 1).all()


def test_a_task_separates_if_lth0_is_above_the_random_encoder_and_the_majority():
    probes, saved = made_up()
    probes["majority"] = 0.3

    def lowered(row):
        """The random encoder is far below LTH0 in one task, and no worse in the others."""
        classes, right = saved(row)
        if row["series"] == "untrained" and row["task"] == "falls":
            right = right * np.array([0.5, 1])
        return classes, right

    table = Comparison(probes, lowered, resamples=300, seed=1).separation().set_index("task")
    assert table.loc["falls", "separated"] and not table.loc["stays", "separated"]
    assert table.loc["falls", "over_random"] == pytest.approx(0.25, abs=0.01)
    assert table.loc["falls", "low"] < table.loc["falls", "trained"] < table.loc["falls", "high"]
    probes["majority"] = 0.6
    table = Comparison(probes, lowered, resamples=300, seed=1).separation().set_index("task")
    assert not table["separated"].any()


def test_a_series_without_sparsity_is_ranked_by_ticket():
    probes, saved = made_up()
    control = (probes["series"] == "control") & (probes["task"] == "stays")
    probes.loc[control, "test"] += probes.loc[control, "ticket"].str[3:].astype(int) * 0.01
    flat = probes[["seed", "series", "ticket"]].drop_duplicates().assign(sparsity_excl=0.0)
    table = Comparison(probes, saved, resamples=100, seed=1).trends(flat, 0.05)
    row = table[(table["series"] == "control") & (table["task"] == "stays")].iloc[0]
    assert row["rho"] == pytest.approx(1) and row["p_trend"] < 0.01


def test_a_probe_at_its_floor_is_no_separation_and_no_trend(comparison):
    probes, saved = made_up()
    stuck = (probes["task"] == "falls") & (probes["layer"] == 2) & (probes["seed"] == 2)
    marked = probes.assign(at_floor=stuck & (probes["series"] == "dense"), majority=0.1)

    def lowered(row):
        classes, right = saved(row)
        return classes, right * np.array([0.5 if row["series"] == "untrained" else 1, 1])

    table = Comparison(marked, lowered, resamples=100, seed=1).separation().set_index("task")
    assert table["separated"].to_dict() == {"falls": False, "rises": True, "stays": True}
    assert table["at_floor"].to_dict() == {"falls": True, "rises": False, "stays": False}

    marked["at_floor"] = stuck & (probes["series"] == "magnitude") & (probes["ticket"] == "LTH4")
    comparison = Comparison(marked, saved, resamples=100, seed=1)
    sparsity = probes[["seed", "series", "ticket"]].drop_duplicates()
    sparsity["sparsity_excl"] = 1 - 0.8 ** sparsity["ticket"].str[3:].astype(int)
    trends = comparison.trends(sparsity, 0.05).set_index(["series", "task"])
    assert trends.loc[("magnitude", "falls"), "class"] == "undecided"
    assert trends.loc[("magnitude", "falls"), "at_floor"] == 1
    assert trends.loc[("magnitude", "rises"), "class"] == "improving"
    differences = comparison.differences()
    assert differences.loc[
        differences["at_floor"], ["task", "ticket", "seed"]
    ].to_numpy().tolist() == [["falls", "LTH4", 2]]


def test_seeds_are_pooled(comparison, trends):
    by_seed = comparison.differences()
    last = by_seed[(by_seed["ticket"] == "LTH9") & (by_seed["series"] == "magnitude")]
    for task, part in last.groupby("task"):
        pooled = trends.loc[("magnitude", task)]
        assert pooled["difference"] == pytest.approx(part["difference"].mean())
        assert pooled["high"] - pooled["low"] < (part["high"] - part["low"]).mean()
