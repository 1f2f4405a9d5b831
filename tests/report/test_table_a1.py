"""Table A1 beside the paper's, and its figure."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from scipy import stats

from tests.report.drawn_words import caption
from ticketscope.report.figures import style
from ticketscope.report.figures.tickets import Tables, plots
from ticketscope.report.page.bleu import further_tests, tables_a1
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.bleu import bleu_points
from ticketscope.report.tables.table_a1 import (
    beside_the_paper,
    each_seed,
    note,
    render_markdown,
)
from ticketscope.translation.table_a1 import COLUMNS


def table(seeds=(1,), fraction=0.2):
    rows = []
    for seed in seeds:
        for series, k in [("dense", 0)] + [
            (series, k) for series in ("magnitude", "random", "control") for k in (1, 2)
        ]:
            cut = 0.0 if series in ("dense", "control") else 1 - (1 - fraction) ** k
            bleu = 30.0 + seed - 10 * cut * (series == "random") * (0.9 + 0.1 * seed)
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


def test_several_seeds_are_mean_and_deviation_and_compared_within_each():
    rows = table(seeds=(1, 2, 4))
    shown = beside_the_paper(rows).set_index(["series", "ticket"])
    bleu = {
        series: rows.query(f"series == '{series}' and k == {k}")["bleu"].to_numpy()
        for series, k in (("dense", 0), ("random", 2))
    }
    random = shown.loc[("random", "LTH2")]
    mean, deviation = bleu["random"].mean(), np.std(bleu["random"], ddof=1)
    assert random["BLEU ± sd"] == f"{mean:.2f} ± {deviation:.2f}"
    change = bleu["random"] - bleu["dense"]
    expected = f"{change.mean():.2f} ± {np.std(change, ddof=1):.2f}"
    assert random["minus LTH0 ± sd"] == expected and expected.startswith("-")
    assert shown.loc[("magnitude", "LTH1"), "minus LTH0 ± sd"] == "+0.00 ± 0.00"
    assert shown.loc[("dense", "LTH0"), "minus LTH0 ± sd"] == ""
    assert random["seeds"] == "3" and random["chrF"] == "55.00 ± 0.00"
    assert not {"BLEU [95 %]", "p vs LTH0"} & set(shown.columns)
    assert "Means ± standard deviation (n - 1) over seeds" in note(rows)
    assert "± standard" not in note(table()) and "p is two-sided" in note(table())


def test_each_seed_has_rows_of_its_own_beside_the_mean():
    rows = table(seeds=(1, 2))
    shown = each_seed(rows)
    assert len(shown) == len(rows) and shown["seed"].tolist() == 7 * ["1", "2"]
    assert shown["ticket"].tolist()[:4] == ["LTH0", "LTH0", "LTH1", "LTH1"]
    random = shown.query("seed == '2' and series == 'random'").iloc[1]
    assert random["BLEU [95 %]"] == "28.04 [27.04, 29.54]" and random["p vs LTH0"] == "0.040"
    page = list(tables_a1(rows, "tables/table_a1.csv"))
    assert [(one.title, one.folded) for one in page] == [
        ("Table A1", False), ("Table A1, each seed", True)
    ]  # fmt: skip
    assert len(list(tables_a1(table(), ""))) == 1


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
    rows = table(seeds=(1, 2, 4))
    figure = plots("test")["bleu_sparsity"].draw(Tables(rows))
    axes, _ = figure.axes  # the tickets' numbers are above
    drawn = {text.get_text() for text in figure.legends[0].get_texts()}
    assert {"magnitude", "random", "control (nothing pruned, same epochs)"} <= drawn
    assert axes.get_xlabel() == "sparsity without emb. (%)"
    assert "BLEU on test" in axes.get_ylabel()
    line = next(c for c in axes.containers if c.get_label() == "random")
    by_seed = rows.query("series in ('dense', 'random')").pivot(index="k", columns="seed")["bleu"]
    assert line.lines[0].get_ydata().tolist() == pytest.approx(by_seed.mean(axis=1).tolist())
    assert to_hex(line.lines[0].get_color()).upper() == style.COLOURS["random"]
    (bars,) = line.lines[2]
    ends = [segment[:, 1] for segment in bars.get_segments()]
    student = stats.ttest_1samp(by_seed.to_numpy(), 0, axis=1).confidence_interval(0.95)
    np.testing.assert_allclose(ends, np.transpose(student))
    colour = style.COLOURS["random"]
    (band,) = axes.patches  # LTH0's interval
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx(tuple(ends[0]))
    thin = [drawn for drawn in axes.lines if drawn.get_linewidth() < 0.6]
    assert len(thin) == 3 * 3
    of_series = [seed for seed in thin if to_hex(seed.get_color()).upper() == colour]
    np.testing.assert_allclose([seed.get_ydata() for seed in of_series], by_seed.T)


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ((1,), "1 seed. Bars and grey band: 95 % bootstrap over sentences."),
        ((1, 2), "Mean of 2 seeds. Thin lines: single seeds; an interval takes 3."),
        (
            (1, 2, 4),
            "Mean of 3 seeds. Bars and grey band: 95 % interval over seeds (Student's t). Thin "
            "lines: single seeds.",
        ),
    ],
)
def test_a_caption_says_what_the_bars_are(seeds, said):
    figure = plots("test")["bleu_sparsity"].draw(Tables(table(seeds=seeds)))
    assert caption(figure).startswith(said)
    bars = [bar for c in figure.axes[0].containers for bar in c.lines[2][0].get_segments()]
    drawn = [len(bar) > 0 and np.isfinite(bar).all() for bar in bars]
    assert len(bars) == 3 * 3 and (all(drawn) if len(seeds) != 2 else not any(drawn))


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


def test_further_texts_stand_beside_the_text_of_table_a1():
    """What is kept is a share of LTH0's BLEU of the same seed, on the same text."""
    rows = table(seeds=(1, 2))
    news = rows.assign(split="news", bleu=rows["bleu"] / 10 - rows["k"] * rows["seed"])
    shown = further_tests(rows, news, "test", "further.csv")
    assert list(shown.frame) == [
        "series", "ticket", "test: BLEU", "test: % kept", "news: BLEU", "news: % kept"
    ]  # fmt: skip
    assert shown.file == "further.csv"
    by_ticket = shown.frame.set_index(["series", "ticket"])
    assert by_ticket.loc[("dense", "LTH0"), "test: % kept"] == "100.0 ± 0.0"
    # Of LTH0's 3.1 and 3.2, the control's LTH1 has lost 1 and 2.
    kept = [100 * 2.1 / 3.1, 100 * 1.2 / 3.2]
    wanted = f"{np.mean(kept):.1f} ± {np.std(kept, ddof=1):.1f}"
    assert by_ticket.loc[("control", "LTH1"), "news: % kept"] == wanted
    assert by_ticket.loc[("control", "LTH1"), "test: BLEU"] == "31.5 ± 0.7"


def test_where_lth0_has_no_bleu_no_share_of_it_is_kept():
    rows = table(seeds=(1, 2))
    gone = (rows["k"] == 0) & (rows["seed"] == 1)
    shown = further_tests(rows, rows.assign(split="news", bleu=rows["bleu"].mask(gone, 0)), "test",
        "further.csv").frame.set_index(["series", "ticket"])  # fmt: skip
    assert shown.loc[("control", "LTH1"), "test: % kept"].count("±") == 1
    of_one = shown.loc[("control", "LTH1"), "news: % kept"]
    assert float(of_one) > 0 and of_one != "inf"
