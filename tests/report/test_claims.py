"""Claims: every one agrees, differs and abstains."""

import numpy as np
import pandas as pd
import pytest

from tests.report.claims_tables import SERIES, build
from ticketscope.report.claims import judge, read_tables
from ticketscope.report.claims.experiment import COLUMNS as TABLES
from ticketscope.report.claims.experiment import Experiment, NotMeasurable, StandIn
from ticketscope.report.claims.judge import COLUMNS, all_claims, judge_one
from ticketscope.report.claims.model import AGREES, DIFFERS, NOT_MEASURABLE, UNDECIDED


@pytest.fixture(scope="module")
def few():
    """Three tickets, which is quick."""
    return build(1, ks=[6, 7, 8])


@pytest.fixture(scope="module")
def paperlike():
    return build(1)


@pytest.fixture(scope="module")
def agreeing(paperlike):
    return judge(paperlike).set_index("id")


@pytest.fixture(scope="module")
def differing():
    return judge(build(-1)).set_index("id")


IDS = [claim.id for claim in all_claims()]


def row_of(tables, name):
    return judge_one(next(claim for claim in all_claims() if claim.id == name), tables)


# Every claim.


@pytest.mark.parametrize("claim", IDS)
def test_every_claim_agrees_with_the_papers_own_image(agreeing, claim):
    assert agreeing.loc[claim, "verdict"] == AGREES, agreeing.loc[claim].to_dict()


@pytest.mark.parametrize("claim", IDS)
def test_every_claim_differs_in_its_mirror_image(differing, claim):
    assert differing.loc[claim, "verdict"] == DIFFERS, differing.loc[claim].to_dict()


def test_without_tables_nothing_is_measurable_and_every_row_says_why():
    found = judge({})
    assert list(found.columns) == COLUMNS
    assert (found["verdict"] == NOT_MEASURABLE).all()
    assert found["note"].str.contains("missing or empty").all()
    assert found["measured"].isna().all()
    assert found["artifacts"].str.startswith("tables/").all()


def test_claims_have_names_of_their_own_and_cover_the_sections():
    claims = all_claims()
    assert len(claims) >= 30
    assert len({claim.id for claim in claims}) == len(claims)
    sections = " ".join(claim.section for claim in claims)
    for section in ("3.3", "3.4", "4.2", "4.3", "4.4", "5.2", "5.3", "5.4", "A, Table A1"):
        assert section in sections
    for claim in claims:
        assert claim.claim.endswith(".")
        assert claim.how.endswith(".")


def test_rows_name_what_they_were_read_from(agreeing):
    assert agreeing.loc["bleu-kept", "artifacts"] == "tables/table_a1.csv; tables/sparsity.csv"
    assert "tables/neuron_maxima.npz" in agreeing.loc["all-neurons-diverge", "artifacts"]


def test_measured_numbers_are_the_papers_where_the_tables_are(agreeing):
    row = agreeing.loc["bleu-kept"]
    assert row["measured"] == pytest.approx(27.61 / 27.77)
    assert row["low"] == pytest.approx(27.56 / 27.77)
    assert agreeing.loc["random-below-magnitude", "n"] == "1 seed, 7 cells"
    assert agreeing.loc["enc-dec-sparsity", "measured"] == pytest.approx(0.55, abs=0.01)
    # .669 / .832 over .664 / .79
    assert agreeing.loc["lth8-with-embeddings", "measured"] == pytest.approx(0.957, abs=1e-3)
    assert agreeing.loc["all-neurons-diverge", "n"] == "1 seed, 60 neurons"
    assert agreeing.loc["fewer-components-encoder", "measured"] == pytest.approx(26 / 50 - 1)


@pytest.mark.parametrize("name", list(TABLES))
def test_a_table_less_is_no_traceback(agreeing, few, name):
    readers = agreeing.index[agreeing["artifacts"].str.contains(f"tables/{name}[.]")]
    assert len(readers)
    less = {other: table for other, table in few.items() if other != name}
    for claim in readers:
        row = row_of(less, claim)
        if row["verdict"] == NOT_MEASURABLE:
            assert name in row["note"]
        else:  # the control's part of it, or a baseline
            assert row["note"]


def test_empty_tables_and_old_ones_without_a_column_are_no_traceback(few):
    empty = judge({name: table.iloc[:0] for name, table in few.items()})
    old = judge({name: table.rename(columns={"seed": "run"}) for name, table in few.items()})
    assert (empty["verdict"] == NOT_MEASURABLE).all()
    assert "has no column seed" in old.set_index("id").loc["bleu-kept", "note"]


@pytest.mark.parametrize("series", [*SERIES, "dense"])
def test_models_that_have_learned_nothing_are_no_traceback(few, series):
    table = few["table_a1"].copy()
    table.loc[table["series"] == series, ["bleu", "bleu_low", "bleu_high"]] = 0.0
    found = judge(few | {"table_a1": table}).set_index("id")
    assert not found["note"].str.contains(r"\b(?:inf|nan)\b").any()
    kept = found.loc["bleu-kept"]
    if series == "dense":
        assert kept["verdict"] == NOT_MEASURABLE
        assert "LTH0 of seed 1 has 0 BLEU" in kept["note"]
    if series == "control":
        assert "The control (same epochs, nothing pruned) has 0.000 of" in kept["note"]
        assert "at equal epochs" not in kept["note"]


@pytest.mark.parametrize("missing", [*SERIES, "dense"])
def test_a_series_less_is_no_traceback(few, missing):
    small = {name: table[table["series"] != missing] for name, table in few.items()}
    found = judge(small).set_index("id")
    unmeasured = found.index[found["verdict"] == NOT_MEASURABLE]
    if missing == "control":
        assert unmeasured.empty
        assert "No control series" in found.loc["neuronsim-falls", "note"]
    if missing == "random":
        assert set(unmeasured) == {"random-below-magnitude", "random-falls"}
    if missing == "magnitude":
        assert len(unmeasured) == len(found)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_models_with_fewer_layers_say_what_they_lack(layers):
    found = judge(build(1, ks=[4, 5, 6, 7, 8], layers=layers)).set_index("id")
    lacking = {
        1: ["layersim-higher-layers-decoder", "fc-later-sparser-encoder", "enc-self-first-odd"],
        2: ["self-last-next-encoder", "self-last-next-decoder", "decoder-last-above-next"],
        3: ["enc-dec-halves"],
    }[layers]
    for claim in lacking:
        assert found.loc[claim, "verdict"] == NOT_MEASURABLE
        assert "layers" in found.loc[claim, "note"].lower()
    if layers == 2:
        assert found.loc["early-nearer-final-decoder", "verdict"] == AGREES
        assert "Layers 1 and 2." in found.loc["early-nearer-final-decoder", "note"]


def test_two_tickets_decide_no_trend_and_no_majority():
    found = judge(build(1, ks=[1, 2])).set_index("id")
    for claim in ("neuronsim-falls", "fewer-components-encoder", "enc-dec-least"):
        assert found.loc[claim, "verdict"] == UNDECIDED
    assert found.loc["degrading-Coref", "verdict"] == UNDECIDED
    assert "Too few tickets" in found.loc["degrading-Coref", "note"]


def test_the_control_is_named_where_it_explains(paperlike):
    rows = paperlike["spectra"].copy()
    control, same = rows["series"] == "control", rows["series"] == "magnitude"
    rows.loc[control, "share"] = rows.loc[same, "share"].to_numpy()  # trained on: just as simple
    row = row_of({**paperlike, "spectra": rows}, "fewer-components-decoder")
    assert row["verdict"] == AGREES
    assert "further training explains all of it" in row["note"]
    row = row_of(paperlike, "early-nearer-final-decoder")
    assert "further training does not explain it" in row["note"]


def test_other_seeds_are_the_baseline_where_there_are_any(paperlike):
    two = build(1, seeds=(1, 2), ks=[6, 7, 8])
    assert "different seeds it is 0.2" in row_of(two, "layersim-falls-encoder")["note"]
    row = row_of(two, "fewer-components-decoder")
    assert row["n"] == "2 seeds, 4 tickets"
    assert "The seeds' starting values differ by up to 0, less than this change." in row["note"]
    one = row_of(paperlike, "layersim-falls-encoder")
    assert "no seed-to-seed baseline" in one["note"]
    assert "One seed" in row_of(paperlike, "fewer-components-decoder")["note"]


def test_a_claim_that_holds_as_well_without_pruning_says_so(agreeing):
    note = agreeing.loc["dec-self-homogeneous", "note"]
    assert "so the claim also holds without pruning" in note
    assert "20 of 20" in note


def test_labels_that_are_not_there_are_named(paperlike):
    rows = paperlike["categories"]
    small = {**paperlike, "categories": rows[rows["kind"] == "frequency"]}
    row = row_of(small, "category-period")
    assert row["verdict"] == NOT_MEASURABLE
    assert row["note"] == "No labels of the kind pos."
    small = {**paperlike, "categories": rows[rows["category"] != "100-500"]}
    assert "100-500" in row_of(small, "mid-frequency-above-rare")["note"]


def test_tasks_that_were_not_probed_are_named(paperlike):
    small = {
        name: table[table["task"] != "Coref"] if "task" in table else table
        for name, table in paperlike.items()
    }
    for claim in ("degrading-Coref", "mlp-no-rescue-Coref", "semantics-before-bleu"):
        row = row_of(small, claim)
        assert row["verdict"] == NOT_MEASURABLE
        assert "Coref" in row["note"]
    assert row_of(small, "degrading-PS-Fxn")["verdict"] == AGREES


def test_no_gain_leaves_nothing_for_an_mlp_to_remove(paperlike):
    trends = paperlike["probe_trends"].copy()
    linear = (trends["task"] == "SynPred") & (trends["probe"] == "linear")
    trends.loc[linear, "class"] = "invariant"
    row = row_of({**paperlike, "probe_trends": trends}, "mlp-no-gain-SynPred")
    assert row["verdict"] == UNDECIDED


# Which ticket stands for which of the paper's.


def of_sparsities(levels):
    rows = [{"seed": 1, "series": "magnitude", "k": k, "sparsity_incl": s, "sparsity_excl": s}
            for k, s in enumerate(levels, start=1)]  # fmt: skip
    return Experiment({"sparsity": pd.DataFrame(rows)})


def test_the_nearest_sparsity_stands_for_the_papers_ticket():
    experiment = of_sparsities([0.5, 0.75, 0.875])
    assert experiment.ticket(7, [1, 2, 3]).k == 2
    assert experiment.ticket(7, [1, 2, 3]).note == (
        "LTH2 (75.0 % sparse) is compared with the paper's LTH7 (79.0 % sparse)."
    )
    assert experiment.ticket(8, [1, 2, 3]).k == 3
    assert experiment.ticket(7, [1]) == StandIn(
        1,
        "No ticket is near the paper's LTH7 (79.0 % sparse); the last, LTH1 (50.0 %), is used "
        "instead.",
    )
    assert of_sparsities([0.9, 0.95]).ticket(7, [0, 1, 2]).k == 2
    with pytest.raises(NotMeasurable, match="no pruned ticket"):
        experiment.ticket(7, [0])


def test_tables_are_read_and_files_without_columns_left_out(tmp_path):
    pd.DataFrame({"seed": [1]}).to_csv(tmp_path / "sparsity.csv", index=False)
    (tmp_path / "probes.csv").write_text("\n")
    np.savez(tmp_path / "maxima.npz", **{"seed1/magnitude/LTH3/encoder/2": np.array([0.5, 0.7])})
    tables = read_tables(
        {
            "sparsity": tmp_path / "sparsity.csv",
            "probes": tmp_path / "probes.csv",
            "spectra": tmp_path / "nowhere.csv",
            "neuron_maxima": tmp_path / "maxima.npz",
        }
    )
    assert set(tables) == {"sparsity", "neuron_maxima"}
    assert tables["neuron_maxima"].to_dict("records") == [
        {"seed": 1, "series": "magnitude", "k": 3, "module": "encoder", "layer": 2}
        | {"neuron": neuron, "value": value}
        for neuron, value in enumerate([0.5, 0.7])
    ]
