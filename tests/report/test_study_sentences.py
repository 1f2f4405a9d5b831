"""What the study's page says of sentences: lists, marks, placebos, trends at the last ticket."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.report.claims_tables import build
from ticketscope.claims.columns import DECIDED
from ticketscope.claims.judge import NONE_NEAR, judge
from ticketscope.claims.model import claims
from ticketscope.claims.tables import NotMeasurable, Tables
from ticketscope.errors import InputError
from ticketscope.report.study import experiment, registration
from ticketscope.report.study.cells import cell, holds
from ticketscope.report.study.experiment import Finished
from ticketscope.report.study.finding_tables import every_sentence, findings, marks, where_decided
from ticketscope.report.study.forest import forest, points
from ticketscope.report.study.last_ticket import at_last_ticket, in_layer
from ticketscope.report.study.limits import limits
from ticketscope.report.study.outcomes import ELSEWHERE, contradictions, outcome
from ticketscope.report.study.page import EffectTexts
from ticketscope.report.study.placebo import (
    Placebo,
    beside_controls,
    further_controls,
    repeating,
)
from ticketscope.report.study.power import needed
from ticketscope.report.study.registration import claims_are_the_same, plan_is_earlier
from ticketscope.report.study.rejudged import judged_with


def test_a_cell_has_its_marks_and_what_limits_it() -> None:
    row = {
        "id": "neuronsim-falls", "section": "5.2", "sentence": "It falls.", "unit": "lost",
        "paper_of_part": np.nan, "outcome": "on some", "experiment": "mine", "complete": True,
        "seeds": 5, "planned": 5, "effect": 0.3, "low": 0.2, "high": 0.4, "last": 0.25,
        "last_low": 0.22, "last_high": 0.28, "last_ticket": 8, "control": -0.21,
        "control_low": -0.24, "control_high": -0.18, "resolvable": 0.1, "part": "encoder",
        "unmeasured": "decoder", "unknown": "", "seeds_alone": False, "note": "",
    }  # fmt: skip
    rows = pd.DataFrame(
        [
            row | {"column": "paper", "verdict": "open", "depends": False},
            row | {"column": "equal_training", "verdict": "supported", "depends": True},
        ]
    )
    first = "? 0.30 [0.20,\u00a00.40]<br>part: encoder<br>LTH8: 0.250 [0.220,\u00a00.280]"
    first += "<br>without decoder"
    second = (
        "✓ 0.30 [0.20,\u00a00.40]\u00a0§\u00a0◇<br>part: encoder<br>LTH8: 0.250 [0.220,\u00a00.280]"
    )
    second += "<br>control: -0.210 [-0.240,\u00a0-0.180]<br>without decoder"
    assert f"| mine | {first} | {second} |" in every_sentence(rows)
    told = findings(rows, rows, ["mine"])
    assert f"| {first} |" in told["lists"]["paper"]["on some"]
    # What the control loses, 0.21 of 0.3, counts for the ticket.
    reading = "not shown of the tickets alone: 70% of it is the control's own change"
    assert f"| {first} | {second} | {reading} |" in told["columns_differ"]
    shown = marks(rows)
    assert (shown["depends"], shown["sized_for"], shown["seeds_alone"]) == ("§", "", "")
    assert shown["control_mostly"] == "◇" and marks(rows[:1])["control_mostly"] == ""
    for reference, plotted in (("paper", []), ("equal_training", ["§"])):
        figure, caption = forest(points(rows, reference), {"mine": "mine"})
        assert [text.get_text().strip() for text in figure.axes[0].texts] == plotted
        assert ("§: the verdict depends on the control" in caption) == bool(plotted)
    limited = cell(rows.iloc[0].to_dict() | {"unknown": "POS", "seeds_alone": True})
    assert limited.startswith("? 0.30 [0.20,\u00a00.40]\u00a0°\u00a0¶<br>part")
    assert limited.endswith("<br>¶ POS")
    assert cell(rows.iloc[0].to_dict() | {"unknown": "encoder"}).endswith("<br>without decoder")


def test_a_row_of_the_forest_has_one_scale_in_all_panels_and_wide_bars_are_cut() -> None:
    row = {
        "id": "invariant-tasks", "section": "4.2", "sentence": "They stay.", "unit": "score",
        "paper_of_part": np.nan, "seeds": 3, "planned": 3, "verdict": "open", "depends": False,
    }  # fmt: skip
    effects = [
        ("paper", "one", 0.01, -10.0, 10.0),
        ("paper", "other", -0.04, -0.05, -0.03),
        ("equal_training", "other", -0.08, -0.09, -0.07),
    ]
    names = ["column", "experiment", "effect", "low", "high"]
    drawn = points(pd.DataFrame(row | dict(zip(names, e, strict=True)) for e in effects), "paper")
    assert drawn["scale"].tolist() == pytest.approx([0.08] * 2)
    assert drawn["at"].tolist() == pytest.approx([0.125, -0.5])
    # The sentence: less than .016 to both sides.
    assert drawn["holds_from"].tolist() == pytest.approx([-0.2] * 2)
    assert drawn["holds_to"].tolist() == pytest.approx([0.2] * 2)
    figure, _ = forest(drawn, {"one": "one", "other": "other"})
    for panel, ends, arrows in zip(
        figure.axes, ([-1.5, 1.5], [-0.625, -0.375]), ({"<", ">"}, set()), strict=True
    ):
        (bar,) = (line for line in panel.lines if len({*line.get_xdata()}) == 2)
        assert list(bar.get_xdata()) == pytest.approx(ends)
        assert {line.get_marker() for line in panel.lines} & {"<", ">"} == arrows


def test_an_effect_is_small_beside_the_papers_as_it_was_measured() -> None:
    row = {
        "verdict": "supported", "column": "paper", "effect": 0.3, "low": 0.2, "high": 0.4,
        "paper_of_part": 0.5, "last": np.nan, "depends": False, "seeds_alone": False, "unknown": "",
        "part": "", "unmeasured": "",
    }  # fmt: skip
    assert "↓" not in cell(row) and "↓" in cell(row | {"paper_of_part": 0.61})
    # A trend by what its last ticket shows.
    last = {"last": 0.24, "last_low": 0.2, "last_high": 0.28, "last_ticket": 8}
    assert "↓" in cell(row | last)
    assert "↓" not in cell(row | {"verdict": "open", "paper_of_part": 9})
    at_equal_training = {"column": "equal_training", "paper_of_part": 9, "control": np.nan}
    assert "↓" not in cell(row | at_equal_training)


@pytest.mark.parametrize(
    ("effect", "control", "verdict", "is_marked"),
    [
        (0.3, -0.16, "supported", True),  # the ticket gains 0.14
        (0.3, -0.14, "supported", False),
        (0.3, 0.4, "supported", False),
        (-0.3, 0.16, "contradicted", True),
        (0.3, -0.16, "open", False),
    ],
)
def test_an_effect_that_is_mostly_the_controls_own_change_is_marked(
    effect: float, control: float, verdict: str, is_marked: bool
) -> None:
    row = {
        "verdict": verdict, "column": "equal_training", "effect": effect, "low": effect - 0.1,
        "high": effect + 0.1, "paper_of_part": np.nan, "last": np.nan, "depends": False,
        "control": control, "control_low": control - 0.1, "control_high": control + 0.1,
        "seeds_alone": False, "unknown": "", "part": "", "unmeasured": "",
    }  # fmt: skip
    assert ("◇" in cell(row)) == is_marked
    assert "◇" not in cell(row | {"column": "paper"})


def test_limits_are_read_from_the_tables_of_claims() -> None:
    """The control's change, the part that decides, tasks that LTH0 does not know."""
    tables = build(1, seeds=(1, 2, 3), ks=[3, 5, 8])
    similarity = tables["similarity"]
    falls = {("magnitude", "encoder"): 0.1, ("magnitude", "decoder"): 0.2,
             ("control", "encoder"): 0.03, ("control", "decoder"): 0.05}  # fmt: skip
    for (series, side), fall in falls.items():  # from layer to layer
        at = (similarity["measure"] == "NeuronSim") & (similarity["series"] == series)
        rows = similarity[at & (similarity["module"] == side)]
        similarity.loc[rows.index, "value"] = 1 - fall * rows["layer"] + rows["seed"] / 1000
    judged_rows, _ = judge(tables)
    separation = pd.DataFrame(
        {"task": ["CCG", "Coref", "Coref", "PS-Fxn"], "separated": [True, False, True, False]}
        | {"probe": ["linear", "linear", "mlp", "mlp"]}
        | {"group": ["Syntax", "Semantics", "Semantics", "Semantics"]}
    )
    known = {claim.id: claim for claim in claims()}
    read = Tables(tables)
    told = limits(judged_rows, known, "paper", separation, read).set_index("id")
    assert set(told.index) == set(known)
    higher = told.loc["neuronsim-higher-layers"]
    effects = judged_rows.set_index("id")["effect"]
    name = f"neuronsim-higher-layers/{higher['part']}"
    assert effects[name] == effects["neuronsim-higher-layers"]
    between = similarity["layer"].max() - 1
    assert higher["control"] == pytest.approx(falls["control", higher["part"]] * between)
    assert higher["control_low"] <= higher["control"] <= higher["control_high"]
    assert told.loc["layersim-higher-layers", "part"] == ""  # a mean
    # In another column another part may decide: the control's change is of the same one.
    assert higher["part"] == "decoder"
    column = "effect_equal_training"
    encoder = judged_rows.set_index("id")[column]["neuronsim-higher-layers/encoder"]
    is_sentence = judged_rows["id"] == "neuronsim-higher-layers"
    by_encoder = judged_rows.assign(**{column: judged_rows[column].mask(is_sentence, encoder)})
    other = limits(by_encoder, known, "equal_training", separation, read).set_index("id")
    other = other.loc["neuronsim-higher-layers"]
    assert other["part"] == "encoder"
    assert other["control"] == pytest.approx(falls["control", "encoder"] * between)
    assert other["control_low"] <= other["control"] <= other["control_high"]
    # The paper's 0.11 is the decoder's.
    assert higher["paper_of_part"] == 0.11 and np.isnan(other["paper_of_part"])
    assert told.loc["early-nearer-final", "paper_of_part"] == 0.095
    assert told.loc["degrading-tasks", "unknown"] == "Coref"
    assert told.loc["invariant-tasks", "unknown"] == ""
    assert told.loc["mlp-no-rescue", "unknown"] == "PS-Fxn"
    alone = told["seeds_alone"]
    assert alone["neurons-not-bimodal"] and not alone["neuronsim-falls"]


def test_tasks_of_a_group_that_are_not_known_are_named() -> None:
    """All of them but those at their floor, which have no part in the group's mean."""
    tables = build(1, seeds=(1, 2, 3), ks=[3, 5, 8])
    probes = tables["probes"]
    stuck = (probes["task"] == "GED") & (probes["ticket"] == "LTH5") & (probes["layer"] == 1)
    tables["probes"] = probes.assign(at_floor=stuck)
    groups = probes.groupby("task")["group"].first()
    unknown = ["Chunk", "GED", "NER", "POS", "SemPred"]
    separation = pd.DataFrame(
        {"task": task, "group": group, "probe": probe, "separated": task not in unknown}
        for probe in ("linear", "mlp")
        for task, group in groups.items()
    )
    known = {claim.id: claim for claim in claims()}
    judged_rows, _ = judge(tables)
    read = Tables(tables)
    told = limits(judged_rows, known, "paper", separation, read).set_index("id")["unknown"]
    groups_named = {
        "syntax-lower-layers-rise": "Chunk, NER", "syntax-last-layer-equal": "Chunk, NER",
        "pos-lower-layers-rise": "POS", "pos-last-layer-equal": "POS",
        "semantics-last-layer-falls": "SemPred",
    }  # fmt: skip
    assert told[[*groups_named]].to_dict() == groups_named
    assert told["improving-tasks"] == "SemPred" and told["bleu-kept"] == ""
    # A task at its floor is left out of groups alone.
    without = judged_rows.assign(note=judged_rows["note"].str.replace("Without GED, of", "Of"))
    told = limits(without, known, "paper", separation, read).set_index("id")["unknown"]
    assert told["syntax-lower-layers-rise"] == "Chunk, GED, NER"


def test_every_claim_says_when_it_holds() -> None:
    assert holds("bleu-kept") == "holds above -0.01 (the sentence says 99 %)"
    assert holds("bleu-falls-next").startswith("holds above 0, negligible within ±0.1 (a tenth of")
    assert holds("invariant-tasks").startswith("holds within ±0.016 (the smallest change")


@pytest.mark.parametrize(
    ("half", "high", "half_width", "told"),
    [(0.2, 0.1, 0.15, "excluded"), (0.2, 0.3, 0.15, "has enough"), (0.05, 0.3, 0.15, "9")],
)
def test_an_open_claim_may_exclude_half_of_the_papers_effect(
    half: float, high: float, half_width: float, told: str
) -> None:
    # Of 3 seeds, t .975 is 4.303: with a spread of .0604, 9 seeds see .0464 and 8 .0505.
    assert needed(half, high, half_width, 3) == told


def test_contradictions_are_told_by_what_others_say() -> None:
    verdicts = {
        "both": ("contradicted", "contradicted"),
        "against": ("contradicted", "supported"),
        "alone": ("contradicted", "open"),
        "single": ("contradicted", "not measurable"),
        "small": ("contradicted", "negligible"),
        "twice": ("contradicted", "contradicted", "open"),
        "none": ("open", "supported"),
    }
    rows = pd.DataFrame(
        {"id": name, "column": "paper", "verdict": verdict}
        for name, each in verdicts.items()
        for verdict in each
    )
    table = contradictions(rows)
    assert list(table.index) == list(ELSEWHERE)
    assert table["paper"].tolist() == [1, 1, 1, 3]
    assert table["equal_training"].tolist() == [0, 0, 0, 0]


def test_a_verdict_that_depends_on_the_control_is_found() -> None:
    """Beside a control that is like magnitude nothing is left; beside one like the first, all."""
    tables = build(1, seeds=(1, 2, 3), ks=[3, 5, 8])
    beside_first, _ = judge(tables)
    effects = beside_first.query("part_of == ''").set_index("id")["effect_equal_training"]
    for like in ("control", "magnitude"):
        copied = {
            name: pd.concat([t, t[t["series"] == like].assign(series="again")])
            if "series" in t and name not in ("sparsity", "module_sparsity")
            else t
            for name, t in tables.items()
        }
        rows = beside_controls({"control": beside_first, "again": judged_with(copied, "again")})
        if like == "control":
            assert rows.empty
            continue
        verdicts = rows.set_index(["id", "control"])["verdict"].unstack()
        assert len(verdicts) > 5 and verdicts["control"].isin(DECIDED).any()
        of_again = rows[rows["control"] == "again"].set_index("id")
        # Tickets are compared with themselves; those of the random series with magnitude's.
        assert (of_again["effect"].drop("random-falls", errors="ignore") == 0).all()
        assert set(of_again.drop("random-falls", errors="ignore")["verdict"]) <= {
            "open", "supported"
        }  # fmt: skip
        first = rows[rows["control"] == "control"].set_index("id")
        assert first["effect"].to_dict() == effects[first.index].to_dict()


def test_a_trend_is_also_told_as_it_was_measured_at_the_last_ticket() -> None:
    tables = build(1, seeds=(1, 2, 3), ks=[3, 5, 8])
    similarity = tables["similarity"]
    is_neurons = similarity["measure"] == "NeuronSim"
    for series, value in (("magnitude", 0.5), ("control", 0.9)):
        at = is_neurons & (similarity["series"] == series)
        similarity.loc[at, "value"] = 0.95
        at &= similarity["ticket"] == "LTH8"
        similarity.loc[at, "value"] = value + similarity.loc[at, "seed"] / 100
    similarity[["low", "high"]] = np.nan  # the error is the seeds' alone
    known = [claim for claim in claims() if claim.id in ("neuronsim-falls", "bleu-kept")]
    rows = at_last_ticket(tables, known, ("paper", "equal_training")).set_index("column")
    assert list(rows["id"].unique()) == ["neuronsim-falls"] and set(rows["last_ticket"]) == {8}
    assert rows["last"].to_dict() == pytest.approx({"paper": 0.48, "equal_training": 0.4})
    # Seeds differ by 0.01, so the standard error is 0.01 / sqrt(3), and t of two degrees is 4.3027.
    # The control's seeds differ as the tickets' do.
    for end, sign in (("last_low", -1), ("last_high", 1)):
        reach = sign * 4.3027 * 0.01 / 3**0.5
        assert rows[end].to_dict() == pytest.approx(
            {"paper": 0.48 + reach, "equal_training": 0.4}, abs=1e-5
        )
    judged_rows, _ = judge(tables, known)
    trend = judged_rows.set_index("id").loc["neuronsim-falls"]
    assert trend["effect"] > 0.6 and trend["effect_equal_training"] > 0.5  # extended to LTH0


def test_an_effect_is_told_in_a_layer_that_its_claim_is_not_about() -> None:
    tables = build(1, seeds=(1, 2, 3), layers=3)
    (claim,) = (each for each in claims() if each.id == "early-nearer-dense-final")
    rows = tables["similarity"]
    pair = (rows["measure"] == "LayerSim") & (rows["module"] == "decoder")
    pair &= (rows["layer"] == 1) & (rows["other_layer"] == 3) & (rows["other_ticket"] == "LTH0")
    for series, gained in (("magnitude", 0.2), ("control", 0.05)):
        ticket = pair & (rows["series"] == series) & (rows["ticket"] == "LTH8")
        rows.loc[ticket, "value"] = 0.3 + gained + rows.loc[ticket, "seed"] / 100
    rows.loc[pair & (rows["ticket"] == "LTH0"), "value"] = 0.3
    mean, low, high = in_layer(tables, claim, "paper", 1)
    assert (mean, high - mean) == pytest.approx((0.22, 4.3027 * 0.01 / 3**0.5), abs=1e-5)
    assert mean - low == pytest.approx(high - mean)
    assert in_layer(tables, claim, "equal_training", 1)[0] == pytest.approx(0.15)
    assert in_layer(tables, claim, "paper", 2)[0] != pytest.approx(0.22, abs=0.01)
    with pytest.raises(NotMeasurable, match=r"similarity\.csv"):
        in_layer({}, claim, "paper", 1)
    # A claim about the last layer and the one before moves as a whole.
    (claim,) = (each for each in claims() if each.id == "decoder-last-above-next")
    kept = (rows["measure"] == "LayerSim") & (rows["module"] == "decoder")
    kept &= (rows["layer"] == rows["other_layer"]) & (rows["other_ticket"] == "LTH0")
    for layer, value in ((1, 0.5), (2, 0.7), (3, 0.6)):
        rows.loc[kept & (rows["layer"] == layer) & (rows["series"] == "magnitude"), "value"] = value
    assert in_layer(tables, claim, "paper", 2)[0] == pytest.approx(0.2)
    assert in_layer(tables, claim, "paper", 3)[0] == pytest.approx(-0.1)
    with pytest.raises(InputError, match=r"study\.yaml: mine has no effect of early-nearer"):
        EffectTexts(pd.DataFrame(), []).in_layer("early-nearer-dense-final", "mine", 1)


def test_an_effect_is_told_relative_to_another_control() -> None:
    tables = build(1, seeds=(1, 2, 3), ks=[7, 8])
    similarity = tables["similarity"]
    fresh = similarity[similarity["series"] == "control"].assign(series="fresh")
    fresh["value"] -= 0.125
    tables |= {"similarity": pd.concat([similarity, fresh])}
    # Each experiment has the verdict at equal training, too.
    key = {"id": "enc-self-kept", "experiment": "mine", "column": "equal_training"}
    rows = pd.DataFrame([key | dict.fromkeys(("effect", "control", "last"), 0.0)])
    by_control = {"control": judge(tables)[0], "fresh": judged_with(tables, "fresh")}
    mine = SimpleNamespace(name="mine", by_further_control=by_control)
    told = EffectTexts(rows, [mine])  # type: ignore[list-item]
    first, other = (
        float(told.relative_to(name, "enc-self-kept", "mine", times=1000).split()[0])
        for name in by_control
    )
    assert other - first == pytest.approx(125, abs=0.5)
    with pytest.raises(InputError, match="mine has no effect of enc-self-kept relative to ag"):
        told.relative_to("again", "enc-self-kept", "mine")
    with pytest.raises(InputError, match="mine has no effect of enc-self-kep in the column equal"):
        told.relative_to("fresh", "enc-self-kep", "mine")


def test_verdicts_that_do_not_count_are_not_shown_beside_controls(monkeypatch) -> None:
    names = ["random-falls", "neuronsim-falls", "layersim-falls"]
    table = pd.DataFrame({"id": np.repeat(names, 2), "control": ["control", "again"] * 3})
    judged = pd.DataFrame({"id": names, "note": ["", f"{NONE_NEAR} the paper's LTH7.", ""]})
    monkeypatch.setattr(experiment, "beside_controls", lambda by_control: table)
    monkeypatch.setattr(Finished, "claim_rows", lambda self, extension: judged)
    monkeypatch.setattr(Finished, "judged", lambda self, extension: judged)
    monkeypatch.setattr(Finished, "by_further_control", {})
    planned = SimpleNamespace(sized_for={"random-falls": "it had to."})
    shown = Finished(planned, None).beside_controls  # type: ignore[arg-type]
    assert shown["id"].tolist() == ["layersim-falls"] * 2


def test_it_is_told_which_experiments_decide_a_sentence() -> None:
    verdicts = {
        ("a", "paper"): ("supported", "open", "contradicted"),
        ("a", "equal_training"): ("open", "negligible", "open"),
        ("b", "paper"): ("supported", "not measurable", "supported"),
        ("c", "paper"): ("open", "contradicted", "open"),
        ("d", "equal_sparsity"): ("supported", "supported", "supported"),
    }
    rows = pd.DataFrame(
        {"id": name, "column": column, "experiment": experiment, "verdict": verdict}
        for (name, column), each in verdicts.items()
        for experiment, verdict in zip(("one", "two", "three"), each, strict=True)
    )
    assert where_decided(rows) == "1 in all, 1 on one and three"
    assert where_decided(rows[rows["experiment"] != "two"]) == ""
    outcomes = rows.assign(outcome=["open"] * 3 + ["on all"] * 12)
    told = EffectTexts(outcomes, [])
    assert (told.come_out("paper", "on all"), told.come_out("paper", "open")) == (2, 1)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["supported", "supported", "not measurable"], "on all"),
        (["supported"], "on all"),
        (["supported", "not measurable"], "on some"),
        (["supported", "open", "negligible"], "on some"),
        (["supported", "supported", "contradicted"], "contradicted somewhere"),
        (["negligible", "open"], "on none"),
        (["open", "not measurable"], "open"),
        (["described", "not measurable"], "no verdict"),
    ],
)
def test_a_sentence_stands_in_one_list(verdicts: list[str], expected: str) -> None:
    assert outcome(verdicts) == expected


def test_a_placebo_fails_where_chance_does_not_explain_what_it_decides() -> None:
    # P(3 or more of 30 at 5 %) = .188, of 5 or more .016.
    effects = {f"claim-{i}": 0.1 for i in range(30)}

    def deciding(number: int) -> Placebo:
        return Placebo("again", "control", tuple(effects)[:number], effects)

    assert deciding(3).p == pytest.approx(0.188, abs=0.001)
    assert deciding(3).least_failing == 5
    assert not deciding(3).failed and deciding(5).failed
    assert not Placebo("again", "control", (), {}).failed


def test_by_the_plan_as_first_registered_the_first_pair_decides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    effects = {f"claim-{i}": 0.1 for i in range(30)}
    kept = Placebo("reordered", "control", (), effects)
    failed = Placebo("reordered2", "control", tuple(effects), effects)
    for pairs, is_trusted in (([kept, failed], True), ([failed, kept], False)):
        monkeypatch.setattr(Finished, "placebos", pairs)
        assert Finished(None, None).is_trusted_as_registered == is_trusted  # type: ignore[arg-type]


def test_a_control_that_repeats_no_order_is_in_no_placebo(monkeypatch) -> None:
    orders = {"control": None, "reordered": 1, "fresh": "each"}
    series = {name: {"criterion": "none", "order_seed": seed} for name, seed in orders.items()}
    monkeypatch.setattr(Finished, "record", {"config": {"pruning": {"series": series}}})
    monkeypatch.setattr(Finished, "tables", {})
    monkeypatch.setattr(experiment, "placebos", lambda tables, further: further)
    finished = Finished(None, None)  # type: ignore[arg-type]
    assert finished.further_controls == ["reordered", "fresh"]
    assert finished.placebos == ["reordered"]


def test_further_controls_see_the_data_in_another_order() -> None:
    """One in the same order is the control again, and says nothing about chance."""
    recipe = {"criterion": "none", "order_seed": None}
    series = {
        "magnitude": {"criterion": "magnitude", "order_seed": 2},
        "control": recipe,
        "again": recipe,
        "older": {"criterion": "none"},
        "reordered": recipe | {"order_seed": 1},
        "fresh": recipe | {"order_seed": "each"},
    }
    config = {"pruning": {"series": series}}
    assert further_controls(config) == ["reordered", "fresh"]
    # Relative to one that repeats nothing, repetition is judged and not chance.
    assert repeating(config, ["reordered", "fresh"]) == ["reordered"]


def test_a_commit_that_is_not_here_is_not_called_registered() -> None:
    assert claims_are_the_same("abcdef1", "not recorded") == "not known"
    assert plan_is_earlier("abcdef1", "not recorded") == "not known"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan with claims in two files, results, and a commit that changes the second file."""
    package = SimpleNamespace(__file__=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(registration, "ticketscope", package)
    files = [str(tmp_path / name) for name in ("claims.yaml", "extensions.yaml")]
    monkeypatch.setattr(registration, "_CLAIMS", files)

    def git(*arguments: str) -> None:
        name = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *name, *arguments], check=True)

    git("init", "--quiet")
    for changed in ([*files], [str(tmp_path / "results")], files[1:]):
        for file in changed:
            with Path(file).open("a") as opened:
                opened.write("More.\n")
        git("add", ".")
        git("commit", "--quiet", "-m", "more")


@pytest.mark.usefixtures("repository")
def test_the_history_tells_whether_the_plan_and_its_claims_came_first() -> None:
    plan, results, later = "HEAD~2", "HEAD~1", "HEAD"
    assert plan_is_earlier(plan, results) == "yes" and plan_is_earlier(results, plan) == "no"
    assert plan_is_earlier(plan, f"{results}-dirty") == "yes"
    assert claims_are_the_same(plan, results) == "yes"
    assert claims_are_the_same(plan, f"{results}-dirty") == "yes"
    assert claims_are_the_same(plan, later) == "no"


def test_all_files_of_claims_belong_to_the_plan() -> None:
    folder = Path(registration.__file__).parents[2] / "claims"
    assert sorted(registration._CLAIMS) == sorted(map(str, folder.glob("*.yaml")))
