"""The claim about erased tasks decides where its effect is planted, and is drawn as it is."""

import pandas as pd
import pytest

from tests.behaviour.made_up import MOVED, erasure_rows
from ticketscope.claims import judge
from ticketscope.claims.model import extensions
from ticketscope.report.figures.erasure import Tables, plots
from ticketscope.report.tables.erasure import erased_tasks

CLAIM = "sparse-still-uses"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return erasure_rows((1, 2, 3))


def judged(table: pd.DataFrame) -> pd.Series:
    sparsity = pd.DataFrame(
        {"seed": [1], "series": ["magnitude"], "k": [9], "sparsity_excl": [0.86]}
    )
    chosen = [claim for claim in extensions() if claim.id == CLAIM]
    claims, _ = judge({"erasure": table, "sparsity": sparsity}, chosen)
    return claims.iloc[0]


def test_a_loss_of_use_is_seen(table):
    row = judged(table)
    used = {series: erased - random for series, (erased, random) in MOVED.items()}
    assert row["effect"] == pytest.approx(used["magnitude"] - used["dense"], abs=0.02)
    assert row["verdict"] == row["verdict_equal_training"] == "contradicted"


def test_what_is_used_as_much_is_supported(table):
    pruned = (table["series"] == "magnitude") & (table["kind"] == "erased")
    kept = table.copy()
    kept.loc[pruned, ["kl", "kl_low", "kl_high"]] += 0.2
    assert judged(kept)["verdict"] == "supported"


def test_without_the_table_or_a_seed_there_is_no_verdict(table):
    assert judged(table[table["seed"] == 1])["verdict"] == "described"
    assert judged(table[table["series"] != "magnitude"])["verdict"] == "not measurable"


def test_a_task_of_which_nothing_is_left_does_not_count(table):
    full = table[table["task"] == "ST"].assign(task="CCG", rank=64)
    assert judged(pd.concat([table, full]))["effect"] == judged(table)["effect"]
    assert judged(full)["verdict"] == "not measurable"


def test_the_figures_numbers(table):
    frame = erased_tasks(table.assign(probe=0.9 + table["seed"] / 100))
    assert frame["probe"].to_numpy() == pytest.approx(0.92)
    assert frame["series"].drop_duplicates().tolist() == ["dense", "control", "magnitude", "random"]
    rows = frame[(frame["measure"] == "contrasts")]
    assert set(rows["task"]) == {"POS"} and set(rows["phenomena"]) == {2}
    text = table[table["kl"].notna() & (table["task"] == "ST") & (table["series"] == "random")]
    wanted = {"measure": "kl", "task": "ST", "series": "random", "kind": "erased"}
    (row,) = frame[(frame[list(wanted)] == list(wanted.values())).all(axis=1)].itertuples()
    assert row.value == pytest.approx(text.loc[text["kind"] == "erased", "kl"].mean())
    assert row.low < row.value < row.high and row.seeds == 3
    # Points of accuracy that LTH0 loses of the two phenomena.
    paired = table[table["paired"].eq(True) & table["series"].eq("dense")]
    lost = 100 * (0.9 - paired[paired["kind"] == "erased"]["accuracy_erased"].mean())
    point = rows.set_index(["series", "kind"]).loc[("dense", "erased"), "value"]
    assert point == pytest.approx(lost) and lost > 20


def test_one_seed_has_the_bootstraps_intervals():
    table = erasure_rows((1,))
    text = table[table["kl"].notna()].set_index(["task", "kind", "series"])
    frame = erased_tasks(table).set_index(["measure", "task", "kind", "series"]).sort_index()
    for measure, (low, high) in {
        "kl": ("kl_low", "kl_high"),
        "bleu": ("bleu_lost_low", "bleu_lost_high"),
    }.items():
        ends = frame.loc[measure, ["low", "high"]]
        assert ends.to_numpy() == pytest.approx(text.loc[ends.index, [low, high]].to_numpy())


def test_what_is_erased_is_filled_and_a_random_subspace_is_hollow(table):
    """As the caption reads them."""
    figure = plots()["erasure"].draw(Tables(table))
    filled, hollow = (bar.lines[0] for bar in figure.axes[0].containers[:2])  # LTH0's
    assert hollow.get_markerfacecolor() == "white" != filled.get_markerfacecolor()
    values = erased_tasks(table).query("measure == 'kl' and task == 'POS' and series == 'dense'")
    values = values.set_index("kind")["value"]
    shown = [mark.get_ydata()[0] for mark in (filled, hollow)]
    assert shown == pytest.approx([values["erased"], values["random"]])


def test_bleu_has_a_row_of_panels_where_sentences_were_translated(table):
    frame = erased_tasks(table)
    text = table[table["kl"].notna() & (table["task"] == "POS") & (table["series"] == "control")]
    lost = (text["bleu"] - text["bleu_erased"])[text["kind"] == "erased"]
    chosen = frame.query("measure == 'bleu' and task == 'POS' and series == 'control'")
    assert chosen.set_index("kind").loc["erased", "value"] == pytest.approx(lost.mean())
    figure = plots()["erasure"].draw(Tables(table))
    labels = [panel.get_ylabel() for panel in figure.axes if panel.get_ylabel()]
    assert [label.split("\n")[0] for label in labels] == [
        "predictions moved", "BLEU lost", "paired contrasts lost"
    ]  # fmt: skip
    # Neither a table of an earlier version nor one of `sentences: 0` has any.
    for without in (table.drop(columns=["bleu", "bleu_erased"]), table.assign(bleu_erased=None)):
        assert set(erased_tasks(without)["measure"]) == {"kl", "contrasts"}
