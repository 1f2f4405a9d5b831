"""Table A1 beside the paper's, and its figure."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from ticketscope.report.figures import style
from ticketscope.report.figures.tickets import Tables, plots
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.bleu import bleu_points
from ticketscope.report.tables.table_a1 import beside_the_paper, render_markdown
from ticketscope.translation.table_a1 import COLUMNS


def table(seeds=(1,), fraction=0.2):
    rows = []
    for seed in seeds:
        for series, k in [("dense", 0)] + [
            (series, k) for series in ("magnitude", "random", "control") for k in (1, 2)
        ]:
            cut = 0.0 if series in ("dense", "control") else 1 - (1 - fraction) ** k
            bleu = 30.0 + seed - 10 * cut * (series == "random")
            scores = [bleu, bleu - 1, bleu + 1.5, 0.04 if k else None, bleu + 2, 55.0]
            place = ["mine", seed, series, f"LTH{k}", k, 0.84 * cut, 0.995 * cut]
            rows.append([*place, *scores, "sig|<13a>", 60 + 30 * k])
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_papers_values_stand_beside_the_same_ticket():
    shown = beside_the_paper(table()).set_index(["series", "ticket"])
    paper = paper_values("table_a1")
    assert shown.loc[("dense", "LTH0"), "paper: BLEU"] == f"{paper['bleu_mp'][0]:.2f}"
    assert shown.loc[("magnitude", "LTH2"), "paper: BLEU"] == f"{paper['bleu_mp'][2]:.2f}"
    assert shown.loc[("random", "LTH2"), "paper: BLEU"] == f"{paper['bleu_random'][2]:.2f}"
    assert (shown.loc["control", ["paper: incl.", "paper: excl.", "paper: BLEU"]] == "").all(None)
    assert shown.loc[("magnitude", "LTH1"), "BLEU [95 %]"] == "31.00 [30.00, 32.50]"
    assert shown.loc[("magnitude", "LTH1"), "sparsity excl. emb."] == "0.199"
    assert shown.loc[("dense", "LTH0"), "p vs LTH0"] == ""


def test_the_paper_says_nothing_of_tickets_of_another_sparsity():
    shown = beside_the_paper(table(fraction=0.5)).set_index(["series", "ticket"])
    assert (shown.loc[["magnitude", "random"], "paper: BLEU"] == "").all()
    assert shown.loc[("dense", "LTH0"), "paper: BLEU"]


def test_seeds_are_averaged_and_their_interval_holds_for_each():
    shown = beside_the_paper(table(seeds=(1, 2))).set_index(["series", "ticket"])
    assert shown.loc[("magnitude", "LTH1"), "BLEU [95 %]"] == "31.50 [30.00, 33.50]"
    assert shown.loc[("magnitude", "LTH1"), "seeds"] == "2"
    assert shown.loc[("magnitude", "LTH1"), "p vs LTH0"] == "0.040, 0.040"


def test_the_misprint_is_corrected_and_marked():
    paper = paper_values("table_a1")
    assert (paper["incl_emb_printed"][8], paper["incl_emb_correct"][8]) == (0.669, 0.699)
    rows = table()
    rows.loc[rows["k"] == 2, ["k", "sparsity_excl"]] = [8, paper["excl_emb"][8]]
    shown = beside_the_paper(rows).set_index("series")
    assert shown.loc["magnitude", "paper: incl."].tolist()[1] == "0.699*"
    assert "a misprint" in render_markdown(rows)


def test_markdown_has_a_row_a_ticket():
    lines = render_markdown(table()).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 7
    assert len({line.count("|") for line in rows}) == 1


def test_the_figure_has_a_line_a_series_with_intervals_units_and_n():
    figure = plots("test")["bleu_sparsity"].draw(Tables(table(seeds=(1, 2))))
    (axes,) = figure.axes
    drawn = {text.get_text() for text in axes.get_legend().get_texts()}
    assert {"magnitude", "random", "control (nothing pruned, same epochs)"} <= drawn
    assert axes.get_xlabel() == "sparsity without emb. (%)"
    assert "BLEU on test" in axes.get_ylabel()
    assert "Mean of 2 seeds" in figure._supxlabel.get_text()
    line = next(c for c in axes.containers if c.get_label() == "magnitude")
    assert line.lines[0].get_ydata().tolist() == pytest.approx([31.5, 31.5, 31.5])
    assert to_hex(line.lines[0].get_color()).upper() == style.COLOURS["magnitude"]
    (bars,) = line.lines[2]
    ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
    assert ends == [[pytest.approx(30.0), pytest.approx(33.5)]] * 3  # hold for both seeds


def test_the_papers_bleu_is_data_where_the_sparsity_is_the_same():
    points = bleu_points(table(seeds=(1, 2))).set_index(["series", "ticket"])
    paper = paper_values("table_a1")
    assert points.loc[("magnitude", "LTH2"), "paper"] == paper["bleu_mp"][2]
    assert points.loc[("random", "LTH1"), "paper"] == paper["bleu_random"][1]
    assert pd.isna(points.loc[("control", "LTH1"), "paper"])
    half = bleu_points(table(fraction=0.5)).set_index(["series", "ticket"])["paper"]
    assert half.dropna().index.tolist() == [("dense", "LTH0")]
    assert points.loc[("control", "LTH2"), "x_percent"] == pytest.approx(
        points.loc[("magnitude", "LTH2"), "x_percent"]
    )


def test_the_same_figure_is_the_same_svg(tmp_path):
    for name in ("one", "two"):
        figure = plots("test")["bleu_sparsity"].draw(Tables(table()))
        style.save(figure, tmp_path / f"{name}.svg", tmp_path / f"{name}.pdf")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_series_of_ones_own_get_colours_of_their_own():
    names = ["magnitude", "mine", "yours"]
    assert len({style.colour(name, names) for name in names}) == 3
