"""What the page's first screen says, from made-up tables of claims."""

from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from tests.report.claims_tables import build
from ticketscope.claims import judge
from ticketscope.claims.findings import MOST, findings, seeds_for
from ticketscope.claims.model import claims

FOLDER = Path(__file__).parent


@pytest.fixture
def table():
    """Five seeds: a sentence of each verdict (made by hand, beside this file)."""
    return pd.read_csv(FOLDER / "claims.csv")


def of_kind(table, kind):
    return [each for each in findings(table) if each.kind == kind]


def test_what_holds_only_against_lth0_is_said_to_be_training(table):
    tasks, bleu = of_kind(table, "training")
    assert tasks.ids == ("invariant-tasks",) and tasks.text.endswith("it does not hold.")
    assert bleu.ids == ("bleu-kept",)
    assert "0.004 [-0.004, 0.012], -0.012 [-0.02, -0.004] at equal training" in bleu.text


def test_an_interval_that_excludes_0_and_an_open_verdict_are_explained(table):
    row = table["id"] == "fc-later-sparser"
    table.loc[row, ["verdict_equal_training", "low_equal_training"]] = ["open", 0.01]
    (finding,) = [each for each in of_kind(table, "training") if each.ids == ("fc-later-sparser",)]
    assert finding.text.endswith("excludes 0 by itself, but not corrected for all sentences.")
    table.loc[row, "low_equal_training"] = -0.01
    (finding,) = [each for each in of_kind(table, "training") if each.ids == ("fc-later-sparser",)]
    assert finding.text.endswith("cannot tell whether sparsity or further training does it.")


def test_what_is_contradicted_either_way(table):
    (layers,) = of_kind(table, "contradicted")
    assert layers.text.startswith("Contradicted as the paper compares: The last layer diverges")


def test_what_is_open_and_what_it_would_take(table):
    (degrading,) = of_kind(table, "open")
    assert "5 seeds can see 0.017, and half of the paper's 0.024 takes about 8." in degrading.text


def test_parts_are_not_sentences(table):
    told = findings(table)
    assert told[0].text.startswith("The paper's 7 sentences, compared as it does: 4 supported, 1 ")
    assert all("/" not in name for each in told for name in each.ids) and len(told) <= MOST


def test_below_three_seeds_effects_and_why_there_are_no_verdicts():
    told = findings(pd.read_csv(FOLDER / "claims_one_seed.csv"))
    assert told[0].text.startswith("One seed shows effects but not how much they vary between")
    assert {each.kind for each in told[1:]} == {"described"}
    assert [each.ids for each in told[1:]][:2] == [("bleu-kept",), ("degrading-tasks",)]


def test_the_table_itself_and_a_table_that_was_read_say_the_same(tmp_path):
    chosen = [claim for claim in claims() if claim.section.startswith(("3.3", "5.3"))]
    made, _ = judge(build(1, seeds=(1, 2, 3), ks=[3, 7, 8]), chosen)
    made.to_csv(tmp_path / "claims.csv", index=False)
    told = findings(made)
    assert told == findings(pd.read_csv(tmp_path / "claims.csv"))
    assert {each.kind for each in told} == {"counts", "holds"}


def test_nothing_measured():
    told = findings(judge({}, claims()[:2])[0])
    assert [each.text for each in told] == ["No claim could be measured."]


def test_seeds_for_an_effect():
    """Half-width 1.24 sd at five seeds, .72 at ten, 2.48 at three (Student's t by hand)."""
    five, ten, three = (stats.t.ppf(0.975, n - 1) / n**0.5 for n in (5, 10, 3))
    assert (five, ten, three) == pytest.approx((1.242, 0.715, 2.484), abs=1e-3)
    assert seeds_for(ten, five, 5) == 10 and seeds_for(five, three, 3) == 5
    assert seeds_for(1e-6, 1, 5) == 101
