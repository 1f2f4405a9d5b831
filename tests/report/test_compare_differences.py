"""Differences over seeds against scipy's tests, and two halves of one experiment's seeds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ticketscope.claims.columns import REFERENCES, suffix
from ticketscope.claims.judge import judge, measure
from ticketscope.claims.model import claims as all_claims
from ticketscope.claims.simulation import Simulation
from ticketscope.claims.tables import Tables
from ticketscope.report.compare import claims
from ticketscope.report.compare.differences import differences, in_common, judged
from ticketscope.report.compare.results import Results
from ticketscope.stats.seeds import mean_effect

NAN = np.nan
ABOUT = ["section", "sentence", "part_of", "unit"]


def compared(a, b, items=NAN):
    """Of one number, by seed."""
    a, b = in_common(pd.DataFrame(a, index=["x"]), pd.DataFrame(b, index=["x"]))
    return differences(a, b, pd.Series(items, index=["x"])).iloc[0]


def test_the_same_seeds_are_paired():
    """However little they vary beside their own size."""
    row = compared({1: 300.1, 2: 300.2, 3: 300.3}, {1: 300.2, 2: 300.25, 3: 300.45, 4: 9.0})
    expected = stats.ttest_rel([300.2, 300.25, 300.45], [300.1, 300.2, 300.3])
    assert [row["low"], row["high"]] == pytest.approx(list(expected.confidence_interval()))
    assert row["p"] == pytest.approx(expected.pvalue)
    assert (row["a"], row["b"], row["difference"]) == pytest.approx((300.2, 300.3, 0.1))
    assert (row["seeds_a"], row["seeds_b"]) == ("1; 2; 3", "1; 2; 3")
    assert row["interval"] == "paired seeds"


def test_other_seeds_are_welchs():
    a, b = [1.0, 2.0, 4.0], [7.0, 9.0, 8.5, 9.5]
    row = compared(dict(enumerate(a)), dict(enumerate(b, 10)))
    expected = stats.ttest_ind(b, a, equal_var=False)
    assert [row["low"], row["high"]] == pytest.approx(list(expected.confidence_interval()))
    assert row["p"] == pytest.approx(expected.pvalue)
    assert row["interval"] == "seeds"


def test_test_items_add_their_variance():
    row = compared({1: 1.0, 2: 2.0, 3: 4.0}, {1: 2.0, 2: 5.0, 3: 4.0}, items=0.5)
    error = np.sqrt(np.var([1, 3, 0], ddof=1) / 3 + 0.5)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(stats.t.ppf(0.975, 2) * error)
    assert row["p"] == pytest.approx(2 * stats.t.sf(4 / 3 / error, 2))
    assert row["interval"] == "paired seeds, test items"


def test_a_single_seed_has_the_interval_of_its_items_or_none():
    row = compared({1: 1.0}, {2: 3.0, 3: 5.0}, items=4.0)
    assert (row["low"], row["high"]) == pytest.approx((3 - 3.92, 3 + 3.92), abs=1e-3)
    assert np.isnan(row["p"]) and row["interval"] == "test items"
    alone = compared({1: 1.0}, {1: 3.0})
    assert np.isnan(alone["low"]) and alone["interval"] == ""


@pytest.mark.parametrize("first", [1, 11])  # paired, and Welch's
def test_seeds_that_do_not_vary_say_nothing_of_others(first):
    a = dict.fromkeys([1, 2, 3], 0.1)  # the variance of three .1, or .7, is not quite 0
    row = compared(a, {first + i: value + 0.7 for i, value in enumerate(a.values())}, items=0.0)
    assert row["difference"] == pytest.approx(0.7)
    assert np.isnan(row["low"]) and np.isnan(row["p"]) and row["interval"] == ""


def test_rows_have_the_seeds_that_they_were_measured_in():
    index = ["all", "two", "none"]
    a = pd.DataFrame({1: [1.0, 1, NAN], 2: [2.0, 3, 1], 3: [4.0, NAN, NAN]}, index=index)
    b = pd.DataFrame({1: [2.0, 2, 3], 2: [4.0, 5, NAN], 3: [5.0, 9, NAN]}, index=index)
    table = differences(a, b, pd.Series(NAN, index=index))
    assert table["seeds_a"].to_dict() == {"all": "1; 2; 3", "two": "1; 2"}
    assert table["difference"].tolist() == pytest.approx([4 / 3, 1.5])
    assert table["p"].notna().tolist() == [True, False]


def test_p_values_are_corrected_for_the_rows_of_their_family():
    p = [0.01, 0.02, 0.04, NAN, 0.04]
    rows = pd.DataFrame({"p": p, "of": ["x"] * 4 + ["y"]})
    judgements = judged(rows, ["of"])
    expected = stats.false_discovery_control([0.01, 0.02, 0.04])
    assert judgements["p_corrected"].tolist()[:3] == pytest.approx(list(expected))
    assert judgements["p_corrected"].tolist()[4] == 0.04
    assert judgements["verdict"].tolist() == ["differs"] * 3 + ["described", "differs"]
    assert judged(rows.assign(p=0.06))["verdict"].tolist() == ["open"] * 5


# One of each kind of quantity.
CHOSEN = [
    claim
    for claim in all_claims()
    if claim.id
    in ("random-falls", "random-below-magnitude", "enc-dec-least", "degrading-tasks",
        "syntax-lower-layers-rise", "layersim-higher-layers", "early-nearer-final",
        "fewer-components", "categories-kept", "all-neurons-diverge", "dec-self-concentrated")
]  # fmt: skip


def judged_results(tables):
    judgement, effects = judge(tables, CHOSEN)
    return Results(Path(), {"claims": judgement, "claim_effects": effects}, None)


def of_seeds(tables, seeds):
    return {n: t[t["seed"].isin(seeds)] if "seed" in t else t for n, t in tables.items()}


def effects_as_tables(effects, seeds):
    """As `judge` writes them: of each claim and reference the effect of the first comparison."""
    rows, lines = [], {}
    for (name, reference), effect in effects.items():
        mean = mean_effect(
            effect.values[None, seeds],
            None if effect.draws is None else effect.draws[:, None, seeds],
        )
        ends = dict(zip(("low", "high"), (float(end[0]) for end in mean.interval()), strict=True))
        line = lines.setdefault(name, dict.fromkeys(ABOUT, "") | {"id": name})
        line |= {f"{n}{suffix(reference)}": v for n, v in (ends | {"verdict": "open"}).items()}
        rows += [
            {"id": name, "reference": reference, "seed": seed, "effect": effect.values[seed]}
            for seed in seeds
        ]
    columns = [f"{n}{suffix(r)}" for r in REFERENCES for n in ("verdict", "low", "high")]
    table = pd.DataFrame(list(lines.values())).reindex(columns=["id", *ABOUT, *columns])
    return Results(Path(), {"claims": table, "claim_effects": pd.DataFrame(rows)}, None)


def test_two_halves_of_one_experiment_hardly_ever_differ():
    """A/A: nothing but chance; at most 5 % of the effects differ, before any correction too."""
    experiments = 40
    tables = Tables(Simulation(experiments, 6, np.random.default_rng(2), drift=True).tables())
    effects = {
        (claim.id, reference): comparisons[0]
        for claim in CHOSEN
        for reference, comparisons in measure(claim, tables)[0].effects.items()
    }
    compared = [
        claims.compare(*(effects_as_tables(effects, range(k, k + 3)) for k in (6 * i, 6 * i + 3)))
        for i in range(experiments)
    ]
    table = pd.concat(compared)
    assert table["p"].notna().all() and set(table["reference"]) == set(REFERENCES)
    # The columns of a claim have its tickets in common.
    error = np.sqrt(0.05 * 0.95 / (experiments * len(CHOSEN)))
    assert 0.005 < (table["p"] < 0.05).mean() <= 0.05 + 2 * error
    assert (table["verdict"] == "differs").mean() <= 0.05
    assert np.mean([(each["verdict"] == "differs").any() for each in compared]) <= 0.2


def planted(seeds):
    """The tables of an experiment, and of one whose random tickets are 5 BLEU worse."""
    tables = Simulation(1, 2 * seeds, np.random.default_rng(3), drift=True).tables()
    a, b = (of_seeds(tables, range(k, k + seeds)) for k in (0, seeds))
    fallen = b["table_a1"].assign(
        bleu=lambda rows: rows["bleu"] - 5.0 * (rows["series"] == "random")
    )
    return judged_results(a), judged_results(b | {"table_a1": fallen})


def test_a_difference_that_is_there_is_seen():
    table = claims.compare(*planted(5)).set_index(["id", "reference"])
    for name in ("random-below-magnitude", "random-falls"):
        row = table.loc[(name, "paper")]
        assert row["verdict"] == "differs" and row["low"] < 5 < row["high"]
        assert row["interval"] == "seeds, test items"
    others = table[~table.index.get_level_values("id").str.startswith("random")]
    assert (others["verdict"] == "differs").mean() <= 0.05
    assert {reference for _, reference in table.index} == set(REFERENCES)
    for _, family in table.dropna(subset="p").groupby(["reference", "part_of"]):
        expected = stats.false_discovery_control(family["p"])
        assert family["p_corrected"].tolist() == pytest.approx(list(expected))


def test_fewer_than_three_seeds_a_side_are_described():
    table = claims.compare(*planted(2))
    assert set(table["verdict"]) == {"described"} and table["p"].isna().all()


def test_sentences_are_part_of_a_claims_error():
    """The difference has both experiments' sentences beside the seeds, as claims.csv has them."""
    sides = planted(3)
    row = claims.compare(*sides).set_index(["id", "reference"]).loc[("random-falls", "paper")]
    whole, seeds = [], []
    for side in sides:
        claim = side.tables["claims"].set_index("id").loc["random-falls"]
        effects = side.tables["claim_effects"]
        mine = effects[(effects["id"] == "random-falls") & (effects["reference"] == "paper")]
        whole.append(((claim["high"] - claim["low"]) / 2 / stats.t.ppf(0.975, 2)) ** 2)
        seeds.append(mine["effect"].var() / 3)
    assert sum(whole) > sum(seeds)
    df = sum(seeds) ** 2 / sum(part**2 / 2 for part in seeds)
    reach = stats.t.ppf(0.975, df) * np.sqrt(sum(whole))
    assert (row["high"] - row["low"]) / 2 == pytest.approx(reach)
