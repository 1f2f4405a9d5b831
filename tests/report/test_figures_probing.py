"""Figures of section 4: the z rule, raw scores with intervals, codelength, the paper."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from scipy import stats

from tests.report.drawn_words import caption, legend, words
from tests.report.probing_tables import SERIES, SOME, made_up
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.report.figures.probing import Tables, plots
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.probing import printed_tasks, score_lines, shortest_codes, tasks_of
from ticketscope.report.tables.shared import ticket_places
from ticketscope.report.tables.tables_a2_a3 import table_a2
from ticketscope.report.titles import PROBING


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_up(seeds=(1, 2), replicates=2)


def panels(figure: Figure) -> dict[str, list[str]]:
    """Texts of each heat map, by title."""
    return {
        axes.get_title(): [text.get_text() for text in axes.texts]
        for axes in figure.axes
        if axes.images
    }


def only(tables: Tables, *tasks: str) -> Tables:
    """Tables of a run that probed only these tasks."""
    parts = {name: table for name, table in vars(tables).items() if name != "sparsity"}
    kept = {name: table[table["task"].isin(tasks)] for name, table in parts.items()}
    return Tables(**kept, sparsity=tables.sparsity)


def changed(tables: Tables, **columns) -> Tables:
    return replace(tables, probes=tables.probes.assign(**columns))


def z_by_hand(probes: pd.DataFrame, task: str, probe: str, series: str):
    """The rule of Figures 1 to 3, in loops: (layers, tickets)."""
    layers = sorted(set(probes["layer"]) - {0})
    tickets = sorted(set(probes.loc[probes["series"] == series, "ticket"]))
    grid = np.empty((len(layers), 1 + len(tickets)))
    for (i, layer), (j, ticket) in itertools.product(
        enumerate(layers), enumerate(["LTH0", *tickets])
    ):
        rows = probes.query(
            f"task == '{task}' and probe == '{probe}' and layer == {layer} and "
            f"ticket == '{ticket}' and series == '{series if j else 'dense'}'"
        )
        by_seed = [rows.loc[rows["seed"] == seed, "test"].mean() for seed in set(rows["seed"])]
        grid[i, j] = sum(by_seed) / len(by_seed)
    return (grid - grid.mean()) / np.sqrt(((grid - grid.mean()) ** 2).mean())


def shown(values) -> list[str]:
    return [f"{value + 0:.1f}".replace("-0.0", "0.0") for value in values]


# --- all figures -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROBING)
def test_every_figure_says_of_which_corpora_the_paper_speaks(tables, name):
    plot = plots()[name]
    said = caption(plot.draw(tables))
    assert "other corpora than the free suite's" in said
    ours = {key: table.assign(suite="paper") for key, table in vars(tables).items()}
    said = caption(plot.draw(Tables(**ours)))
    assert "the same corpora" in said and "other corpora" not in said


@pytest.mark.parametrize("name", PROBING)
def test_two_suites_are_never_in_one_figure(tables, name):
    for key in ("probes", "differences", "trends"):
        table = vars(tables)[key]
        mixed = pd.concat([table, table.head(1).assign(suite="toy")])
        with pytest.raises(ValueError, match="one suite are needed, found free, toy"):
            plots()[name].draw(replace(tables, **{key: mixed}))


@pytest.mark.parametrize("name", PROBING)
def test_a_run_of_one_series_two_tickets_and_two_tasks_can_be_drawn(name):
    small = made_up(("SynPred", "PS-Role"), last=1, series=("mine",), untrained=False)
    figure = plots()[name].draw(small)
    assert name == "figure_a3" or any(
        "mine" in text for text in (*(axes.get_title() for axes in figure.axes), *legend(figure))
    )


# --- z-scores: Figures 1 to 3 and A3 ---------------------------------------------------------


@pytest.mark.parametrize(("name", "probe"), [("figure_1", "linear"), ("figure_2", "mlp")])
def test_cells_are_the_best_layers_z_over_all_layers_and_tickets(tables, name, probe):
    found = panels(plots()[name].draw(tables))
    groups = {"POS": ["POS"], "Syntax": ["Parent", "SynPred"], "Semantics": ["PS-Fxn", "SemPred"]}
    assert sorted(found) == sorted(f"{g}, {s}" for g in groups for s in [*SERIES, "paper"])
    for (group, tasks), series in itertools.product(groups.items(), SERIES):
        texts = found[f"{group}, {series}"]
        cells = [z_by_hand(tables.probes, task, probe, series).max(axis=0) for task in tasks]
        assert texts[: 4 * len(tasks)] == shown(np.concatenate(cells))
        # One more a row, what 1 z is worth, and a header.
        assert len(texts) == 5 * len(tasks) + 1 and texts[-1] == "1 z"


def test_what_one_z_is_worth_stands_beside_the_row():
    grid = np.array([[0.50, 0.60], [0.70, 0.80]])  # standard deviation .1118: 11.2 points
    magnitude = made_up(("POS",), last=1, layers=2, series=("magnitude",), untrained=False)
    rows = magnitude.probes[
        (magnitude.probes["probe"] == "linear") & (magnitude.probes["layer"] > 0)
    ]
    tickets = rows["ticket"].str[3:].astype(int)
    rows = rows.assign(test=grid[rows["layer"] - 1, tickets])
    found = panels(plots()["figure_1"].draw(replace(magnitude, probes=rows)))
    assert found["POS, magnitude"] == [*shown([0.05 / 0.1118, 0.15 / 0.1118]), "11.2", "1 z"]
    assert found["POS, paper"] == shown(printed_tasks("figure_1").loc["POS"])


@pytest.mark.parametrize("name", ["figure_1", "figure_2", "figure_3", "figure_a3"])
def test_embeddings_and_the_untrained_encoder_count_for_nothing(tables, name):
    outside = (tables.probes["layer"] == 0) | (tables.probes["series"] == "untrained")
    other = changed(tables, test=tables.probes["test"].mask(outside, 5.0))
    without = replace(tables, probes=tables.probes[~outside])
    expected = panels(plots()[name].draw(without))
    assert panels(plots()[name].draw(other)) == expected


def test_a_cell_of_figure_3_is_the_mean_over_the_groups_tasks(tables):
    found = panels(plots()["figure_3"].draw(tables))
    groups = {"Syntax": ("Parent", "SynPred"), "Semantics": ("PS-Fxn", "SemPred")}
    assert len(found) == len(groups) * (len(SERIES) + 1)
    for (group, tasks), series in itertools.product(groups.items(), SERIES):
        z = np.mean([z_by_hand(tables.probes, t, "linear", series) for t in tasks], axis=0)
        # The last layer on top.
        assert found[f"{group} (2 tasks), {series}"] == shown(z[::-1].ravel())


def test_figure_3_leaves_out_a_task_at_its_floor_and_says_so(tables):
    """As the claims about layers do."""
    probes = tables.probes
    stuck = (probes["task"] == "SynPred") & (probes["layer"] == 1) & (probes["probe"] == "linear")
    drawn = plots()["figure_3"].draw(changed(tables, at_floor=stuck))
    z = z_by_hand(probes, "Parent", "linear", "magnitude")
    assert panels(drawn)["Syntax (1 task), magnitude"] == shown(z[::-1].ravel())
    assert "Without SynPred: a probe never beat a constant." in caption(drawn)
    untrained = stuck & (probes["series"] == "untrained")
    assert "Syntax (2 tasks), magnitude" in panels(
        plots()["figure_3"].draw(changed(tables, at_floor=untrained))
    )


def test_the_papers_pos_grid_gives_its_figures_1_and_a3():
    """Column maxima of Figure A3 are Figure 1's POS column; both follow from scores by our rule."""
    printed = np.array(paper_values("figure_a3")["rows_layer_1_to_6"])
    column = printed_tasks("figure_1").loc["POS"].to_numpy()
    np.testing.assert_array_equal(printed.max(axis=0), column)
    run = made_up(("POS",), last=8, layers=6, series=("magnitude",))
    ticket = run.probes["ticket"].str[3:].astype(int)
    scores = 0.95 + 0.011 * printed[run.probes["layer"] - 1, ticket]
    run = changed(run, test=scores)
    ours, theirs = panels(plots()["figure_a3"].draw(run)).values()
    assert ours == theirs == shown(printed[::-1].ravel())
    best, paper = panels(plots()["figure_1"].draw(run)).values()
    assert best[:9] == paper == shown(column)
    assert best[9:] == ["1.1", "1 z"]


def test_figure_a3_is_of_pos_alone_where_a_suite_has_upos_too(tables):
    more = tables.probes[tables.probes["task"] == "POS"].assign(task="UPOS")
    more["test"] = more["test"].to_numpy()[::-1]
    both = replace(tables, probes=pd.concat([more, tables.probes]))
    expected = panels(plots()["figure_a3"].draw(tables))
    assert panels(plots()["figure_a3"].draw(both)) == expected
    figure = plots()["figure_1"].draw(both)
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["POS", "UPOS"]
    assert len(panels(figure)["POS, paper"]) == 9  # the paper has no UPOS


def test_tasks_stand_in_the_papers_order_and_groups(tables):
    order = tasks_of(tables.probes.sort_values("task", ascending=False))
    assert order == {
        "POS": ["POS"],
        "Syntax": ["Parent", "SynPred"],
        "Semantics": ["PS-Fxn", "SemPred"],
    }
    figure = plots()["figure_1"].draw(only(tables, "SemPred", "PS-Fxn", "POS"))
    labels = [t.get_text() for axes in figure.axes for t in axes.get_yticklabels()]
    found = [label for label in labels if label in TASKS]  # on the left of both rows of panels
    assert found == ["POS", "PS-Fxn", "SemPred"] * 2


def test_a_users_own_task_and_group_come_last(tables):
    own = tables.probes[tables.probes["task"] == "POS"].assign(task="Mine", group="Morphology")
    more = pd.concat([own, own.assign(group="Syntax", task="Also"), tables.probes])
    groups = tasks_of(more)
    assert list(groups) == ["POS", "Syntax", "Semantics", "Morphology"]
    assert (groups["Syntax"], groups["Morphology"]) == (["Parent", "SynPred", "Also"], ["Mine"])
    found = panels(plots()["figure_1"].draw(replace(tables, probes=more)))
    assert len(found) == 4 * 4
    # The same scores as POS, and what 1 z is worth.
    assert found["Morphology, magnitude"] == found["POS, magnitude"]
    assert table_a2(more).columns[-1] == "Mine"


def test_what_was_not_probed_is_left_out_or_said(tables):
    figure = plots()["figure_3"].draw(only(tables, "POS", "Parent", "SynPred"))
    assert set(panels(figure)) == {f"Syntax (2 tasks), {name}" for name in [*SERIES, "paper"]}

    def said(name, part):
        return words(plots()[name].draw(part))

    assert said("figure_a3", only(tables, "Parent")) == ["No linear probes of POS were trained."]
    no_mlp = Tables(
        **{
            name: table if name == "sparsity" else table[table["probe"] == "linear"]
            for name, table in vars(tables).items()
        }
    )
    assert said("figure_2", no_mlp) == ["No MLP probes were trained."]
    assert said("probe_scores_mlp", no_mlp) == ["No ticket was compared with LTH0 by MLP probes."]
    none = replace(tables, trends=tables.trends.head(0))
    assert said("probe_trends", none) == ["No series has tickets to follow."]


# --- raw scores ------------------------------------------------------------------------------


def difference(seed, k, test, change, series="magnitude"):
    return {
        "suite": "free", "task": "POS", "group": "POS", "probe": "linear", "seed": seed,
            "metric": "accuracy", "series": series, "ticket": f"LTH{k}", "layer": 2, "test": test,
            "difference": change, "low": change - 0.01, "high": change + 0.03, "p": 0.1,
    }  # fmt: skip


def test_the_interval_of_one_seed_is_of_the_difference_around_lth0(tables):
    # LTH0 scores .7; the difference lies in .09 to .13.
    lines = score_lines(pd.DataFrame([difference(1, 2, 0.80, 0.10)]), tables.sparsity)
    first, second = lines.to_dict("records")
    assert first == {
        "task": "POS", "series": "magnitude", "ticket": "LTH0", "x_percent": 0.0, "seeds": 1,
        "test": pytest.approx(0.7), "low": pytest.approx(0.7), "high": pytest.approx(0.7),
    }  # fmt: skip
    assert second == {
        "task": "POS", "series": "magnitude", "ticket": "LTH2", "x_percent": pytest.approx(36),
        "test": pytest.approx(0.8), "low": pytest.approx(0.79), "high": pytest.approx(0.83),
        "seeds": 1,
    }  # fmt: skip


def test_the_interval_of_several_seeds_is_over_their_differences(tables):
    scores, changes = (0.80, 0.90, 0.88), (0.10, 0.00, 0.04)  # LTH0 scores .7, .9, .84
    pairs = zip(scores, changes, strict=True)
    rows = [difference(seed, 2, *pair) for seed, pair in enumerate(pairs, 1)]
    first, second = score_lines(pd.DataFrame(rows), tables.sparsity).to_dict("records")
    starts = np.subtract(scores, changes)
    assert [first[f"seed{n}"] for n in (1, 2, 3)] == pytest.approx(starts.tolist())
    assert first["test"] == first["low"] == first["high"] == pytest.approx(starts.mean())
    assert [second[f"seed{n}"] for n in (1, 2, 3)] == pytest.approx(scores)
    assert second["test"] == pytest.approx(np.mean(scores))
    low, high = stats.ttest_1samp(changes, 0).confidence_interval(0.95)
    assert second["low"] == pytest.approx(starts.mean() + low)
    assert second["high"] == pytest.approx(starts.mean() + high)
    assert low < 0 < high  # the band contains LTH0's score, as there is no difference to be sure of


def test_a_ticket_with_nothing_pruned_stands_beside_the_pruned_one(tables):
    places = ticket_places(tables.sparsity)
    assert places["control", "LTH2"] == places["magnitude", "LTH2"] == pytest.approx(36)
    other = tables.sparsity.assign(series=tables.sparsity["series"].replace("random", "half"))
    half = other["series"] == "half"
    other["sparsity_excl"] = other["sparsity_excl"].mask(half, 0.5)
    places = ticket_places(other)
    assert (places["half", "LTH2"], places["dense", "LTH0"]) == (50, 0)
    assert places["magnitude", "LTH2"] == pytest.approx(36)  # its own, whatever others prune


def thick(axes):
    """Lines of means; those of single seeds are thin."""
    return [line for line in axes.lines if line.get_linewidth() >= 1]


def test_a_panel_of_scores_has_lines_bands_n_and_unit():
    part = made_up(("POS", "PS-Fxn"), seeds=(1, 2, 3))
    figure = plots()["probe_scores_mlp"].draw(part)
    axes, other = figure.axes
    found = part.differences.query("task == 'POS' and probe == 'mlp'")
    assert axes.get_title() == "POS (n = 1,500)"
    assert axes.get_ylabel() == other.get_ylabel() == "accuracy"
    lines = [line for line in thick(axes) if len(line.get_xdata()) == 4]
    thin = [line for line in axes.lines if line not in thick(axes)]
    bands = [band for band in axes.collections if isinstance(band, PolyCollection)]
    assert (len(lines), len(bands)) == (3, 3)
    expected = score_lines(found, part.sparsity)
    magnitude = expected[expected["series"] == "magnitude"]
    seeds = [magnitude[f"seed{seed}"].to_numpy() for seed in (1, 2, 3)]
    np.testing.assert_allclose([line.get_ydata() for line in thin[:3]], seeds)
    assert len(thin) == 3 * 3
    for line, band, series in zip(lines, bands, SERIES, strict=True):
        own = expected[expected["series"] == series]
        np.testing.assert_allclose(line.get_ydata(), own["test"])
        np.testing.assert_allclose(line.get_xdata(), own["x_percent"])
        corners = band.get_paths()[0].vertices[:, 1]
        assert (corners.min(), corners.max()) == (own["low"].min(), own["high"].max())
        assert line.get_linestyle() == "--"
    (solid, *_) = thick(plots()["probe_scores_linear"].draw(part).axes[0])
    assert solid.get_linestyle() == "-"


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ((1,), "Lines: 1 seed. Bands: 95 % paired bootstrap of the difference from LTH0"),
        ((1, 2), "Lines: mean of 2 seeds. Thin lines: single seeds; an interval takes 3."),
        (
            (1, 2, 3),
            "Lines: mean of 3 seeds. Bands: 95 % interval over seeds (Student's t) of the "
            "difference from LTH0, around LTH0's mean score.",
        ),
    ],
)
def test_the_caption_says_what_the_band_is(seeds, said):
    part = made_up(("POS",), seeds=seeds)
    assert said in caption(plots()["probe_scores_linear"].draw(part))


@pytest.mark.parametrize(
    ("task", "unit"),
    [("Chunk", "F1 of spans"), ("GED", "F1 of errors"), ("EF", "Pearson's r")],
)
def test_each_metric_has_its_unit(task, unit):
    figure = plots()["probe_scores_linear"].draw(made_up((task,)))
    assert figure.axes[0].get_ylabel() == unit


def test_baselines_are_lines_or_if_far_away_named():
    run = made_up(("POS",), seeds=(1, 2))
    probes = run.probes.assign(majority=0.08 * run.probes["seed"] - 0.02)  # their mean is .1
    untrained = probes["series"] == "untrained"
    lines = score_lines(run.differences.query("probe == 'linear'"), run.sparsity)
    level = lines["test"].mean()

    def drawn(probes):
        figure = plots()["probe_scores_linear"].draw(replace(run, probes=probes))
        axes = figure.axes[0]
        flat = [line.get_ydata()[0] for line in axes.lines if len(line.get_ydata()) == 2]
        low, high = axes.get_ylim()
        assert all(low < y < high for y in flat)
        return flat, [text.get_text() for text in axes.texts]

    without = probes[~untrained]
    assert drawn(without) == ([], ["↓ word majority 0.100"])
    assert drawn(without.assign(majority=level)) == ([pytest.approx(level)], [])
    # Layer 2 is the best on dev of seed 1, layer 1 of seed 2; other layers score 0 on test.
    best = probes["layer"] == 3 - probes["seed"]
    chosen = probes.assign(
        dev=probes["dev"].mask(untrained, best.astype(float)),
        test=probes["test"].mask(untrained, (level + 0.01 * (probes["seed"] - 1)).where(best, 0)),
    )
    assert drawn(chosen) == ([pytest.approx(level + 0.005)], ["↓ word majority 0.100"])
    far = chosen.assign(test=chosen["test"].mask(untrained, 1.9))
    assert drawn(far) == ([], ["↓ word majority 0.100", "↑ random encoder 1.900"])


# --- codelength ------------------------------------------------------------------------------


def test_codes_are_bits_per_label_of_the_layer_with_the_shortest(tables):
    rows = tables.probes.query("task == 'SynPred' and probe == 'linear' and series == 'random'")
    rows = rows[rows["ticket"] == "LTH2"].reset_index(drop=True)
    by_layer = {(1, 1): 3000, (1, 2): 2000, (1, 3): 2400, (2, 1): 1000, (2, 2): 3000, (2, 3): 3500}
    bits = [by_layer.get((s, m), 10) for s, m in zip(rows["seed"], rows["layer"], strict=True)]
    bits = np.array(bits) + np.where(rows["replicate"] == 1, 400, 0)
    rows = rows.assign(codelength_bits=bits, compression=4000 / bits, n_train=4000)
    (code,) = shortest_codes(rows).to_dict("records")
    # Layer 2 of the first seed, 2000 and 2400 bits, layer 1 of the second, 1000 and 1400.
    assert code["bits"] == pytest.approx((0.5 + 0.6 + 0.25 + 0.35) / 4)
    assert (code["bits_seed1"], code["bits_seed2"]) == pytest.approx((0.55, 0.3))
    assert np.isnan([code["bits_low"], code["bits_high"]]).all()  # of two seeds
    assert code["compression"] == pytest.approx((2 + 1 / 0.6 + 4 + 1 / 0.35) / 4)
    assert (code["uniform"], code["labels"], code["seeds"]) == (pytest.approx(1), 4000, 2)
    (row,) = shortest_codes(rows[rows["seed"] == 1]).to_dict("records")
    assert (row["bits_low"], row["bits_high"]) == pytest.approx((0.5, 0.6))  # over replicates
    assert (row["compression_low"], row["compression_high"]) == pytest.approx((1 / 0.6, 2))
    third = rows[rows["seed"] == 1].assign(
        seed=3, codelength_bits=lambda x: x["codelength_bits"] - 8
    )
    (three,) = shortest_codes(pd.concat([rows, third])).to_dict("records")
    interval = stats.ttest_1samp([0.55, 0.3, 0.548], 0).confidence_interval(0.95)
    assert (three["bits_low"], three["bits_high"]) == pytest.approx(tuple(interval))


def test_codelength_has_a_column_a_task_and_says_what_uniform_is(tables):
    figure = plots()["codelength"].draw(tables)
    above, *_ = figure.axes
    assert (
        above.get_title()
        == "SynPred\n(n = 4,000 training labels;\nuniform code: 1.00 bits a label)"
    )
    assert len(figure.axes) == 4
    assert [line.get_linestyle() for line in thick(above)] == 3 * ["-"] + 3 * ["--"]
    assert all(list(line.get_xdata()) == [0, *(100 * (1 - 0.8**k) for k in (1, 2, 3))]
               for line in above.lines)  # fmt: skip
    codes = shortest_codes(tables.probes).query("task == 'SynPred' and probe == 'linear'")
    expected = codes.query("series in ('dense', 'magnitude')").sort_values("ticket")
    np.testing.assert_allclose(thick(above)[0].get_ydata(), expected["bits"])
    np.testing.assert_allclose(thick(figure.axes[2])[0].get_ydata(), expected["compression"])
    thin = [line.get_ydata() for line in figure.axes[2].lines if line not in thick(figure.axes[2])]
    np.testing.assert_allclose(thin[1], expected["compression_seed2"])


def test_codelength_that_was_not_measured_is_left_out_or_said(tables):
    def texts(part):
        figure = plots()["codelength"].draw(part)
        return words(figure), len(figure.axes)

    unmeasured = changed(tables, codelength_bits=np.nan, compression=np.nan)
    assert texts(unmeasured) == (["Codelength was not measured in this experiment."], 1)
    assert texts(only(tables, "POS")) == (["Neither SynPred nor SemPred was probed."], 1)
    assert texts(only(tables, "POS", "SemPred")) == ([], 2)
    sem = tables.probes["task"] == "SemPred"
    half = changed(tables, codelength_bits=tables.probes["codelength_bits"].mask(sem))
    assert texts(half) == ([], 2)


# --- trends ----------------------------------------------------------------------------------


def test_trends_are_placed_by_task_and_marked_by_class(tables):
    figure = plots()["probe_trends"].draw(tables)
    assert [axes.get_title() for axes in figure.axes] == [
        f"{name}, 3 tickets" if name == "control" else f"{name} less the control, 3 tickets"
        for name in SERIES
    ]
    for axes, change, marker in zip(figure.axes, (0.09, -0.08, 0.0), ("^", "v", "o"), strict=True):
        points = [line for line in axes.lines if line.get_marker() != "None"]
        assert {line.get_marker() for line in points} == {marker}
        assert {line.get_xdata()[0] for line in points} == {change}
        ends = {tuple(line.get_xdata()) for line in axes.lines if line.get_linestyle() != "None"}
        assert (change - 0.01, change + 0.01) in ends
        rows = sorted((round(line.get_ydata()[0]), line.get_mfc() == "white") for line in points)
        assert rows == [*itertools.product(range(5), (False, True))]
        for line in points:  # linear above, filled; MLP below, hollow
            assert (line.get_mfc() == "white") == (line.get_ydata()[0] % 1 < 0.5)
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert labels == list(SOME)
    said = [text.get_text() for text in figure.axes[-1].texts]
    assert said[:5] == ["invariant", "invariant", "improving", "degrading", "improving"]
    # The paper's classes are of linear probes.
    paper = plots()["probe_trends"].data(tables).set_index("probe")["paper"]
    assert paper["linear"].notna().all() and paper["mlp"].isna().all()
    assert "intervals over seeds and test sentences" in caption(figure)
    one = replace(tables, trends=tables.trends.assign(seeds=1))
    assert "intervals over test sentences" in caption(plots()["probe_trends"].draw(one))


def test_a_class_that_has_no_trend_to_show_is_marked_as_such(tables):
    trends = tables.trends.assign(**{"class": "described"})
    figure = plots()["probe_trends"].draw(replace(tables, trends=trends))
    markers = {line.get_marker() for axes in figure.axes for line in axes.lines} - {"None"}
    assert markers == {"D"}
