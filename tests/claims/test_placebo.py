"""A second control in the place of magnitude: nothing about sparsity is decided, a fault is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ROOT
from ticketscope.claims import verdicts
from ticketscope.claims.model import claims
from ticketscope.claims.placebo import as_magnitude, exchanged, main, placebo
from ticketscope.claims.simulation import SPARSITIES, Simulation
from ticketscope.errors import InputError


@pytest.fixture(scope="module")
def tables():
    """Five seeds in which the random series is a second control."""
    simulated = Simulation(1, 5, np.random.default_rng(1), drift=True).tables()
    return {
        name: table
        if name in ("sparsity", "module_sparsity")
        else table.assign(series=table["series"].astype(str).replace("random", "reordered"))
        for name, table in simulated.items()
    }


def decided(verdicts):
    return verdicts["verdict_equal_training"].isin(["supported", "contradicted"])


def test_two_controls_differ_by_nothing(tables):
    verdicts = placebo(tables, "reordered")
    assert (verdicts["seeds"] == 5).sum() > 20
    # Corrected at 5 %: mostly none, and never a fair share.
    assert decided(verdicts).mean() < 0.05


def test_magnitude_itself_has_no_part_in_it(tables):
    changed = dict(tables)
    table = tables["table_a1"]
    changed["table_a1"] = table.assign(
        bleu=table["bleu"] - 9.0 * (table["series"] == "magnitude") * table["k"]
    )
    for one, other in zip(
        placebo(tables, "reordered")["p_equal_training"],
        placebo(changed, "reordered")["p_equal_training"],
        strict=True,
    ):
        assert one == pytest.approx(other, nan_ok=True)


def test_a_control_that_loses_bleu_is_seen(tables):
    table = tables["table_a1"]
    worse = table.assign(bleu=table["bleu"] - 3.0 * (table["series"] == "reordered") * table["k"])
    verdicts = placebo(tables | {"table_a1": worse}, "reordered").set_index("id")
    assert verdicts.loc["bleu-falls-next", "verdict_equal_training"] == "supported"


def test_the_control_has_no_part_in_a_pair_of_others(tables):
    """Both lose as much BLEU beside the control, and nothing beside one another."""
    table = tables["table_a1"]
    worse = table.assign(bleu=table["bleu"] - 3.0 * (table["series"] == "reordered") * table["k"])
    again = worse[worse["series"] == "reordered"].assign(series="again")
    again["bleu"] += np.random.default_rng(2).normal(0, 0.1, len(again))
    both = tables | {"table_a1": pd.concat([worse, again])}
    ids = "bleu-falls-next"
    assert placebo(both, "again").set_index("id").loc[ids, "verdict_equal_training"] == "supported"
    pair = placebo(both, "again", "reordered").set_index("id").loc[ids]
    assert pair["verdict_equal_training"] == "open" and abs(pair["effect_equal_training"]) < 0.3


@pytest.mark.parametrize("names", [("other",), ("reordered", "other")])
def test_a_series_that_is_not_there_is_told(tables, names):
    with pytest.raises(InputError, match="no table has a series other"):
        placebo(tables, *names)


def test_a_table_of_items_has_no_series_and_stays(tables):
    items = pd.DataFrame({"set": ["toy"], "item": [0]})
    assert as_magnitude(tables | {"contrast_items": items}, "reordered")["contrast_items"] is items


@pytest.fixture(scope="module")
def six_seeds():
    return Simulation(1, 6, np.random.default_rng(4), drift=True).tables()


def test_controls_of_two_seeds_differ_by_chance(six_seeds):
    shares = exchanged(six_seeds, 200)
    assert set(shares["pairs"]) == {3} and len(shares) > 20
    assert shares["decided"].mean() <= 0.05
    assert shares["decided_corrected"].max() <= 0.05


def test_a_rule_that_decides_too_often_is_found_out_between_seeds(six_seeds, monkeypatch):
    """Tickets counted as so many trainings."""
    rule = verdicts.test

    def too_sure(claim, means):
        return rule(claim, [replace(mean, error=mean.error / 3) for mean in means])

    monkeypatch.setattr(verdicts, "test", too_sure)
    assert exchanged(six_seeds, 200)["decided"].mean() > 0.15


@pytest.fixture
def bleu_alone(monkeypatch):
    """Of all claims, the one on BLEU's last fall."""
    chosen = [claim for claim in claims() if claim.id == "bleu-falls-next"]
    monkeypatch.setattr("ticketscope.claims.placebo._about_sparsity", lambda: chosen)


def test_a_set_has_each_seed_once(six_seeds, bleu_alone, monkeypatch):
    """BLEU that tells whose control it is: three first seeds' bits less three second ones'."""
    table = six_seeds["table_a1"]
    last = (table["series"] == "control") & (table["k"] == len(SPARSITIES))
    told = table.assign(bleu=np.where(last, 2.0 ** table["seed"], 0.0))
    rule, sums = verdicts.test, []

    def noted(claim, means):
        sums.append(round(3 * float(means[0].value[0])))
        return rule(claim, means)

    monkeypatch.setattr(verdicts, "test", noted)
    exchanged(six_seeds | {"table_a1": told}, 20)
    firsts = {(0b111111 + each) / 2 for each in sums}  # what falls is the second ones'
    assert len(sums) == 20 and len(firsts) > 5
    assert {first.is_integer() and int(first).bit_count() for first in firsts} == {3}


def test_a_pair_is_one_seeds_control_beside_the_others(six_seeds, bleu_alone):
    """Magnitude has no part in it, and what all controls have in common is no effect."""
    table = six_seeds["table_a1"]
    changed = table.assign(bleu=table["bleu"] - 9.0 * (table["series"] == "magnitude") * table["k"])
    fallen = table.assign(bleu=table["bleu"] - 9.0 * (table["series"] == "control") * table["k"])
    plain = exchanged(six_seeds, 20).set_index("id")
    for other in (changed, fallen):
        shares = exchanged(six_seeds | {"table_a1": other}, 20).set_index("id")
        assert shares.loc["bleu-falls-next", "decided"] == plain.loc["bleu-falls-next", "decided"]


def test_the_committed_table_of_real_seeds_keeps_the_level():
    shares = pd.read_csv(ROOT / "docs/results/calibration-placebo.csv")
    assert set(shares["pairs"]) == {5} and len(shares) == 25
    assert shares["decided"].mean() <= 0.05 and shares["decided"].max() <= 0.1
    assert shares["decided_corrected"].max() <= 0.01


def test_pairs_take_six_seeds(tables):
    with pytest.raises(InputError, match="5 seeds have a control"):
        exchanged(tables)


def test_the_command_counts_as_the_plan_does(tmp_path, monkeypatch, capsys):
    """An effect that is there is decided by chance, even if it is too small to matter."""
    lost = {("reordered", 8): 0.05}
    rows = [
        {"seed": seed, "series": series, "k": k, "bleu": 30 + seed - lost.get((series, k), 0)}
        for seed in (1, 2, 3)
        for series in ("magnitude", "control", "reordered")
        for k in (7, 8)
    ]
    known = [{"seed": 1, "series": "magnitude", "k": k, "sparsity_excl": s}
             for k, s in ((7, 0.79), (8, 0.832))]  # fmt: skip
    (tmp_path / "tables").mkdir()
    pd.DataFrame(rows).to_csv(tmp_path / "tables/table_a1.csv", index=False)
    pd.DataFrame(known).to_csv(tmp_path / "tables/sparsity.csv", index=False)
    monkeypatch.setattr("sys.argv", ["placebo", str(tmp_path), "reordered"])
    main()
    out, told = capsys.readouterr()
    assert ",negligible\n" in out
    assert told.startswith("1 of 1 claims decided")
