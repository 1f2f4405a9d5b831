"""What the study's page says of sentences: lists, marks, placebos, trends at the last ticket."""

import numpy as np
import pandas as pd
import pytest

from tests.report.claims_tables import build
from ticketscope.claims.judge import judge
from ticketscope.claims.model import claims
from ticketscope.claims.placebo import placebo
from ticketscope.report.study import finding_tables
from ticketscope.report.study.finding_tables import findings
from ticketscope.report.study.last_ticket import at_last_ticket
from ticketscope.report.study.outcomes import contradictions, outcome
from ticketscope.report.study.placebo import Placebo, beside_controls
from ticketscope.report.study.registration import claims_are_the_same


def test_a_cell_has_its_marks_and_what_the_last_ticket_shows() -> None:
    row = {
        "id": "neuronsim-falls", "section": "5.2", "sentence": "It falls.", "unit": "lost",
        "paper": np.nan, "outcome": "on some", "experiment": "mine", "seeds": 5, "planned": 5,
        "effect": 0.3, "low": 0.2, "high": 0.4, "last": 0.25, "last_ticket": 8, "resolvable": 0.1,
        "note": "Further training without pruning has 0.05 [0.04, 0.06] in its place.",
    }  # fmt: skip
    rows = pd.DataFrame(
        [
            row | {"column": "paper", "verdict": "supported", "depends": False},
            row | {"column": "equal_training", "verdict": "open", "depends": True},
        ]
    )
    told = findings(rows, rows, ["mine"], ["mine"])
    first, second = (f"{cell}<br>LTH8: 0.25" for cell in ("✓ 0.3 [0.2,\u00a00.4]",
                                                          "? 0.3 [0.2,\u00a00.4] §"))  # fmt: skip
    assert f"| mine | {first} | {second} |" in told["every_sentence"]
    assert f"| {first} |" in told["lists"]["paper"]["on some"]
    assert f"| {first} | {second} | 0.05 [0.04, 0.06] |" in told["columns_differ"]
    assert told["depends"] == "§" and told["sized_for"] == ""
    # The notes of real claims have the control's change in these words.
    judged_rows, _ = judge(build(1, seeds=(1, 2, 3), ks=[3, 5, 8]))
    notes = judged_rows.set_index("id")["note"]
    assert finding_tables._CONTROL.search(notes["neuronsim-falls"])


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
    assert contradictions(rows).loc["paper"].to_dict() == {
        "wherever": 1, "supported": 1, "other": 4
    }  # fmt: skip


def test_a_verdict_that_depends_on_the_control_is_found() -> None:
    """Beside a control that is like magnitude nothing is left; beside one like the first, all."""
    tables = build(1, seeds=(1, 2, 3), ks=[3, 5, 8])
    beside_first = placebo(tables, "magnitude")
    held = beside_first["verdict_equal_training"].isin(["supported", "contradicted"])
    assert held.sum() > 5
    for like, expected in (("control", []), ("magnitude", list(beside_first["id"][held]))):
        copied = {
            name: pd.concat([t, t[t["series"] == like].assign(series="again")])
            if "series" in t and name not in ("sparsity", "module_sparsity")
            else t
            for name, t in tables.items()
        }
        rows = beside_controls(copied, beside_first, ["again"])
        assert list(rows["id"].unique()) == expected
        assert (rows.groupby("id")["control"].agg(list).map(len) == 2).all()
        assert (rows[rows["control"] == "again"]["effect"] == 0).all()


def test_a_trend_is_also_told_as_it_was_measured_at_the_last_ticket() -> None:
    tables = build(1, seeds=(1, 2, 3), ks=[3, 5, 8])
    similarity = tables["similarity"]
    is_neurons = similarity["measure"] == "NeuronSim"
    for series, value in (("magnitude", 0.5), ("control", 0.9)):
        at = is_neurons & (similarity["series"] == series)
        similarity.loc[at, "value"] = 0.95
        at &= similarity["ticket"] == "LTH8"
        similarity.loc[at, "value"] = value + similarity.loc[at, "seed"] / 100
    known = [claim for claim in claims() if claim.id in ("neuronsim-falls", "bleu-kept")]
    rows = at_last_ticket(tables, known, ("paper", "equal_training")).set_index("column")
    assert list(rows["id"].unique()) == ["neuronsim-falls"] and set(rows["last_ticket"]) == {8}
    assert rows["last"].to_dict() == pytest.approx({"paper": 0.48, "equal_training": 0.4})
    judged_rows, _ = judge(tables, known)
    trend = judged_rows.set_index("id").loc["neuronsim-falls"]
    assert trend["effect"] > 0.6 and trend["effect_equal_training"] > 0.5  # extended to LTH0


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


def test_a_commit_that_is_not_here_is_not_called_registered() -> None:
    assert claims_are_the_same("abcdef1", "not recorded") == "not known"
