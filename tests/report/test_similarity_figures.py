"""Figures of section 5: the right numbers in the right cells, and what the paper found below."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from dissect.report.similarity import Tables, entries
from dissect.report.similarity_figures import block_matrix
from dissect.report.titles import SIMILARITY

SERIES = ("magnitude", "random", "control")
LAYERS = {"encoder": 3, "decoder": 3, "enc_self": 2, "enc_dec": 2, "dec_self": 2}


def row(measure, module, series, k, layer, other, other_layer, value, seed=1, other_seed=1):
    return {
        "measure": measure, "module": module, "seed": seed, "series": series, "ticket": f"LTH{k}",
        "layer": layer, "other_seed": other_seed, "other_ticket": f"LTH{other}",
        "other_layer": other_layer, "n": 100, "value": value, "debiased": value,
    }  # fmt: skip


def similarity_rows(tickets=(0, 1, 2, 3, 4)):
    """Values that say where they belong: .k for LTHk against LTH0, and so on."""
    for series, (module, layers) in itertools.product(SERIES, LAYERS.items()):
        first = 0 if layers == 3 else 1
        numbers = range(first, layers + first)
        whole = "LayerSim" if first == 0 else "AttentionSim"
        for k in tickets:
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
    bins = {"0-5": 0.8, "5-100": 0.9, "100-500": 0.7, "500+": float("nan")}
    categories = [
        {"seed": 1, "series": s, "ticket": f"LTH{k}", "k": k, "kind": "frequency", "category": bin,
         "n": 50, "debiased": v, "low": v - 0.1, "high": v + 0.1}
        for (s, k), (bin, v) in itertools.product(names[1:], bins.items())
    ]  # fmt: skip
    generator = np.random.default_rng(1)
    maxima = {
        f"seed1/{s}/LTH{k}/{side}/{layer}": generator.random(8)
        for (s, k), side, layer in itertools.product(names[1:], ("encoder", "decoder"), (1, 2))
    }
    return Tables(
        similarity=pd.DataFrame(similarity_rows()),
        spectra=pd.DataFrame(spectra),
        categories=pd.DataFrame(categories),
        attention_concentration=pd.DataFrame(concentration),
        neuron_maxima=maxima,
    )


def words(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_every_title_has_a_figure_and_every_figure_a_title():
    assert list(entries()) == list(SIMILARITY)


@pytest.mark.parametrize("name", SIMILARITY)
def test_every_figure_shows_what_the_paper_found(tables, name):
    entry = entries()[name]
    figure = entry.draw(tables)
    assert entry.paper in figure._supxlabel.get_text()
    titles = [axes.get_title() for axes in figure.axes]
    if name != "attention_concentration" and name != "categories":
        for series in SERIES:
            assert any(series in title for title in titles)


def test_a_block_matrix_is_symmetric_and_empty_where_nothing_was_compared(tables):
    rows = tables.similarity
    rows = rows[(rows["measure"] == "LayerSim") & (rows["module"] == "encoder")]
    matrix = block_matrix(rows, "random", [0, 2, 3], [0, 1, 2])
    assert matrix.shape == (9, 9)
    assert np.array_equal(matrix, matrix.T, equal_nan=True)
    assert (np.diag(matrix) == 1).all()
    assert matrix[0, 1] == pytest.approx(0.9)  # of LTH0's own layers
    assert matrix[3, 4] == pytest.approx(0.88)  # of LTH2's own
    assert matrix[3 + 1, 2] == pytest.approx(
        0.8 - 0.05 + 0.01 - 0.004
    )  # LTH2 layer 1, LTH0 layer 2
    assert np.isnan(matrix[3:6, 6:9]).all()  # LTH3 and LTH2


def test_figure_4_has_a_cell_a_layer_and_ticket(tables):
    figure = entries()["figure_4"].draw(tables)
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
    figure = entries()["figure_4"].draw(Tables(**{**vars(tables), "similarity": more}))
    assert words(figure).count(".33") == 2 * 3 * 3
    labels = [label.get_text() for label in figure.axes[3].get_xticklabels()]
    assert labels == ["1", "2", "3", "4", "other seed"]


def test_categories_too_small_to_compare_are_left_out_and_bins_keep_their_order(tables):
    axes = entries()["categories"].draw(tables).axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["100-500 (n=50)", "5-100 (n=50)", "0-5 (n=50)"]
