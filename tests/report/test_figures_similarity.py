"""Figures of section 5: the right numbers in the right cells, and what the paper found below."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.report.claims_tables import build
from tests.report.drawn_words import caption, legend, words
from ticketscope.report.figures import similarity as draw
from ticketscope.report.figures.similarity import Tables, plots
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.shared import OTHER_SEED
from ticketscope.report.tables.similarity import (
    COMPARED,
    categories,
    concentration,
    layers_by_layers,
    neuron_curves,
    spectra,
    with_lth0,
)
from ticketscope.report.titles import SIMILARITY

SERIES = ("magnitude", "random", "control")
LAYERS = {"encoder": 3, "decoder": 3, "enc_self": 2, "enc_dec": 2, "dec_self": 2}


def row(measure, module, series, k, layer, other, other_layer, value, seed=1, other_seed=1):
    return {
        "measure": measure, "module": module, "seed": seed, "series": series, "ticket": f"LTH{k}",
        "layer": layer, "other_seed": other_seed, "other_ticket": f"LTH{other}",
        "other_layer": other_layer, "n": 100, "value": value, "debiased": value,
        "low": value - 0.01, "high": value + 0.02,
    }  # fmt: skip


def similarity_rows():
    """Values that say where they belong: .k for LTHk against LTH0, and so on."""
    for series, (module, layers) in itertools.product(SERIES, LAYERS.items()):
        first = 0 if layers == 3 else 1
        numbers = range(first, layers + first)
        whole = "LayerSim" if first == 0 else "AttentionSim"
        for k in range(5):
            if k == 0 and series != "magnitude":
                continue
            own = "dense" if k == 0 else series
            for a, b in itertools.combinations(numbers, 2):
                yield row(whole, module, own, k, a, k, b, 0.9 - 0.01 * k)
            for other in {0, *(range(2, k, 2) if k % 2 == 0 else ())} - {k}:
                for a, b in itertools.product(numbers, numbers):
                    value = 0.8 - 0.1 * (k - other) / 4 + 0.01 * a - 0.002 * b
                    yield row(whole, module, own, k, a, other, b, value)
                    if first == 0:
                        yield row("NeuronSim", module, own, k, a, other, b, value - 0.1)
                        yield row("NeuronSim", module, own, other, b, k, a, value - 0.1)


@pytest.fixture(scope="module")
def tables() -> Tables:
    names = [("dense", 0), *itertools.product(SERIES, range(1, 5))]
    spectra = [
        {"seed": 1, "series": s, "ticket": f"LTH{k}", "k": k, "module": side,
         "centered": centered, "rank": rank, "share": 1 - 0.5**rank}
        for (s, k), side, centered, rank in itertools.product(
            names, ("encoder", "decoder"), (True, False), range(1, 7)
        )
    ]  # fmt: skip
    concentration = [
        {"seed": 1, "series": s, "ticket": f"LTH{k}", "k": k, "module": kind, "layer": "all",
         "share": 0.1 + 0.02 * k}
        for (s, k), kind in itertools.product(names, ("enc_self", "enc_dec", "dec_self"))
    ]  # fmt: skip
    concentration += [row | {"layer": "1", "share": 0.7} for row in concentration]
    bins = {"0-5": 0.8, "5-100": 0.9, "100-500": 0.7, "500+": float("nan")}
    # LTH4 has these; earlier tickets are closer to LTH0.
    categories = [
        {"seed": 1, "series": s, "ticket": f"LTH{k}", "k": k, "kind": "frequency", "category": bin,
         "n": 50, "debiased": v + 0.02 * (4 - k), "low": v - 0.1, "high": v + 0.1}
        for (s, k), (bin, v) in itertools.product(names[1:], bins.items())
    ]  # fmt: skip
    generator = np.random.default_rng(1)
    maxima = [
        {"seed": 1, "series": s, "k": k, "module": side, "layer": layer, "value": value}
        for (s, k), side, layer in itertools.product(names[1:], ("encoder", "decoder"), (1, 2))
        for value in generator.random(8)
    ]
    return Tables(
        similarity=pd.DataFrame(similarity_rows()),
        spectra=pd.DataFrame(spectra),
        categories=pd.DataFrame(categories),
        attention_concentration=pd.DataFrame(concentration),
        neuron_maxima=pd.DataFrame(maxima),
        sparsity=pd.DataFrame(
            {"seed": 1, "series": s, "ticket": f"LTH{k}", "k": k,
             "sparsity_excl": 0 if s in ("dense", "control") else 1 - 0.8**k}
            for s, k in names
        ),
    )  # fmt: skip


@pytest.mark.parametrize("name", SIMILARITY)
def test_every_figure_names_its_series(tables, name):
    figure = plots()[name].draw(tables)
    said = [*(axes.get_title() for axes in figure.axes), *legend(figure)]
    for series in SERIES:
        assert any(series in text for text in said)


def test_a_block_matrix_is_symmetric_and_empty_where_nothing_was_compared(tables):
    ks = [0, 2, 3]
    between = [
        row("LayerSim", "encoder", "dense", 0, a, 0, b, 0.0, seed=2, other_seed=1)
        for a, b in itertools.product(range(3), repeat=2)
    ]  # LTH0s of two seeds, which are in no matrix
    similarity = pd.concat([tables.similarity, pd.DataFrame(between)])
    frame = layers_by_layers(similarity, tables.sparsity, "LayerSim", ["encoder"], ks)
    figure, _ = draw.layers_by_layers(frame)
    (axes,) = (axes for axes in figure.axes if axes.get_title() == "encoder,\nrandom")
    matrix = axes.images[0].get_array().filled(np.nan)
    assert matrix.shape == (9, 9)
    assert np.array_equal(matrix, matrix.T, equal_nan=True)
    assert (np.diag(matrix) == 1).all()
    assert matrix[0, 1] == pytest.approx(0.9)  # of LTH0's own layers
    assert matrix[3, 4] == pytest.approx(0.88)  # of LTH2's own
    assert matrix[3 + 1, 2] == pytest.approx(
        0.8 - 0.05 + 0.01 - 0.004
    )  # LTH2 layer 1, LTH0 layer 2
    assert np.isnan(matrix[3:6, 6:9]).all()  # LTH3 and LTH2


@pytest.fixture
def gaps(tables) -> Tables:
    """As tickets trained elsewhere may be: magnitude has LTH1 and LTH4, random LTH3 alone."""
    there = {("dense", 0), ("magnitude", 1), ("magnitude", 4), ("random", 3)}

    def some(frame):
        numbers = frame["k"] if "k" in frame else frame["ticket"].str[3:].astype(int)
        if "other_ticket" in frame:  # a row of LTH0 against another is the other's
            numbers = np.maximum(numbers, frame["other_ticket"].str[3:].astype(int))
            others = frame[["ticket", "other_ticket"]].isin(["LTH0", "LTH1", "LTH3", "LTH4"])
            frame = frame[others.all(axis=1)]
        names = zip(frame["series"], numbers[frame.index], strict=True)
        return frame[[name in there for name in names]].reset_index(drop=True)

    return Tables(**{name: some(frame) for name, frame in vars(tables).items()})


def test_tickets_that_are_not_there_are_in_no_block_matrix(gaps):
    assert gaps.even == [0, 4]
    shown = plots()["figure_a9"].data(gaps)
    found = shown.groupby("series")["ticket"].unique().map(list).to_dict()
    assert found == {"magnitude": ["LTH0", "LTH4"], "random": ["LTH0"]}
    for name in SIMILARITY:
        plots()[name].draw(gaps)


def test_the_papers_lth8_is_the_ticket_of_the_nearest_sparsity_or_the_last(tables):
    def last(*there):
        levels = pd.DataFrame({"k": [3, 8, 9], "sparsity_excl": [0.488, 0.832, 0.865]})
        changed = {"spectra": pd.DataFrame({"k": [0, *there]})}
        changed["sparsity"] = levels.assign(series="magnitude")
        return replace(tables, **changed).last

    assert [last(3, 9), last(8, 9), last(9), last()] == [9, 8, 9, 0]


@pytest.mark.parametrize("name", ["figure_a4", "figure_a7"])
def test_a_legend_names_the_tickets_of_all_series(gaps, name):
    assert legend(plots()[name].draw(gaps)) == [
        f"LTH{k}" for k in (0, 1, 3, 4) if k or name == "figure_a7"
    ]


def test_figure_4_has_a_cell_a_layer_and_ticket(tables):
    figure = plots()["figure_4"].draw(tables)
    found = words(figure)
    assert len(found) == 2 * 3 * 3 * 4  # sides, series, layers, tickets
    # LTH4, layer 2: 0.8 - 0.1 + 0.02 - 0.004 - 0.1
    assert f"{0.616:.2f}".removeprefix("0") in found


def test_another_seeds_lth0_is_a_column_of_its_own(tables):
    between = [
        row("NeuronSim", side, "dense", 0, layer, 0, layer, 0.33, seed=2, other_seed=1)
        for side, layer in itertools.product(("encoder", "decoder"), range(3))
    ]
    more = pd.concat([tables.similarity, pd.DataFrame(between)])
    figure = plots()["figure_4"].draw(replace(tables, similarity=more))
    assert words(figure).count(".33") == 2 * 3 * 3
    labels = [label.get_text() for label in figure.axes[3].get_xticklabels()]
    assert labels == ["1", "2", "3", "4", "other\nseed"]


def test_the_papers_numbers_stand_beside_the_layers_of_the_same_place():
    """Of six layers its own; of two the first and the last; nothing beside other series."""
    claims = build(1, ks=range(1, 9))
    similarity = claims["similarity"].assign(n=100)
    frame = layers_by_layers(similarity, claims["sparsity"], "LayerSim", ["decoder"], [0, 8])
    found = frame.dropna(subset="paper").set_index(
        ["series", "ticket", "layer", "other_ticket", "other_layer"]
    )["paper"]
    v = paper_values("similarity")
    assert found.to_dict() == {
        key: value
        for ends, value in {
            (("LTH0", 4), ("LTH0", 6)): v["layersim_dec_dense4_dense6"],
            (("LTH8", 4), ("LTH8", 6)): v["layersim_dec_sparse4_sparse6"],
            (("LTH0", 2), ("LTH0", 6)): v["layersim_dec_dense2_dense6"],
            (("LTH8", 2), ("LTH0", 6)): v["layersim_dec_sparse2_dense6"],
        }.items()
        for one, other in (ends, ends[::-1])
        for series in SERIES
        for key in [(series, *one, *other)]
        if series == "magnitude" or (one[0], other[0]) == ("LTH0", "LTH0")
    }
    two = build(1, ks=range(1, 9), layers=2)
    frame = with_lth0(
        two["similarity"].assign(n=100), two["sparsity"], [("NeuronSim", "decoder")]
    ).dropna(subset="paper")
    assert frame[["series", "ticket", "layer", "paper"]].to_numpy().tolist() == [
        ["magnitude", "LTH8", 1, v["neuronsim_dec_l1_LTH0_LTH8"]],
        ["magnitude", "LTH8", 2, v["neuronsim_dec_l6_LTH0_LTH8"]],
    ]
    sparser = two["sparsity"].assign(sparsity_excl=two["sparsity"]["sparsity_excl"] + 0.05)
    assert with_lth0(
        two["similarity"].assign(n=100), sparser, [("NeuronSim", "decoder")]
    )["paper"].isna().all()  # fmt: skip


def test_the_papers_ranks_shares_and_categories_stand_beside_what_they_are_of():
    """Uncentred, of LTH8 alone, in percent."""
    made = build(1, ks=range(1, 9))
    v = paper_values("similarity")

    def found(frame, *keys):
        known = frame.dropna(subset=frame.columns[frame.columns.str.startswith("paper")])
        return known.set_index([*keys]).iloc[:, -1].to_dict()

    ranks = found(spectra(made["spectra"], made["sparsity"]), "module", "ticket", "centered")
    assert ranks == {
        (side, f"LTH{k}", False): v[f"svd_k80_{side[:3]}_LTH{k}"]
        for side, k in itertools.product(("encoder", "decoder"), (0, 8))
    }
    frame = concentration(made["attention_concentration"], made["sparsity"])
    shares = {
        ("enc_self", "LTH8"): 30, ("enc_dec", "LTH8"): 16, ("dec_self", "LTH0"): 41,
        ("dec_self", "LTH8"): 40,
    }  # fmt: skip
    assert found(frame, "module", "ticket") == pytest.approx(shares)
    figure, _ = draw.concentration(frame.assign(share_percent=50.0))
    lines = [line for axes in figure.axes for line in axes.lines]
    crosses = [line.get_ydata() for line in lines if line.get_marker() == "x"]
    assert np.concatenate(crosses) == pytest.approx([30, 16, 41, 40])
    for k, names in ((3, set()), (8, {"magnitude"})):
        rows = categories(made["categories"], made["sparsity"], k)
        assert set(rows[rows["paper"].notna()]["series"]) == names


def test_shares_and_ranks_are_read_off_the_right_rows(tables):
    """Of all layers together, of the ticket that was asked for, at four fifths of the variance."""
    shares = concentration(tables.attention_concentration, tables.sparsity)
    shares = shares.set_index(["module", "series", "ticket"])["share_percent"]
    assert shares["dec_self", "random", "LTH3"] == pytest.approx(16)
    rows = categories(tables.categories, tables.sparsity, 2).query("series == 'control'")
    assert dict(zip(rows["category"], rows["debiased"], strict=True)) == pytest.approx(
        {"0-5": 0.84, "5-100": 0.94, "100-500": 0.74}
    )
    # 1/2, 3/4, 7/8 of the variance.
    assert set(spectra(tables.spectra, tables.sparsity)["rank_80"]) == {3}


def baseline_of(seeds):
    tables = build(1, seeds=seeds, ks=range(1, 5), layers=2)
    rows = tables["similarity"].query("layer > 0").assign(n=100)
    between = rows["seed"] != rows["other_seed"]
    more = 0.01 * (rows["seed"] + rows["other_seed"]) * between  # .23, .24, .25 of three seeds
    rows = rows.assign(**{name: rows[name] + more for name in ("value", "low", "high")})
    there = rows[(rows["measure"] == "NeuronSim") & (rows["seed"] != rows["other_seed"])]
    back = there.assign(
        seed=there["other_seed"], other_seed=there["seed"], value=0.9, low=np.nan, high=np.nan
    )
    numbers = with_lth0(pd.concat([rows, back]), tables["sparsity"], COMPARED)
    return numbers, *draw.baseline(numbers)


def test_a_baseline_needs_several_seeds_and_without_it_the_tickets_are_shown():
    numbers, figure, words = baseline_of((1,))
    assert legend(figure) == [*SERIES] and "set several `seeds`" in words
    assert len(figure.axes) == 2 * 7
    for axes in figure.axes:
        assert [len(line.get_xdata()) for line in axes.lines] == [4, 4, 4]
    assert set(numbers["seeds"]) == {1}


def test_the_baseline_is_a_line_with_the_range_over_pairs_of_seeds():
    numbers, figure, words = baseline_of((1, 2, 3))
    between = numbers[numbers["ticket"] == OTHER_SEED]
    assert len(between) == 2 * 7 and set(between["seeds"]) == {3}  # 2 with 1, 3 with 1, 3 with 2
    assert legend(figure)[-1] == "LTH0s of two seeds"
    for axes in figure.axes:
        *curves, level = axes.lines
        thick = [line for line in curves if line.get_linewidth() >= 1]
        assert [len(line.get_xdata()) for line in thick] == [4, 4, 4]
        assert len(curves) == 3 + 3 * 3  # and a thin line a seed
        assert level.get_ydata() == [pytest.approx(0.24)] * 2
        (band,) = (patch for patch in axes.patches)
        assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.23, 0.25))
    assert "mean of 3 pairs of seeds; grey: from the lowest pair to the highest" in words
    assert "Bands: 95 % interval over seeds" in words


def test_one_pair_of_seeds_has_its_own_interval():
    numbers, _, words = baseline_of((1, 2))
    between = numbers[numbers["ticket"] == OTHER_SEED]
    ends = between[["value", "low", "high"]].drop_duplicates().round(6).to_numpy().tolist()
    assert ends == [[0.23, 0.228, 0.232]]
    assert "1 pair of seeds; grey: 95 % jackknife" in words


def test_the_interval_of_several_seeds_is_over_them(tables):
    others = [
        tables.similarity.assign(
            seed=seed, other_seed=seed,
            **{name: tables.similarity[name] + move for name in ("value", "low", "high")},
        )
        for seed, move in ((2, 0.1), (3, 0.02))
    ]  # fmt: skip
    numbers = with_lth0(
        pd.concat([tables.similarity, *others]), tables.sparsity, [("LayerSim", "encoder")]
    )
    (row,) = numbers.query("series == 'random' and ticket == 'LTH4' and layer == 1").to_dict(
        "records"
    )
    value = 0.8 - 0.1 + 0.01 - 0.002
    seeds = value + np.array([0, 0.1, 0.02])
    assert (row["value"], row["seeds"]) == (pytest.approx(seeds.mean()), 3)
    assert [row[f"seed{seed}"] for seed in (1, 2, 3)] == pytest.approx(seeds.tolist())
    interval = stats.ttest_1samp(seeds, 0).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx(tuple(interval))


def test_the_curve_of_neurons_is_the_mean_of_the_seeds_curves(tables):
    generator = np.random.default_rng(2)
    values = {
        place: generator.random(8)
        for place in itertools.product((1, 2, 3), ("encoder", "decoder"), (0, 2, 1))
    }
    maxima = pd.concat(
        pd.DataFrame(
            {"seed": seed, "series": "magnitude", "k": 1, "module": side, "layer": layer,
             "value": of_place}
        )
        for (seed, side, layer), of_place in values.items()
    )  # fmt: skip
    curves = neuron_curves(maxima).query("module == 'encoder'")
    assert set(curves["layer"]) == {2}
    for row in curves.to_dict("records"):
        seeds = [values[seed, "encoder", 2] for seed in (1, 2, 3)]
        shares = [100 * np.mean(own <= row["correlation"]) for own in seeds]
        assert row["share_percent"] == pytest.approx(np.mean(shares))
        assert row["seed_percent"] == pytest.approx(shares[row["seed"] - 1])
    figure = plots()["figure_a4"].draw(replace(tables, neuron_maxima=maxima))
    widths = sorted(line.get_linewidth() for line in figure.axes[0].lines)
    assert len(widths) == 4 and widths[-2] < 0.6 < 1 < widths[-1]
    said = caption(figure)
    assert "n = 8 (encoder), 8 (decoder); mean of 3 seeds." in said


def test_seeds_of_categories_are_dots_on_the_bars(tables):
    more = [
        tables.categories.assign(seed=seed, debiased=tables.categories["debiased"] + move)
        for seed, move in ((1, 0), (2, 0.03), (3, -0.06))
    ]
    figure = plots()["categories"].draw(replace(tables, categories=pd.concat(more)))
    axes = figure.axes[0]
    dots = [line for line in axes.lines if line.get_markersize() < 3 and line.get_mfc() == "white"]
    assert len(dots) == len(SERIES) * 3
    assert {label.get_text()[-6:] for label in axes.get_yticklabels()} == {"(n=50)"}
    expected = [[value + move for value in (0.7, 0.9, 0.8)] for move in (0, 0.03, -0.06)]
    np.testing.assert_allclose([line.get_xdata() for line in dots[:3]], expected)
    interval = stats.ttest_1samp([0.7, 0.73, 0.64], 0).confidence_interval(0.95)
    first = axes.containers[0].lines[2][0].get_segments()[0][:, 0]
    assert first == pytest.approx(tuple(interval))


def test_categories_too_small_to_compare_are_left_out_and_bins_keep_their_order(tables):
    axes = plots()["categories"].draw(tables).axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["100-500 (n=50)", "5-100 (n=50)", "0-5 (n=50)"]


def only(tables: Tables, last: int, layers: int) -> Tables:
    """The tables of an experiment with tickets up to LTH`last`, and so many layers a side."""
    names = [f"LTH{k}" for k in range(last + 1)]
    similarity = tables.similarity
    similarity = similarity[
        similarity["ticket"].isin(names)
        & similarity["other_ticket"].isin(names)
        & (similarity[["layer", "other_layer"]].max(axis=1) <= layers)
    ]
    others = {
        name: table[table["ticket"].isin(names)]
        for name in ("spectra", "categories", "attention_concentration", "sparsity")
        for table in [getattr(tables, name)]
    }
    maxima = tables.neuron_maxima[
        (tables.neuron_maxima["k"] <= last) & (tables.neuron_maxima["layer"] <= layers)
    ]
    return Tables(similarity=similarity, neuron_maxima=maxima, **others)


@pytest.mark.parametrize("name", SIMILARITY)
@pytest.mark.parametrize("last", [0, 1])
@pytest.mark.parametrize("layers", [1, 2])
def test_every_figure_is_drawn_of_the_smallest_experiments(tables, name, last, layers):
    """Of LTH0 alone, of one ticket beside it, of one layer: drawn, or the reason is said."""
    plot, small = plots()[name], only(tables, last, layers)
    data = plot.data(small)
    figure = plot.figure(data, small)
    said = " ".join(words(figure))
    compared = name in {"figure_4", "figure_a4", "figure_a5", "similarity_baseline", "categories"}
    attention = name in {"figure_6", "figure_a8", "figure_a10", "figure_a11"}
    whole = name in {"figure_a10", "figure_a11"}  # even tickets alone
    alone = (compared and last == 0) or (attention and layers == 1 and (last == 0 or whole))
    assert alone == ("was compared" in said or "nothing to be compared with" in said)
    assert data.empty == alone


def test_lth0_alone_of_several_seeds_has_no_ticket_to_draw(tables):
    small = only(tables, 0, 2)
    rows = [
        row(measure, module, "dense", 0, layer, 0, layer, 0.3, 2)
        for measure, module in COMPARED
        for layer in (0, 1, 2)[module not in ("encoder", "decoder") :]
    ]
    between = pd.concat([small.similarity, pd.DataFrame(rows)])
    small = replace(small, similarity=between)
    for name in ("figure_4", "figure_a5", "similarity_baseline"):
        plot = plots()[name]
        data = plot.data(small)
        assert set(data["ticket"]) == {OTHER_SEED}
        assert "No ticket was compared with LTH0." in words(plot.figure(data, small))
