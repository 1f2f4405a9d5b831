"""Tables A2 and A3, and the paper's numbers beside them."""

import itertools
import shutil

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from tests.report.probing_tables import SERIES, made_up
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.report.figures.probing import Tables
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.probing import corpora, printed_tasks
from ticketscope.report.tables.tables_a2_a3 import beside_the_paper, table_a2, table_a3, table_note
from ticketscope.runtime.fingerprint import fingerprint


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_up(seeds=(1, 2), replicates=2)


def scored(scores, probe="linear"):
    """Rows of (task, seed, series, ticket, layer, replicate, dev, test)."""
    names = ["task", "seed", "series", "ticket", "layer", "replicate", "dev", "test"]
    frame = pd.DataFrame(scores, columns=names)
    groups = frame["task"].map(lambda task: TASKS[task].group)
    return frame.assign(suite="free", group=groups, probe=probe, metric="accuracy")


def test_tables_hold_the_best_layer_on_test_and_on_dev():
    rows = scored([
        ("SemPred", 1, "magnitude", "LTH1", 1, 0, 0.9, 0.70),
        ("SemPred", 1, "magnitude", "LTH1", 2, 0, 0.8, 0.95),
        ("SemPred", 1, "magnitude", "LTH1", 2, 1, 0.8, 0.65),
        ("SemPred", 1, "magnitude", "LTH1", 3, 0, 0.6, 0.76),
        ("SemPred", 2, "magnitude", "LTH1", 1, 0, 0.9, 0.50),
        ("SemPred", 2, "magnitude", "LTH1", 0, 0, 0.99, 0.99),
        ("SemPred", 1, "dense", "LTH0", 1, 0, 0.9, 0.60),
        ("POS", 1, "dense", "LTH0", 1, 0, 0.9, 0.97),
        ("POS", 1, "untrained", "LTH0", 1, 0, 1.0, 1.00),
    ])  # fmt: skip
    table = table_a2(rows)
    assert list(table.columns) == ["seed", "series", "ticket", "selection", "POS", "SemPred"]
    assert table.iloc[:, :4].to_numpy().tolist() == [
        [1, "dense", "LTH0", "test"], [1, "dense", "LTH0", "dev"],
        [1, "magnitude", "LTH1", "test"], [2, "magnitude", "LTH1", "test"],
        [1, "magnitude", "LTH1", "dev"], [2, "magnitude", "LTH1", "dev"],
    ]  # fmt: skip
    # On test layer 2 (.80) of seed 1 and layer 1 (.50) of seed 2; on dev layer 1 of both.
    np.testing.assert_allclose(table["SemPred"], [0.6, 0.6, 0.8, 0.5, 0.7, 0.5])
    np.testing.assert_allclose(table["POS"], [0.97, 0.97, *4 * [np.nan]])
    assert table_a3(rows).empty
    assert table_a3(rows.assign(probe="mlp"))["SemPred"].tolist() == table["SemPred"].tolist()
    assert table_a2(rows.assign(probe="mlp")).empty


def test_rows_follow_series_and_tickets_by_number(tables):
    run = made_up(("POS",), last=10, layers=1)
    table = table_a2(run.probes.sample(frac=1, random_state=1))
    first = table[table["selection"] == "test"]
    assert first["series"].tolist() == ["dense", *(name for name in SERIES for _ in range(10))]
    assert first["ticket"].tolist() == ["LTH0", *(3 * [f"LTH{k}" for k in range(1, 11)])]


def test_tables_never_mix_suites(tables):
    mixed = pd.concat([tables.probes, tables.probes.head(1).assign(suite="paper")])
    for table in (table_a2, table_a3):
        with pytest.raises(ValueError, match="one suite are needed, found free, paper"):
            table(mixed)


@pytest.mark.parametrize(
    ("probe", "make", "section"),
    [("linear", table_a2, "table_a2_linear"), ("mlp", table_a3, "table_a3_mlp")],
)
def test_the_papers_rows_stand_below_ours(tables, probe, make, section):
    ours = make(tables.probes)
    both = beside_the_paper(ours, probe)
    assert list(both.columns) == list(ours.columns[1:])
    first = ours.query("series == 'dense' and selection == 'test'")["POS"].to_numpy()
    assert len(first) == 2
    assert both["POS"].iloc[0] == f"{first.mean():.3f} ± {np.std(first, ddof=1):.3f}"
    one = beside_the_paper(ours[ours["seed"] == 1], probe)
    assert one["POS"].iloc[0] == f"{first[0]:.3f}"
    theirs = both[both["series"] == "paper"].set_index("ticket")
    values = paper_values(section)
    column = values["columns"].index("SemPred")
    expected = [f"{row[column]:.3f}" for row in values["rows_LTH0_to_LTH8"]]
    assert theirs["SemPred"].tolist() == expected
    assert (theirs["POS"] == "").all()  # not in the paper's table
    assert (theirs["selection"] == "test").all()
    alone = ours[ours["seed"] == 1]
    assert both["series"].iloc[: len(alone)].tolist() == alone["series"].tolist()


def test_a_note_says_which_table_and_whose_corpora():
    assert "Table A2" in table_note("free", "linear") and "Table A3" in table_note("free", "mlp")
    assert corpora("free") in table_note("free", "linear")
    assert "same corpora" in table_note("paper", "mlp")
    assert "± standard deviation over 3 seeds" in table_note("free", "mlp", 3)
    assert "±" not in table_note("free", "mlp", 1)


# --- the paper's own numbers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "table"), [("figure_1", "table_a2_linear"), ("figure_2", "table_a3_mlp")]
)
def test_the_papers_figures_are_its_tables_in_other_units(figure, table):
    """One mean and sd a task lead from each printed score to each printed z, within rounding."""
    z, scores = printed_tasks(figure), printed_tasks(table)
    for task in z.index.intersection(scores.index):
        x, y = z.loc[task].to_numpy(), scores.loc[task].to_numpy()
        # Unknown: mean, sd. |mean + sd z - score| <= .05 sd + .0005, with room for both roundings.
        above = np.column_stack([np.ones(9), x - 0.0501])
        below = -np.column_stack([np.ones(9), x + 0.0501])
        found = linprog(
            [0, 0], np.vstack([above, below]), np.concatenate([y + 5.01e-4, -y + 5.01e-4]),
            bounds=[(0, 1), (1e-4, 1)],
        )  # fmt: skip
        assert found.success, task


def test_the_papers_layer_grids_have_mean_zero_as_all_z_must():
    for section in ("figure_3_syntax", "figure_3_semantics", "figure_a3"):
        grid = np.array(paper_values(section)["rows_layer_1_to_6"])
        assert grid.shape == (6, 9)
        assert grid.mean() == pytest.approx(0, abs=0.005)


def test_the_papers_classes_cover_its_tasks_once():
    classes = paper_values("probing")["classes"]
    assert sorted(itertools.chain(*classes.values())) == sorted(TASKS)
    assert set(printed_tasks("figure_1").index) == set(TASKS)


def test_an_edited_figure_makes_no_table_and_no_other_section_stale(root, tmp_path):
    scripts = root / "workflow/scripts"

    def prints(package):
        return [
            fingerprint(scripts / "compare_probes.py", package),
            *(
                fingerprint(
                    scripts / "plot.py", package, also=[f"ticketscope.report.figures.{name}"]
                )
                for name in ("cost", "probing")
            ),
        ]

    edited = tmp_path / "ticketscope"
    shutil.copytree(root / "src/ticketscope", edited)
    with (edited / "report/figures/probing.py").open("a") as module:
        module.write("\nEDITED = True\n")
    *before, figures = prints(root / "src/ticketscope")
    *after, redrawn = prints(edited)
    assert after == before
    assert redrawn != figures
