"""Verdicts on made-up experiments: all as in the paper, all against it, some incomplete."""

import numpy as np
import pandas as pd
import pytest

from tests.claims.asked import SEEDS, claim, rows_of
from tests.report.claims_tables import LEVELS, build
from ticketscope.claims import judge, read_tables
from ticketscope.claims.columns import COLUMNS, EFFECT_COLUMNS
from ticketscope.claims.judge import measure
from ticketscope.claims.model import claims, quantity
from ticketscope.claims.probing import Score
from ticketscope.claims.simulation import Simulation
from ticketscope.claims.tables import Tables


@pytest.fixture(scope="module", params=[1, -1], ids=["agrees", "differs"])
def judged(request):
    table, effects = judge(build(request.param, seeds=SEEDS))
    return request.param, table, effects


def test_every_sentence_sees_the_effect_that_was_planted(judged):
    sign, table, _ = judged
    sentences = table[table["part_of"] == ""].set_index("id")
    assert set(sentences["verdict"]) == {"supported" if sign > 0 else "contradicted"}
    assert len(sentences) == len(claims()) and list(table.columns) == COLUMNS
    # The control of these tables differs from LTH0 as little as it should, but for these.
    same = {"enc-self-first-odd", "enc-dec-deviates-more", "dec-self-most-kept"}
    at_equal_training = sentences["verdict_equal_training"].drop(list(same))
    allowed = {"supported", ""} if sign > 0 else {"contradicted", "supported", ""}
    assert set(at_equal_training) == allowed
    assert set(sentences.loc[list(same), "verdict_equal_training"]) == {"open"}
    kept = {"same-neuron", "enc-self-kept", "dec-self-identical"}
    if sign < 0:
        assert set(at_equal_training.index[at_equal_training == "supported"]) == kept


def test_effects_are_as_large_as_what_was_planted(judged):
    sign, table, _ = judged
    effects = table.set_index("id")["effect"]
    assert effects["enc-dec-halves"] == pytest.approx(0.15 if sign > 0 else -0.2)
    # On the layer that is best on dev: the first, or the last, which test says the contrary of.
    lost = 0.03 if sign > 0 else -0.035
    assert effects["degrading-tasks"] == pytest.approx(lost * LEVELS[9])
    # z over layers (down) and tickets; sparsity moves the last layer otherwise than those below.
    below, last = (0.005, 0.0) if sign > 0 else (-0.035, -0.08)
    layers = np.arange(1, 7)[:, None]
    scores = sign * 0.03 * layers + np.where(layers < 6, below, last) * LEVELS[:10]
    gained = below * LEVELS[9] / scores.std()
    assert effects["pos-lower-layers-rise"] == pytest.approx(gained)


def test_rows_hold_together(judged):
    _, table, effects = judged
    assert table["id"].is_unique
    parts = table[table["part_of"] != ""]
    assert set(parts["part_of"]) <= set(table["id"]) and (parts["part"] != "").all()
    assert (table["low"] <= table["effect"] + 1e-12).all()
    assert (table["effect"] <= table["high"] + 1e-12).all()
    half = (table["high"] - table["low"]) / 2
    assert table["resolvable"].to_numpy() == pytest.approx(half.to_numpy())
    assert (table["seeds"] == 3).all() and table["tables"].str.contains("tables/").all()
    assert list(effects.columns) == EFFECT_COLUMNS
    means = effects.groupby(["id", "reference"])["effect"].mean()
    shown = table.set_index("id")["effect"]
    assert means.xs("paper", level="reference")[shown.index].to_numpy() == pytest.approx(
        shown.to_numpy()
    )


def test_what_training_alone_does_is_not_supported_at_equal_training():
    """The control moves as the magnitude series does: the most interesting row of the page."""
    tables = build(1, seeds=SEEDS)
    for name in ("probes", "probe_differences", "similarity", "spectra"):
        table = tables[name]
        moved = table[table["series"] == "magnitude"].assign(series="control")
        tables[name] = pd.concat([table[table["series"] != "control"], moved])
    names = ("degrading-tasks", "improving-tasks", "layersim-falls", "fewer-components")
    rows = rows_of(tables, *names)
    for name in names:
        assert rows.loc[name, "verdict"] == "supported"
        assert rows.loc[name, "verdict_equal_training"] == "open"
        assert rows.loc[name, "effect_equal_training"] == pytest.approx(0, abs=1e-9)
    # What further training explains is an effect with its interval.
    row = rows.loc["degrading-tasks"]
    assert f"Further training without pruning has {row['effect']:.3g} [" in row["note"]


def test_below_three_seeds_effects_are_described():
    chosen = [claim(name) for name in ("bleu-kept", "layersim-falls", "fewer-components")]
    table, _ = judge(build(1, seeds=(1, 2)), chosen)
    assert set(table["verdict"]) == {"described"}
    assert table["p"].isna().all() and table["resolvable"].isna().all()
    assert table["effect"].notna().all()
    rows = rows_of(build(1, seeds=(1,)), "layersim-falls", "fewer-components")
    # The sentences' interval where there is one.
    assert rows.loc["layersim-falls", ["low", "high"]].notna().all()
    assert rows.loc["fewer-components", ["low", "high"]].isna().all()


@pytest.mark.parametrize(
    ("missing", "name", "why"),
    [
        ("similarity", "layersim-falls", "similarity.csv is missing"),
        ("probes", "mlp-higher", "probes.csv is missing"),
        ("table_a1", "bleu-kept", "table_a1.csv is missing"),
    ],
)
def test_without_a_table_a_claim_is_not_measurable(missing, name, why):
    tables = build(1, seeds=SEEDS, ks=[7, 8])
    del tables[missing]
    row = rows_of(tables, name).loc[name]
    assert row["verdict"] == "not measurable" and why in row["note"]
    assert pd.isna(row["effect"]) and pd.isna(row["p"])


def test_no_control_leaves_the_papers_comparison():
    tables = build(1, seeds=SEEDS, ks=[7, 8])
    tables = {name: table[table.get("series") != "control"] for name, table in tables.items()}
    row = rows_of(tables, "fewer-components").loc["fewer-components"]
    assert row["verdict"] == "supported" and row["verdict_equal_training"] == "not measurable"
    assert "No control was measured" in row["note"]


def test_models_without_enough_layers_and_chains_without_enough_tickets():
    tables = build(1, seeds=SEEDS, ks=[8], layers=2)
    expected = {
        "decoder-last-above-next": "Needs 3 layers",
        "enc-dec-halves": "Needs 4 layers",
        "layersim-falls": "A trend needs two pruned tickets",
        "bleu-falls-next": "LTH8 is the nearest to the paper's LTH7 and LTH8",
    }
    rows = rows_of(tables, *expected)
    for name, why in expected.items():
        assert rows.loc[name, "verdict"] == "not measurable" and why in rows.loc[name, "note"]


def test_tasks_that_were_not_probed_are_named():
    tables = build(1, seeds=SEEDS, ks=[4, 8])
    for name in ("probes", "probe_differences"):
        tables[name] = tables[name][tables[name]["task"] != "Coref"]
    rows = rows_of(tables, "degrading-tasks")
    assert rows.loc["degrading-tasks", "verdict"] == "supported"
    note = rows.loc["degrading-tasks", "note"]
    assert "Not measured here: Coref." in note and "Not measured at equal training" not in note
    assert "Coref was not probed" in rows.loc["degrading-tasks/Coref", "note"]
    # The control was probed for the others.
    assert "Further training without pruning has" in note


def test_parts_that_the_control_lacks_are_named():
    """At equal training the mean is over fewer tasks than as in the paper."""
    tables = build(1, seeds=SEEDS, ks=[4, 8])
    for name in ("probes", "probe_differences"):
        table = tables[name]
        gone = (table["task"] == "Coref") & (table["series"] == "control")
        tables[name] = table[~gone]
    note = rows_of(tables, "degrading-tasks").loc["degrading-tasks", "note"]
    assert "Not measured at equal training: Coref." in note
    assert "Not measured here" not in note


def test_parts_of_different_seeds_have_no_mean():
    tables = build(1, seeds=SEEDS, ks=[4, 8])
    similarity = tables["similarity"]
    own = similarity["module"].map({"encoder": 1, "decoder": 2})
    tables["similarity"] = similarity[own.isna() | (own == similarity["seed"])]
    rows = rows_of(tables, "layersim-falls")
    assert rows.loc["layersim-falls", "verdict"] == "not measurable"
    assert "No seed has all parts" in rows.loc["layersim-falls", "note"]
    assert rows.loc["layersim-falls/encoder", "verdict"] == "described"


def test_what_training_explains_is_told_of_the_comparison_that_decides():
    """The row's effect less that of the control is the one at equal training, part by part."""
    tables, name = build(1, seeds=SEEDS, ks=[7, 8]), "neuronsim-higher-layers"
    table = tables["similarity"]
    decoder = table["module"].eq("decoder")
    last = table["measure"].eq("NeuronSim") & table["layer"].eq(table["layer"].max())
    # The decoder decides; of the control, the encoder would.
    closer = 0.02 * (last & decoder & table["series"].eq("magnitude"))
    lost = (0.2 + 0.1 * decoder) * (last & table["series"].eq("control"))
    tables["similarity"] = table.assign(value=table["value"] + closer - lost)
    rows = rows_of(tables, name)
    part = rows.loc[f"{name}/decoder"]
    control = part["effect"] - part["effect_equal_training"]
    assert control > 0.25 and rows.loc[name, "effect"] == part["effect"]
    assert f"Further training without pruning has {control:.3g} [" in rows.loc[name, "note"]


def test_the_note_names_the_ticket_that_was_measured():
    tables = build(1, seeds=SEEDS, ks=[3, 7, 8])
    note = rows_of(tables, "semantics-before-bleu").loc["semantics-before-bleu", "note"]
    assert "LTH" not in note.replace("LTH0", "")  # LTH7 itself
    # Of LTH7, which stands for the paper's, nothing was probed.
    for name in ("probes", "probe_differences"):
        tables[name] = tables[name][tables[name]["ticket"] != "LTH7"]
    note = rows_of(tables, "semantics-before-bleu").loc["semantics-before-bleu", "note"]
    near = "No ticket that was measured is near the paper's LTH7 (79.0% sparse)"
    assert note.startswith(f"{near}; the last, LTH8 (83.2%), is used instead.")


def test_a_task_at_its_floor_has_no_trend():
    tables = build(1, seeds=SEEDS, ks=[4, 8])
    probes = tables["probes"]
    stuck = (
        (probes["task"] == "Coref")
        & (probes["series"] == "magnitude")
        & (probes["ticket"] == "LTH8")
    )
    tables["probes"] = probes.assign(at_floor=stuck)
    rows = rows_of(tables, "degrading-tasks")
    assert "Not measured here: Coref." in rows.loc["degrading-tasks", "note"]
    why = "A probe of Coref never beat a constant prediction"
    assert why in rows.loc["degrading-tasks/Coref", "note"]
    assert rows.loc["degrading-tasks/PS-Fxn", "verdict"] != "not measurable"


def test_a_task_at_its_floor_on_a_layer_is_no_part_of_what_layers_show():
    """Its scores, here a clear fall in the last layer, say nothing of the encoder."""
    tables = build(1, seeds=SEEDS, ks=[4, 8])
    names = ("syntax-last-layer-equal", "syntax-lower-layers-rise", "last-layer-best")
    plain, probes = rows_of(tables, *names), tables["probes"]
    last = (probes["task"] == "GED") & (probes["layer"] == probes["layer"].max())
    fallen = last & (probes["series"] == "magnitude") & (probes["ticket"] == "LTH8")
    moved = probes.assign(test=probes["test"].mask(fallen, 0.0))
    seen = rows_of(tables | {"probes": moved}, *names)
    left = rows_of(tables | {"probes": moved.assign(at_floor=fallen)}, *names)
    without = rows_of(tables | {"probes": probes[probes["task"] != "GED"]}, *names)
    for name in names[:2]:
        assert left.loc[name, "effect"] == pytest.approx(without.loc[name, "effect"])
        assert "Without GED, of which a probe never beat" in left.loc[name, "note"]
        assert "GED" not in plain.loc[name, "note"]
    assert abs(seen.loc[names[0], "effect"] - left.loc[names[0], "effect"]) > 0.1
    assert left.loc["last-layer-best/GED", "verdict"] == "not measurable"
    assert "A probe of GED never beat" in left.loc["last-layer-best/GED", "note"]
    assert "Not measured here: GED." in left.loc["last-layer-best", "note"]
    stuck = tables | {"probes": probes.assign(at_floor=probes["group"] == "Syntax")}
    assert set(rows_of(stuck, *names[:2])["verdict"]) == {"not measurable"}


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("attention_concentration", "share", "dec-self-concentrated"),
        ("similarity", "value", "dec-self-homogeneous"),
    ],
)
def test_jackknife_intervals_are_a_claims_sentence_error(table, column, name):
    tables = Simulation(1, 3, np.random.default_rng(1), drift=True).tables()
    (known,) = measure(claim(name), Tables(tables))[0].effects["paper"][:1]
    assert known.draws is not None and known.draws.std(axis=0).min() > 0
    # An error of .01 that all tickets share, and as much of each.
    tables[table] = tables[table].assign(low=tables[table][column] - 1.96 * 0.01)
    grid = quantity(claim(name).of).grid(Tables(tables), "magnitude")
    assert grid.draws[:, 1:].std(axis=0) == pytest.approx(0.01 * 2**0.5, rel=0.2)
    tables[table] = tables[table].assign(low=np.nan)
    (unknown,) = measure(claim(name), Tables(tables))[0].effects["paper"][:1]
    assert unknown.draws is None
    np.testing.assert_array_equal(unknown.values, known.values)
    assert "do not tell what other sentences" in rows_of(tables, name).loc[name, "note"]


def test_a_mean_scores_error_is_binomial_beside_that_of_its_difference():
    tables = build(1, seeds=SEEDS, ks=[4, 8])
    sure = tables["probe_differences"].assign(low=0.0, high=0.0)
    score = Score(quantity="score", probe="linear", task=["POS", "NER"])
    grid = score.grid(Tables(tables | {"probe_differences": sure}), "magnitude")
    dense = tables["probes"].query("series == 'dense' and task in ('POS', 'NER')")
    share = dense.groupby("task")["test"].mean()
    error = np.sqrt((share * (1 - share) / 100_000).sum()) / 2
    assert grid.draws.std(axis=0) == pytest.approx(error, rel=0.2)
    assert np.ptp(grid.draws, axis=(1, 2)).max() == 0  # of all tickets and seeds alike
    unsure = sure.assign(low=-1.96 * 0.02, high=1.96 * 0.02)
    wide = score.grid(Tables(tables | {"probe_differences": unsure}), "magnitude")
    assert wide.draws[:, 1:].std(axis=0) == pytest.approx(0.02, rel=0.2)
    np.testing.assert_array_equal(wide.draws[:, 0], grid.draws[:, 0])  # of LTH0


def test_a_mean_scores_error_is_that_of_resamples_where_there_are_any():
    """Errors of 0.02, independent of each other: they average out over tasks and over seeds."""
    tables = build(1, seeds=SEEDS, ks=[4, 8])
    names = ["task", "probe", "seed", "series", "ticket"]
    tickets = tables["probes"].query("series in ('dense', 'magnitude')")[names].drop_duplicates()
    noise = np.random.default_rng(1).normal(0.7, 0.02, (len(tickets), 500))
    resampled = tickets.reset_index(drop=True).join(pd.DataFrame(noise))
    score = Score(quantity="score", probe="linear", task=["POS", "NER"])
    grid = score.grid(Tables(tables | {"probe_resamples": resampled}), "magnitude")
    registered = score.grid(Tables(tables), "magnitude")
    pd.testing.assert_frame_equal(grid.values, registered.values)
    assert grid.draws.shape == (500, *grid.values.shape)
    assert grid.draws.std(axis=0) == pytest.approx(0.02 / 2**0.5, rel=0.2)
    of_mean = grid.draws.mean(axis=2).std(axis=0)
    assert of_mean == pytest.approx(0.02 / (2 * len(SEEDS)) ** 0.5, rel=0.2)
    # The order of rows does not matter, and each ticket has its own.
    last = resampled.query("ticket == 'LTH8' and probe == 'linear' and seed == @SEEDS[0]")
    alone = last[last["task"].isin(["POS", "NER"]) & (last["series"] == "magnitude")][[*range(500)]]
    expected = alone.mean() - alone.mean().mean()
    np.testing.assert_allclose(grid.draws[:, list(grid.values.index).index(8), 0], expected)


def test_missing_files_are_left_out(tmp_path):
    frame = pd.DataFrame({"seed": [1]})
    frame.to_csv(tmp_path / "a.csv")
    (tmp_path / "empty.csv").write_text("")
    paths = {"sparsity": f"{tmp_path}/a.csv", "spectra": f"{tmp_path}/empty.csv"}
    paths["bleu_resamples"] = [f"{tmp_path}/a.csv", f"{tmp_path}/a.csv", f"{tmp_path}/none.csv"]
    read = read_tables(paths)
    assert set(read) == {"sparsity", "bleu_resamples"} and len(read["bleu_resamples"]) == 2
