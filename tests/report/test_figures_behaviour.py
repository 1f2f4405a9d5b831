"""Behaviour beyond BLEU: the numbers of its figures, by hand, and what is drawn of them."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy import stats

from tests.report.behaviour_tables import PHENOMENA, SERIES, behaviour
from tests.report.drawn_words import caption, legend
from ticketscope.claims.model import extensions, quantity
from ticketscope.report.figures import behaviour as draw
from ticketscope.report.figures import contrasts as drawn
from ticketscope.report.figures.labels import name_dots
from ticketscope.report.tables import behaviour as numbers
from ticketscope.report.tables import contrasts
from ticketscope.report.tables.shared import OTHER_SEED


@pytest.fixture(scope="module")
def tables():
    return behaviour()


@pytest.fixture(scope="module")
def one_seed():
    return behaviour(seeds=(4,), sets=("toy", "mine"))


def interval(values):
    return tuple(stats.ttest_1samp(values, 0).confidence_interval(0.95))


def pairs(tables):
    return contrasts.pair_changes(tables.of_pairs, contrasts.known_to_lth0(tables.contrasts))


# --- contrasts -------------------------------------------------------------------------------


def test_bleu_is_a_share_of_lth0s_and_accuracies_are_over_seeds(tables):
    frame = contrasts.contrasts_kept(tables.contrasts, tables.table_a1, tables.sparsity)
    assert list(frame["panel"].unique()) == ["BLEU", *PHENOMENA]
    bleu = tables.table_a1.assign(bleu=tables.table_a1["bleu"] + tables.table_a1["k"])
    frame = contrasts.contrasts_kept(tables.contrasts, bleu, tables.sparsity)
    (row,) = frame.query("panel == 'BLEU' and series == 'random' and k == 2").to_dict("records")
    shares = [(30 + seed + 2) / (30 + seed) for seed in (1, 2, 3)]
    assert [row[f"seed{seed}"] for seed in (1, 2, 3)] == pytest.approx(shares)
    assert (row["low"], row["high"]) == pytest.approx(interval(shares))
    assert np.isnan(row["n"]) and row["x_percent"] == pytest.approx(36)
    chosen = frame.query("panel == 'roles' and series == 'magnitude' and k == 3")
    right = [
        np.mean(
            [
                margin > 0
                for margin, phenomenon in zip(
                    tables.contrast_margins.query(
                        f"seed == {seed} and series == 'magnitude' and k == 3"
                    )["margin"],
                    tables.contrast_items["phenomenon"],
                    strict=True,
                )
                if phenomenon == "roles"
            ]
        )
        for seed in (1, 2, 3)
    ]
    assert chosen[["seed1", "seed2", "seed3"]].to_numpy().tolist() == [pytest.approx(right)]
    assert chosen["value"].tolist() == pytest.approx([np.mean(right)])
    assert set(frame[frame["panel"] != "BLEU"]["n"]) == {30}
    # The paper's ticket of the same sparsity.
    paper = frame.query("series == 'magnitude' and k == 3 and panel == 'BLEU'")["paper"]
    assert paper.tolist() == pytest.approx([27.83 / 27.77], abs=0.02)
    assert frame[frame["series"] == "control"]["paper"].isna().all()


def test_one_seed_has_the_bootstraps_interval_and_sets_are_named(one_seed):
    frame = contrasts.contrasts_kept(one_seed.contrasts, one_seed.table_a1, one_seed.sparsity)
    (bleu,) = frame.query("panel == 'BLEU' and series == 'control' and k == 1").to_dict("records")
    assert (bleu["value"], bleu["low"], bleu["high"]) == pytest.approx((1, 33 / 34, 35 / 34))
    assert "toy: roles" in set(frame["panel"]) and "mine: roles" in set(frame["panel"])
    table = one_seed.contrasts.query("set == 'mine' and phenomenon == 'roles' and subset == 'all'")
    row = table.query("series == 'random' and k == 3").iloc[0]
    shown = frame.query("panel == 'mine: roles' and series == 'random' and k == 3").iloc[0]
    assert (shown["low"], shown["high"]) == (row["accuracy_low"], row["accuracy_high"])


def test_a_model_without_bleu_has_no_share_of_it(one_seed):
    nothing = one_seed.table_a1.assign(bleu=0.0, bleu_low=0.0, bleu_high=0.0)
    frame = contrasts.contrasts_kept(one_seed.contrasts, nothing, one_seed.sparsity)
    assert frame.loc[frame["panel"] == "BLEU", "value"].isna().all()
    figure, _ = drawn.contrasts_kept(frame)
    assert [text.get_text() for text in figure.axes[0].texts] == ["LTH0 has no BLEU"]


def test_contrasts_are_drawn_with_chance_and_one_scale(tables):
    figure = draw.plots()["contrasts_kept"].draw(tables)
    bleu, *rest = figure.axes
    assert bleu.get_title() == "BLEU" and "roles (n = 30)" in [axes.get_title() for axes in rest]
    assert len({axes.get_ylim() for axes in rest}) == 1 and bleu.get_ylim() != rest[0].get_ylim()
    assert rest[0].get_ylim()[0] < 0.5
    for axes in rest:
        dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
        assert [list(line.get_ydata()) for line in dashed] == [[0.5, 0.5]]
        thin = [line for line in axes.lines if line.get_linewidth() < 0.6]
        assert len(thin) == 3 * len(SERIES)
    papers = ["paper, magnitude", "paper, random"]
    assert legend(figure) == [*SERIES, *papers, "chance"]
    looks = {line.get_label(): line.get_color() for line in figure.axes[0].lines}
    assert [looks[name] for name in papers] == [looks["magnitude"], looks["random"]]
    assert "mean of 3 seeds. Bands: 95 % interval over seeds" in caption(figure)


def test_margins_are_the_tables_in_nats(tables):
    frame = contrasts.contrast_margins(tables.contrasts, tables.sparsity)
    rows = tables.contrasts.query(
        "phenomenon == 'gender' and subset == 'all' and series == 'control' and k == 1"
    )
    shown = frame.query("panel == 'gender' and series == 'control' and k == 1").iloc[0]
    assert shown["value"] == pytest.approx(rows["margin"].mean())
    assert (shown["low"], shown["high"]) == pytest.approx(interval(rows["margin"]))


def test_pairs_are_changes_from_the_control_of_the_same_seed(tables):
    frame = pairs(tables)
    paired = {(task, name) for name, (tasks, _) in PHENOMENA.items() for task in tasks.split()}
    assert set(zip(frame["task"], frame["phenomenon"], strict=True)) == paired
    assert set(frame["ticket"]) == {"LTH3"}  # the last, as none is as sparse as the paper's LTH8
    row = frame.set_index(["task", "phenomenon"]).loc[("SemPred", "roles")]
    probes = tables.probes.query("task == 'SemPred' and probe == 'linear' and layer > 0")
    for seed in (1, 2, 3):
        own = probes[probes["seed"] == seed]
        best = own[own["series"] == "dense"].set_index("layer")["dev"].idxmax()
        at = own[(own["layer"] == best) & (own["ticket"] == "LTH3")].set_index("series")["test"]
        assert row[f"score_seed{seed}"] == pytest.approx(100 * (at["magnitude"] - at["control"]))
        right = tables.contrasts.query(
            f"seed == {seed} and phenomenon == 'roles' and subset == 'all' and k == 3"
        ).set_index("series")["accuracy"]
        assert row[f"accuracy_seed{seed}"] == pytest.approx(
            100 * (right["magnitude"] - right["control"])
        )
    seeds = [row[f"accuracy_seed{seed}"] for seed in (1, 2, 3)]
    assert (row["accuracy_low"], row["accuracy_high"]) == pytest.approx(interval(seeds))
    assert row["group"] == "Semantics" and row["seeds"] == 3


def test_the_figure_says_the_rank_correlation_that_the_claim_is_about(tables):
    (claim,) = [claim for claim in extensions() if claim.id == "contrast-follows-probe"]
    grid = quantity(claim.of).grid(tables.of_pairs, "magnitude")
    frame = pairs(tables)
    assert drawn.rank_correlation(frame) == pytest.approx(grid.values.loc[3].mean())
    figure = draw.plots()["contrasts_probes"].draw(tables)
    assert f"over 6 pairs: {grid.values.loc[3].mean():.2f}, mean of the seeds." in caption(figure)
    few, said = drawn.pair_changes(frame[:4])
    assert len(few.axes) == 1 and "Rank correlation" not in said


def test_pairs_have_shapes_names_and_bars_both_ways(tables):
    figure = draw.plots()["contrasts_probes"].draw(tables)
    (axes,) = figure.axes
    names = {text.get_text() for text in axes.texts}
    assert {"SynPred: gender", "SynClass: gender", "Coref: pronoun"} <= names and len(names) == 6
    assert legend(figure) == ["Syntax", "Semantics"]
    dots = [line for line in axes.lines if line.get_markersize() == 6]
    assert (
        len({line.get_marker() for line in dots}) == len({line.get_color() for line in dots}) == 2
    )
    bars = [each for container in axes.containers for each in container.lines[2]]
    assert len(bars) == 2 * 2  # groups, directions
    assert "LTH3, which stands for the paper's LTH8" in caption(figure)
    assert sum(list(line.get_xdata()) == [0, 0] for line in axes.lines) == 1


def test_without_probes_or_tasks_the_figure_says_so(tables):
    for lacking in (
        replace(tables, probes=None),
        replace(tables, contrast_items=tables.contrast_items.assign(tasks="")),
        replace(tables, contrast_items=tables.contrast_items.assign(tasks=None)),
        replace(tables, probes=tables.probes[tables.probes["series"] != "control"]),
    ):
        frame = pairs(lacking)
        assert frame.empty
        figure, _ = drawn.pair_changes(frame)
        assert "No probed task" in figure.axes[0].texts[0].get_text()


@pytest.mark.parametrize("spread", [0.2, 0.8])
def test_names_cover_neither_each_other_nor_dots(spread):
    dots = np.random.default_rng(3).normal(0, spread, size=(20, 2)).clip(-2.2, 2.2)
    figure = Figure(figsize=(7, 5.5))
    axes = figure.add_axes((0.05, 0.05, 0.9, 0.9))
    axes.set_xlim(-2.5, 2.5)
    axes.set_ylim(-2.5, 2.5)
    name_dots(axes, dots, [f"SynPred: phenomenon-{i}" for i in range(20)], (6.3, 4.95))
    FigureCanvasAgg(figure).draw()
    boxes = [super(type(t), t).get_window_extent(figure.canvas.renderer) for t in axes.texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    inside = axes.transData.transform(dots)
    assert not any(box.contains(x, y) for box in boxes for x, y in inside)
    edges = axes.get_window_extent()
    assert all(edges.x0 <= box.x0 and box.x1 <= edges.x1 for box in boxes)


# --- words, flips, predictions ---------------------------------------------------------------


def test_buckets_are_in_words():
    ranges = [(0, 0), (1, 9), (1000, np.nan)]
    assert [numbers.bucket_name(*ends) for ends in ranges] == ["0", "1 to 9", "from 1,000"]


def test_words_are_by_bucket_and_those_without_words_are_left_out(tables):
    frame = numbers.word_scores(tables.words, tables.sparsity)
    assert list(frame["frequency"].unique()) == ["0", "1 to 9", "10 to 99", "from 100"]
    rows = tables.words.query("bucket == 1 and series == 'magnitude' and k == 2")["f1"]
    shown = frame.query("bucket == 1 and series == 'magnitude' and k == 2").iloc[0]
    assert shown["f1"] == pytest.approx(rows.mean())
    assert (shown["low"], shown["high"]) == pytest.approx(interval(rows))
    assert shown["n"] == 200
    none = tables.words.assign(words=tables.words["words"].where(tables.words["bucket"] > 0, 0))
    assert set(numbers.word_scores(none, tables.sparsity)["bucket"]) == {1, 2, 3}
    figure = draw.plots()["words_by_frequency"].draw(tables)
    assert [axes.get_title() for axes in figure.axes] == list(SERIES)
    assert legend(figure)[1] == "1 to 9 times (n = 200)"
    for axes in figure.axes:
        thick = [line for line in axes.lines if line.get_linewidth() >= 1]
        assert [len(line.get_xdata()) for line in thick] == [4] * 4  # LTH0 and three tickets
        assert len({line.get_marker() for line in thick}) == 4


def test_bleu_is_by_length_in_the_buckets_of_the_table(tables):
    frame = numbers.length_scores(tables.lengths, tables.sparsity)
    assert list(frame["length"].unique()) == ["0 to 7", "8 to 11", "from 12"]
    rows = tables.lengths.query("bucket == 2 and series == 'random' and k == 3")["bleu"]
    shown = frame.query("bucket == 2 and series == 'random' and k == 3").iloc[0]
    assert (shown["bleu"], shown["n"]) == (pytest.approx(rows.mean()), 40)
    assert (shown["low"], shown["high"]) == pytest.approx(interval(rows))
    figure = draw.plots()["bleu_by_length"].draw(tables)
    assert [axes.get_title() for axes in figure.axes] == list(SERIES)
    assert legend(figure)[2] == "from 12 words (n = 40)"
    lines = [line for line in figure.axes[1].lines if line.get_linewidth() >= 1]
    assert lines[2].get_ydata()[-1] == pytest.approx(shown["bleu"])


def test_flips_are_means_over_names_and_the_level_is_over_pairs_of_seeds(tables):
    frame = numbers.item_flips(tables.flips, tables.sparsity)
    assert list(frame["kind"].unique()) == ["translation", "contrast", "linear"]
    chosen = tables.flips.query("kind == 'contrast'")
    own = chosen.query("series == 'random' and k == 3")
    for measure in ("churn", "net"):
        shown = frame.query(
            f"kind == 'contrast' and measure == '{measure}' and series == 'random' and k == 3"
        ).iloc[0]
        seeds = own[measure].abs().groupby(own["seed"]).mean()
        assert [shown[f"seed{seed}"] for seed in (1, 2, 3)] == pytest.approx(seeds.tolist())
        assert shown["n"] == 2
    between = chosen[chosen["seed"] != chosen["other_seed"]]
    pairs = between.groupby(["seed", "other_seed"])["churn"].mean()
    level = frame[(frame["kind"] == "contrast") & (frame["ticket"] == OTHER_SEED)]
    level = level.set_index("measure").loc["churn"]
    assert len(pairs) == level["seeds"] == 3
    assert [level["value"], level["low"], level["high"]] == pytest.approx(
        [pairs.mean(), pairs.min(), pairs.max()]
    )


def test_flips_are_drawn_by_kind_with_the_level_dotted(tables, one_seed):
    figure = draw.plots()["flips"].draw(tables)
    assert [axes.get_title() for axes in figure.axes[:3]] == [
        "sentences", "contrasts\n(mean of 2 phenomena)", "linear probes"
    ]  # fmt: skip
    assert legend(figure) == [*SERIES, "LTH0s of two seeds"]
    frame = numbers.item_flips(tables.flips, tables.sparsity)
    levels = frame[frame["ticket"] == OTHER_SEED].set_index(["measure", "kind"])
    ways = product(("churn", "net"), ("translation", "contrast", "linear"))
    for axes, way in zip(figure.axes, ways, strict=True):
        (dotted,) = (line for line in axes.lines if line.get_linestyle() == ":")
        value, low, high = levels.loc[way, ["value", "low", "high"]]
        assert list(dotted.get_ydata()) == [value] * 2 and low < value < high
        (band,) = axes.patches
        assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((low, high))
    assert "mean of 3 pairs, grey from the lowest to the highest" in caption(figure)
    alone = draw.plots()["flips"].draw(one_seed)
    assert legend(alone) == [*SERIES]
    assert "How far LTH0s of two seeds are apart takes several `seeds`." in caption(alone)
    without = tables.flips[tables.flips["kind"] != "contrast"]
    assert len(draw.plots()["flips"].draw(replace(tables, flips=without)).axes) == 4


def test_predictions_and_translations_depart_from_lth0(tables, one_seed):
    frame = numbers.departures(tables.probabilities, tables.decoding, tables.sparsity)
    assert list(frame["measure"].unique()) == ["kl", "agreement", "departure", "identical"]
    rows = tables.probabilities.query("series == 'control' and k == 1")["kl"]
    shown = frame.query("measure == 'kl' and series == 'control' and k == 1").iloc[0]
    assert shown["value"] == pytest.approx(rows.mean())
    levels = frame[frame["ticket"] == OTHER_SEED].set_index("measure")
    assert set(levels.index) == {"kl", "agreement"} and set(levels["seeds"]) == {3}
    between = tables.probabilities.query("k == 0")["agreement"]
    assert levels.loc["agreement", "value"] == pytest.approx(between.mean())
    assert not ((frame["series"] == "dense") & (frame["ticket"] == "LTH0")).any()
    n = frame.groupby("measure")["n"].max()
    assert n.to_dict() == {"agreement": 900, "departure": 100, "identical": 100, "kl": 900}
    figure = draw.plots()["predictions"].draw(tables)
    drawn = [sum(line.get_linestyle() == ":" for line in axes.lines) for axes in figure.axes]
    assert sum(drawn) == 2
    alone = numbers.departures(one_seed.probabilities, one_seed.decoding, one_seed.sparsity)
    (kl,) = alone.query("measure == 'kl' and series == 'random' and k == 1").to_dict("records")
    (row,) = one_seed.probabilities.query("series == 'random' and k == 1").to_dict("records")
    assert (kl["low"], kl["high"]) == (row["kl_low"], row["kl_high"])
    assert alone.loc[alone["measure"] != "kl", "low"].isna().all()


def test_wide_intervals_do_not_squeeze_pairs(tables):
    frame = pairs(tables)
    wide = frame.assign(accuracy_low=-1000.0, accuracy_high=1000.0)
    limits = [drawn.pair_changes(each)[0].axes[0].get_ylim() for each in (frame, wide)]
    assert limits[0] == limits[1]


def test_a_set_of_nothing_paired_leaves_other_figures(tables):
    lone = tables.contrasts[tables.contrasts["phenomenon"] == "lexical"]
    figure = draw.plots()["contrasts_kept"].draw(replace(tables, contrasts=lone))
    assert [axes.get_title() for axes in figure.axes] == ["BLEU", "lexical (n = 30)"]
