"""Each rule that turns effects into verdicts, on tables in which it could go wrong."""

import sys

import numpy as np
import pandas as pd
import pytest

from tests.claims.asked import SEEDS, claim, effect, rows_of
from tests.report.claims_tables import build
from ticketscope.claims import judge
from ticketscope.claims.columns import REFERENCES
from ticketscope.claims.judge import measure
from ticketscope.claims.model import Claim, claims
from ticketscope.claims.tables import Tables
from ticketscope.claims.verdicts import test as decide
from ticketscope.stats.corrections import benjamini_hochberg
from ticketscope.stats.seeds import MeanEffect


def test_a_last_layer_that_collapses_does_not_stay_equal():
    """Before: the lower layers gain more than the last, which a collapse of the last satisfies."""
    names = ("syntax-last-layer-equal", "pos-last-layer-equal")
    collapsed = rows_of(build(-1, seeds=SEEDS), *names)
    for name in names:
        assert collapsed.loc[name, "verdict"] == "contradicted"


def test_neurons_that_split_into_two_groups_are_seen():
    """Before: the share of neurons whose correlation falls, however it falls."""
    tables = build(1, seeds=SEEDS)
    assert effect("neurons-not-bimodal", tables) > claim("neurons-not-bimodal").above
    split = tables["neuron_maxima"]
    drop = np.where((split["neuron"] % 2 == 0) & (split["series"] == "magnitude"), 0.4, 0)
    split = tables | {"neuron_maxima": split.assign(value=split["value"] - drop)}
    rows = rows_of(split, "neurons-not-bimodal")
    assert rows.loc["neurons-not-bimodal", "verdict"] == "contradicted"


def test_a_probe_that_gains_significantly_and_one_that_does_not_need_not_differ():
    """Before: linear improves with p < .05 and MLP does not. Here both gain, the MLP unevenly."""
    tables = build(1, seeds=SEEDS)
    probes, generator = tables["probes"], np.random.default_rng(0)
    mlp = probes["probe"] == "mlp"
    chosen = mlp & probes["task"].isin(["SynPred", "SemPred"]) & (probes["series"] == "magnitude")
    gain = 0.03 * probes["ticket"].str.removeprefix("LTH").astype(int) / 9
    noise = generator.normal(0, 0.02, size=probes["seed"].nunique())[probes["seed"] - 1]
    moved = np.where(chosen, gain * (1 + noise / 0.02), 0)
    changed = probes.assign(test=probes["test"] + moved, dev=probes["dev"] + moved)
    row = rows_of(tables | {"probes": changed}, "mlp-no-gain").loc["mlp-no-gain"]
    assert row["verdict"] == "open"


def test_scores_of_the_same_sentences_are_compared_as_such():
    """Before: two tickets' intervals, joined as if they had been translated from other texts."""
    tables = build(1, seeds=SEEDS, ks=[7, 8])
    generator = np.random.default_rng(1)
    shared = generator.normal(0, 1, 300)
    parts = [
        table.assign(resample=range(300), bleu=row.bleu + shared + generator.normal(0, 0.05, 300))
        for row in tables["table_a1"].itertuples()
        for table in [
            pd.DataFrame({"seed": row.seed, "series": row.series, "k": row.k}, index=range(300))
        ]
    ]
    row = rows_of(tables | {"bleu_resamples": pd.concat(parts)}, "bleu-falls-next")
    # sd of a difference .05 * sqrt(2), of the mean over three seeds / sqrt(3), times t = 4.30.
    assert row.loc["bleu-falls-next", "resolvable"] == pytest.approx(0.176, rel=0.15)
    assert "bleu/seed*.resamples.csv" in row.loc["bleu-falls-next", "tables"]


def test_one_categorys_error_counts_once():
    """Before: a share of the other categories, each comparison with the same error of the first."""
    tables = build(1, seeds=SEEDS, ks=[7, 8])
    table = tables["categories"]
    wide = table["category"] == "CC"
    table = table.assign(low=table["debiased"] - 0.001, high=table["debiased"] + 0.001)
    table.loc[wide, "low"], table.loc[wide, "high"] = 0.5, 1.5
    rows = rows_of(tables | {"categories": table}, "categories-kept")
    reach = rows.loc["categories-kept/coordinating conjunctions", "resolvable"]
    assert reach == pytest.approx(4.303 * 0.5 / 1.96, rel=0.15)  # t of three seeds times the error
    assert rows.loc["categories-kept/coordinating conjunctions", "verdict"] == "open"
    # Beside superlative adjectives it is one of 17 others.
    reach = rows.loc["categories-kept/superlative adjectives", "resolvable"]
    assert reach == pytest.approx(4.303 * 0.5 / 1.96 / 17, rel=0.15)


def test_a_margin_to_the_nearest_rival_is_negative_if_another_one_wins():
    """Before: a share of tickets against one half."""
    tables = build(1, seeds=SEEDS)
    modules = tables["module_sparsity"]
    fourth = modules["block"].eq("enc-self") & modules["layer"].eq(4)
    fourth &= modules["series"].eq("magnitude")
    modules = modules.assign(pruned=modules["pruned"].mask(fourth, 9_900))
    row = rows_of(tables | {"module_sparsity": modules}, "self-first-sparsest")
    assert row.loc["self-first-sparsest", "verdict"] == "contradicted"
    assert row.loc["self-first-sparsest", "effect"] < 0
    assert row.loc["self-first-sparsest/decoder", "effect"] > 0


def arrays(*values):
    return np.array(values, dtype=float)


def test_a_claim_of_all_is_supported_by_its_weakest_and_contradicted_by_one():
    strong, weak = MeanEffect(arrays(9), arrays(1), 10), MeanEffect(arrays(1), arrays(1), 10)
    against = MeanEffect(arrays(-9), arrays(1), 10)
    every = claim("mlp-higher")
    both = decide(every, [strong, weak])
    assert both.value == 1 and both.p == 2 * weak.p_above(0) and both.supports
    decision = decide(every, [strong, against, weak])
    assert (
        decision.value == -9 and decision.p == 3 * 2 * against.p_below(0) and not decision.supports
    )


def test_equivalence_needs_the_whole_interval_within_the_margin():
    equal = claim("dec-self-concentration-kept")  # within .05
    inside, wide, outside = (
        MeanEffect(arrays(value), arrays(error), 5)
        for value, error in ((0.03, 0.005), (0.03, 0.04), (0.2, 0.01))
    )
    verdicts = [decide(equal, [each]).verdicts(decide(equal, [each]).p)[0] for each in (
        inside, wide, outside,
    )]  # fmt: skip
    assert verdicts == ["supported", "open", "contradicted"]


def test_sentences_are_corrected_together_and_parts_with_those_of_their_sentence(monkeypatch):
    families = []

    def corrected(p):
        families.append(len(p))
        return benjamini_hochberg(p)

    # In its package the function hides its module.
    monkeypatch.setattr(sys.modules[measure.__module__], "benjamini_hochberg", corrected)
    chosen = [claim(name) for name in ("bleu-kept", "degrading-tasks", "improving-tasks")]
    judge(build(1, seeds=SEEDS, ks=[4, 8]), chosen)
    expected = []
    for reference in REFERENCES:
        asked = [each for each in chosen if reference in each.references]
        expected += [len(asked), *(len(each.parts) for each in asked)]
    assert sorted(families) == sorted(filter(None, expected)) and len(families) > 4


def test_an_effect_too_small_to_matter_is_negligible():
    small = MeanEffect(arrays(0.002), arrays(0.0002), 5)
    decision = decide(claim("improving-tasks"), [small])
    assert decision.verdicts(decision.p)[0] == "negligible"
    assert decision.verdicts(arrays(0.2))[0] == "open"  # after correction
    # Within the margin of .005 itself, but not with its whole interval.
    perhaps = decide(claim("improving-tasks"), [MeanEffect(arrays(0.004), arrays(0.001), 5)])
    assert perhaps.high > 0.005 and perhaps.verdicts(perhaps.p)[0] == "supported"


def test_a_reference_of_zero_keeps_nothing():
    tables = build(1, seeds=SEEDS, ks=[7, 8])
    tables["table_a1"] = tables["table_a1"].assign(bleu=0.0)
    with pytest.raises(KeyError):
        effect("bleu-kept", tables)
    assert "reference is 0" in measure(claim("bleu-kept"), Tables(tables))[0].reasons["paper"]


def test_a_sentence_of_several_parts_has_the_seeds_of_the_one_with_fewest():
    tables = build(1, seeds=SEEDS)
    probes = tables["probes"]
    tables["probes"] = probes[(probes["task"] != "NER") | (probes["seed"] < 3)]
    rows = rows_of(tables, "mlp-higher")
    assert rows["seeds"].to_dict() == {
        name: 2 if name in ("mlp-higher", "mlp-higher/NER") else 3 for name in rows.index
    }
    assert rows.loc["mlp-higher", "verdict"] == "described"


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_seed_without_a_number_is_left_out_and_two_seeds_give_no_verdict(number):
    tables = build(1, seeds=SEEDS)
    for name, column in (("table_a1", "bleu"), ("similarity", "value"), ("probes", "test")):
        table = tables[name]
        tables[name] = table.assign(**{column: table[column].where(table["seed"] > 1, number)})
    rows = rows_of(tables, "bleu-kept", "enc-self-kept", "degrading-tasks")
    rows = rows[rows["part_of"] == ""]
    assert set(rows["verdict"]) == {"described"} and set(rows["seeds"]) == {2}
    assert np.isfinite(rows["effect"].to_numpy(float)).all()
    for name, column in (("table_a1", "bleu"), ("similarity", "value"), ("probes", "test")):
        tables[name] = tables[name].assign(**{column: number})
    rows = rows_of(tables, "bleu-kept", "enc-self-kept", "degrading-tasks")
    assert set(rows["verdict"]) == {"not measurable"}


def with_shuffled(tables, name, raised):
    """The tables, one of them with a series `shuffled`: random's rows, their value raised."""
    table = tables[name]
    more = table[table["series"] == "random"].assign(series="shuffled")
    column = {"table_a1": "bleu", "module_sparsity": "pruned"}[name]
    return tables | {
        name: pd.concat([table, more.assign(**{column: more[column] + raised})], ignore_index=True)
    }


def test_at_equal_sparsity_the_shuffled_series_comes_before_the_random_one():
    chosen = Claim(
        id="made-up", section="1", sentence="One.", unit="BLEU", statistic="mean",
        of={"quantity": "bleu"}, against="nothing", references=["paper", "equal_sparsity"],
    )  # fmt: skip
    tables = build(1, seeds=SEEDS)
    plain, _ = judge(tables, [chosen])
    shuffled, _ = judge(with_shuffled(tables, "table_a1", 2.0), [chosen])
    column = "effect_equal_sparsity"
    assert shuffled[column][0] == pytest.approx(plain[column][0] - 2)
    assert shuffled["effect"][0] == plain["effect"][0]
    note = "At equal sparsity the reference is the shuffled series."
    assert note in shuffled["note"][0] and note not in plain["note"][0]


def test_where_weights_are_pruned_is_never_compared_with_the_shuffled_series():
    """It has magnitude's sparsities in each tensor: every such difference would be 0."""
    tables = build(1, seeds=SEEDS)
    chosen = [claim("fc-later-sparser")]
    plain, _ = judge(tables, chosen)
    shuffled, _ = judge(with_shuffled(tables, "module_sparsity", 100), chosen)
    pd.testing.assert_frame_equal(plain, shuffled)
    assert plain["effect_equal_sparsity"].notna().all()


def test_what_the_shuffled_series_was_not_measured_for_is_compared_with_the_random_one():
    tables = build(1, seeds=SEEDS)
    chosen = [
        c for c in claims() if "equal_sparsity" in c.references and c.of["quantity"] == "kept"
    ]
    assert chosen
    plain, _ = judge(tables, chosen)
    shuffled, _ = judge(with_shuffled(tables, "table_a1", 2.0), chosen)
    pd.testing.assert_frame_equal(plain, shuffled)
