"""The forest plot: every sentence on a scale of its own, both comparisons on the same."""

import numpy as np
import pandas as pd
import pytest

from tests.report.drawn_words import caption
from tests.report.page_parts import CLAIMS, PARTS
from ticketscope.report.figures.claims import Tables, plots
from ticketscope.report.figures.plot import paper_findings
from ticketscope.report.figures.style import save
from ticketscope.report.tables.claims import forest_points


def kept(**numbers):
    """A claim that says "effect > -.01"."""
    row = CLAIMS.iloc[[0]].assign(id="bleu-kept", paper=-0.006, verdict="supported")
    return row.assign(verdict_equal_training="open", **numbers)


def test_a_row_is_divided_by_its_largest_number_in_both_comparisons():
    points = forest_points(
        kept(effect=0.01, low=-0.02, high=0.04, effect_equal_training=-0.05,
             low_equal_training=-0.2, high_equal_training=0.1)
    )  # fmt: skip
    assert set(points["scale"]) == {0.2}
    assert points["at"].tolist() == pytest.approx([0.05, -0.25])
    assert points["at_low"].tolist() == pytest.approx([-0.1, -1.0])
    assert points["at_paper"].tolist() == pytest.approx([-0.03] * 2)
    assert points["holds_from"].tolist() == pytest.approx([-0.05] * 2)
    assert points["verdict"].tolist() == ["supported", "open"]
    assert np.isinf(points["holds_to"]).all()


def test_what_stays_as_it_is_holds_on_both_sides_of_nothing():
    """As "it changes by less than .016" does."""
    stays = kept(effect=0.01, low=-0.02, high=0.2).assign(id="invariant-tasks")
    (point,) = forest_points(stays).to_dict("records")
    assert (point["holds_from"], point["holds_to"]) == pytest.approx((-0.08, 0.08))


def test_two_seeds_have_no_interval_that_everything_else_would_shrink_beside():
    numbers = dict(effect=0.01, low=-2.0, high=2.02, effect_equal_training=-0.05,
                   low_equal_training=-3.0, high_equal_training=2.9)  # fmt: skip
    points = forest_points(kept(seeds=2, **numbers))
    assert set(points["scale"]) == {0.05} and points["at"].tolist() == pytest.approx([0.2, -1])
    assert points[["low", "high", "at_low", "at_high"]].isna().all(axis=None)
    assert set(forest_points(kept(seeds=3, **numbers))["scale"]) == {3.0}
    assert set(forest_points(kept(seeds=1, **numbers))["scale"]) == {3.0}

    def said(seeds):
        figure = plots()["forest"].draw(Tables(kept(seeds=seeds, **numbers)))
        return caption(figure)

    assert said(2).startswith("Mean of 2 seeds. An interval over seeds takes 3. Units differ")
    assert said(3).startswith("Mean of 3 seeds. Bars: 95 % intervals over seeds (Student's t")
    assert said(1).startswith("1 seed. Bars: 95 % intervals over sentences")


def test_parts_and_what_was_not_measured_have_no_row():
    points = forest_points(pd.concat([CLAIMS, PARTS]))
    assert list(dict.fromkeys(points["id"])) == ["bleu", "fc", "small"]
    assert points["comparison"].tolist().count("at equal training") == 1
    largest = points[["at", "at_low", "at_high"]].abs().groupby(points["id"]).max().max(axis=1)
    assert (largest[["fc", "small"]] == 1).all()


def test_each_panel_shows_its_comparison_and_says_how_rows_are_scaled():
    figure = plots()["forest"].draw(Tables(CLAIMS))
    paper, training = figure.axes
    labels = [label.get_text() for label in paper.get_yticklabels()]
    assert labels == ["3.3   bleu", "3.4   fc", "5.4.2   small"]
    drawn = [len(panel.containers) for panel in (paper, training)]
    assert drawn == [6, 2]  # of each row the shade and the effect with its interval
    assert "each row has its own scale" in caption(figure)
    assert " ".join(paper_findings()["forest"].split()) in caption(figure)


def test_nothing_measured_is_said():
    figure = plots()["forest"].draw(Tables(CLAIMS.iloc[[2]]))
    assert figure.axes[0].texts[0].get_text() == "No claim could be measured."


def test_the_figure_drawn_from_its_csv_is_the_same_svg(tmp_path):
    tables, plot = Tables(CLAIMS), plots()["forest"]
    data = plot.data(tables)
    data.to_csv(tmp_path / "forest.csv", index=False)
    again = pd.read_csv(tmp_path / "forest.csv")
    for name, numbers in (("a", data), ("b", again)):
        save(plot.figure(numbers, tables), tmp_path / f"{name}.svg", tmp_path / f"{name}.pdf")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
