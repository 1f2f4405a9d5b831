"""Figures of section 3.4: shares of the right weights, series that cut unevenly, any depth."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy import stats

from tests.report.claims_tables import build
from tests.report.drawn_words import caption, legend, words
from ticketscope.report.figures.sparsity import Tables, plots
from ticketscope.report.tables.sparsity import uneven_series


def made_up(layers=6, seeds=(1,), ks=range(1, 9)) -> Tables:
    """As sparse as the paper's; `module_sparsity` of magnitude agrees with it, random is even."""
    tables = build(1, seeds=seeds, ks=ks, layers=layers)
    modules = tables["module_sparsity"]
    dense = modules[modules["k"] == 1].drop_duplicates(
        ["seed", "side", "layer", "block", "part", "kind"]
    )
    dense = dense.assign(series="dense", ticket="LTH0", k=0, pruned=0)
    return Tables(pd.concat([dense, modules]), tables["sparsity"])


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_up()


def panel(figure: Figure, title: str):
    (axes,) = (axes for axes in figure.axes if axes.get_title().startswith(title))
    return axes


def curve(axes, label):
    (line,) = (line for line in axes.lines if line.get_label() == label)
    return line


def share(tables: Tables, k: int, **columns) -> float:
    rows = tables.modules[(tables.modules["series"] == "magnitude") & (tables.modules["k"] == k)]
    for column, value in {"kind": "weight", **columns}.items():
        rows = rows[rows[column] == value]
    return 100 * rows["pruned"].sum() / rows["total"].sum()


def test_series_that_cut_all_modules_alike_are_told_by_chance(tables):
    assert uneven_series(tables.modules) == ["magnitude"]
    generator = np.random.default_rng(0)
    random = tables.modules["series"] == "random"
    drawn = generator.binomial(tables.modules["total"], 0.5)
    by_chance = tables.modules.assign(pruned=tables.modules["pruned"].mask(random, drawn))
    assert uneven_series(by_chance) == ["magnitude"]
    more = (random & (tables.modules["layer"] == 3)).to_numpy()
    by_layer = by_chance.assign(pruned=by_chance["pruned"] + 300 * more)
    assert uneven_series(by_layer) == ["magnitude", "random"]


def test_each_layer_of_fully_connected_weights_is_a_line_against_the_whole(tables):
    figure = plots()["figure_a1"].draw(tables)
    assert [axes.get_title() for axes in figure.axes] == [
        f"{side} FC\n(n = 40,000 weights a layer)" for side in ("encoder", "decoder")
    ]
    axes = panel(figure, "decoder FC")
    whole = tables.sparsity[tables.sparsity["series"] == "magnitude"].set_index("k")
    for layer in range(1, 7):
        line = curve(axes, f"layer {layer}")
        expected = [0] + [
            share(tables, k, side="decoder", block="fc", layer=layer) for k in range(1, 9)
        ]
        np.testing.assert_allclose(line.get_ydata(), expected)
        np.testing.assert_allclose(
            line.get_xdata(), [0, *(100 * whole.loc[range(1, 9), "sparsity_excl"])]
        )
    expected = [0] + [share(tables, k, side="decoder", block="fc") for k in range(1, 9)]
    np.testing.assert_allclose(curve(axes, "all layers").get_ydata(), expected)
    looks = {(line.get_color() if isinstance(line.get_color(), str) else tuple(line.get_color()),
              line.get_marker()) for line in axes.lines}  # fmt: skip
    assert len(looks) == 6 + 2  # layers, all of them, alike


def test_attention_is_joined_over_its_projections_and_the_paper_marks_its_number(tables):
    figure = plots()["figure_a2"].draw(tables)
    kinds = ("encoder self-attention", "encoder-decoder attention", "decoder self-attention")
    assert [axes.get_title().split("\n")[0] for axes in figure.axes] == list(kinds)
    line = curve(panel(figure, "encoder-decoder"), "layer 2")
    assert line.get_ydata()[7] == pytest.approx(share(tables, 7, block="enc-dec", layer=2))
    assert curve(
        panel(figure, "encoder-decoder"), "paper, all layers"
    ).get_ydata() == pytest.approx([55])
    data = plots()["figure_a2"].data(tables).dropna(subset="paper")
    assert data[["series", "k", "module", "layer", "paper"]].to_numpy().tolist() == [
        ["magnitude", 7, "encoder-decoder attention", "all", pytest.approx(55)]
    ]
    said = legend(figure)
    assert "paper, all layers" in said and "layer 6" in said


def test_biases_count_for_nothing(tables):
    biases = tables.modules.assign(kind="bias", pruned=tables.modules["total"], layer=9)
    more = Tables(pd.concat([tables.modules, biases]), tables.sparsity)
    for plot in plots().values():
        pd.testing.assert_frame_equal(plot.data(more), plot.data(tables))


def test_several_seeds_are_a_mean_with_their_interval_and_themselves():
    tables = made_up(layers=2, seeds=(1, 2, 3))
    more = tables.modules["seed"].map({1: 0.01, 2: 0, 3: 0.004}) * tables.modules["total"]
    modules = tables.modules.assign(
        pruned=tables.modules["pruned"] + more * (tables.modules["series"] == "magnitude")
    )
    figure = plots()["figure_a1"].draw(Tables(modules, tables.sparsity))
    axes = panel(figure, "encoder FC")
    line = curve(axes, "layer 1")
    seeds = share(tables, 3, side="encoder", block="fc", layer=1) + np.array([1, 0, 0.4])
    assert line.get_ydata()[3] == pytest.approx(seeds.mean())
    bands = axes.collections[0].get_paths()[0].vertices
    near = bands[np.isclose(bands[:, 0], line.get_xdata()[3])][:, 1]
    interval = stats.ttest_1samp(seeds, 0).confidence_interval(0.95)
    assert (near.min(), near.max()) == pytest.approx(tuple(interval))
    thin = [drawn for drawn in axes.lines if drawn.get_linewidth() < 0.6]
    assert len(thin) == 2 * 3  # layers, seeds
    np.testing.assert_allclose([drawn.get_ydata()[3] for drawn in thin[:3]], seeds)
    assert "mean of 3 seeds. Bands: 95 % interval over seeds" in caption(figure)


def test_one_seed_has_neither_band_nor_thin_lines(tables):
    figure = plots()["figure_a1"].draw(tables)
    axes = panel(figure, "encoder FC")
    assert not any(path.vertices.size for band in axes.collections for path in band.get_paths())
    assert all(line.get_linewidth() >= 1 for line in axes.lines)
    assert "1 seed. Series that" in caption(figure)


@pytest.mark.parametrize("layers", [1, 2, 6])
def test_the_heatmap_has_a_row_a_module_in_the_networks_order(layers):
    tables = made_up(layers)
    figure = plots()["sparsity_heatmap"].draw(tables)
    encoder, decoder = (panel(figure, f"{side}, magnitude") for side in ("encoder", "decoder"))
    own = [*(f"self {part}" for part in "qkvo"), *(f"enc-dec {part}" for part in "qkvo")]
    rows = {
        encoder: [f"{i} {name}" for i in range(1, layers + 1) for name in [*own[:4], "fc1", "fc2"]],
        decoder: [f"{i} {name}" for i in range(1, layers + 1) for name in [*own, "fc1", "fc2"]],
    }
    for axes, expected in rows.items():
        assert [label.get_text() for label in axes.get_yticklabels()] == expected
        assert axes.images[0].get_array().shape == (len(expected), 8)
        assert len(axes.texts) == 8 * len(expected)
    values = decoder.images[0].get_array()
    cell = values[rows[decoder].index("1 enc-dec v"), 4]
    assert cell == pytest.approx(share(tables, 5, block="enc-dec", part="v", layer=1))
    ticks = [label.get_text() for label in encoder.get_xticklabels()]
    assert ticks[6] == "7\n79 %"
    assert figure.axes[-1].get_ylabel() == "pruned weights (%)"
    # A row is 8 points of text high at least, in the deepest network too.
    assert figure.get_figheight() * 72 / len(rows[decoder]) > 12


def test_embeddings_have_a_row_where_they_are_pruned(tables):
    rows = tables.modules[(tables.modules["block"] == "fc") & (tables.modules["layer"] == 1)]
    rows = rows[(rows["part"] == "fc1") & (rows["side"] == "encoder")]
    more = rows.assign(layer=0, block="embedding", part="embedding")
    figure = plots()["sparsity_heatmap"].draw(
        Tables(pd.concat([tables.modules, more]), tables.sparsity)
    )
    assert panel(figure, "encoder").get_yticklabels()[0].get_text() == "embedding"
    assert "10,000 in an embedding" in caption(figure)


def test_where_nothing_is_cut_unevenly_the_figures_say_so(tables):
    even = tables.modules[tables.modules["series"] != "magnitude"]
    for plot in plots().values():
        figure = plot.draw(Tables(even, tables.sparsity))
        assert words(figure) == ["No series prunes some modules more than others."]
