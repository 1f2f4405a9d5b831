"""Experiments of up to twenty iterations have figures that can be read."""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ticketscope.report.figures import forms, similarity, sparsity, tickets
from ticketscope.report.figures.style import RC
from ticketscope.report.tables.table_a1 import paper_bleu

LAST = 20
SERIES = ("magnitude", "random", "control")
TICKETS = [("dense", 0), *((series, k) for series in SERIES for k in range(1, LAST + 1))]


@pytest.fixture(autouse=True)
def look():
    with rc_context(RC):
        yield


def points(value: str, rate: float = 0.2, last: int = LAST) -> pd.DataFrame:
    """A value of each ticket, a share `rate` of whose weights each iteration prunes."""
    named = [(series, k) for series, k in TICKETS if k <= last]
    frame = pd.DataFrame(named, columns=["series", "k"])
    return frame.assign(
        ticket="LTH" + frame["k"].astype(str),
        x_percent=100 * (1 - (1 - rate) ** frame["k"]),
        **{value: 30.0, "low": 29.0, "high": 31.0, "seeds": 1},
    )


def overlap(figure: Figure, texts) -> bool:
    """Whether any of the texts, once laid out, cover each other."""
    boxes = [text.get_window_extent() for text in texts if text.get_text()]
    return any(one.overlaps(other) for one, other in combinations(boxes, 2))


def shown_ticks(axis):
    """Labels of the ticks inside the limits."""
    low, high = sorted(axis.get_view_interval())
    ticks = axis.get_major_ticks()
    return [tick.label1 if tick.label1.get_visible() else tick.label2
            for tick in ticks if low <= tick.get_loc() <= high]  # fmt: skip


@pytest.mark.parametrize(("rate", "last"), [(0.2, 20), (0.1, 20), (0.2, 9), (0.35, 20)])
def test_numbers_above_bleu_do_not_cover_each_other(rate, last):
    figure, _ = tickets.bleu_by_sparsity(points("bleu", rate, last), split="test")
    figure.draw_without_rendering()
    axes, top = figure.axes
    labels = shown_ticks(top.xaxis)
    assert len(labels) == last + 1 and labels[-1].get_text() == str(last)
    assert not overlap(figure, labels)
    assert not overlap(figure, shown_ticks(axes.xaxis))
    # They stand above the tickets.
    (control,) = [c for c in axes.containers if c.get_label() == "random"]  # the series between
    at = axes.transData.transform(control.lines[0].get_xydata())[:, 0]
    above = [top.transData.transform((tick.get_loc(), 0))[0] for tick in top.xaxis.majorTicks]
    assert above == pytest.approx(at.tolist(), abs=0.01)


def test_tickets_of_few_iterations_are_on_a_linear_axis():
    figure, _ = tickets.bleu_by_sparsity(points("bleu", last=10), split="test")
    assert figure.axes[0].get_xscale() == "linear"
    assert isinstance(figure.axes[0].xaxis.get_major_locator(), MaxNLocator)


def test_sparse_tickets_lie_apart_and_their_axis_can_be_read():
    figure, axes = forms.panels(1, 4, 4 * 1.7, 2)  # as narrow as any figure's
    for panel in axes[0]:
        forms.series_lines(panel, points("value"), list(SERIES), "value")
    figure.draw_without_rendering()
    for panel in axes[0]:
        line = next(line for line in panel.lines if line.get_label() == "magnitude")
        places = panel.transData.transform(line.get_xydata())[:, 0] * 72 / figure.dpi
        steps = np.diff(places)
        assert min(steps) > 2 and max(steps) < 1.1 * min(steps)  # points; a constant rate
        assert not overlap(figure, shown_ticks(panel.xaxis))
        assert [label.get_text() for label in shown_ticks(panel.xaxis)][-2:] == ["98", "99"]


def test_modules_pruned_like_all_stay_on_the_dotted_line():
    frame = points("low").query("series != 'control'")
    frame = frame.assign(
        series=frame["series"].where(frame["k"] > 0, "dense"),
        module="encoder FC", n=100, overall_percent=frame["x_percent"],
        sparsity_percent=frame["x_percent"], paper=np.nan, low=np.nan, high=np.nan,
    )  # fmt: skip
    both = pd.concat([frame.assign(layer=layer) for layer in ("1", "all")])
    figure, _ = sparsity.layer_sparsities(both)
    panel = figure.axes[0]
    figure.draw_without_rendering()
    dotted, layer = (
        panel.transData.transform(
            next(x for x in panel.lines if x.get_label() == name).get_xydata()
        )
        for name in ("all modules equally", "layer 1")
    )
    on_it = np.interp(layer[:, 0], dotted[:, 0], dotted[:, 1])
    assert layer[:, 1] == pytest.approx(on_it, abs=0.5)  # pixels
    assert not overlap(figure, shown_ticks(panel.yaxis))


@pytest.mark.parametrize("series", [1, 3])
def test_heat_maps_of_many_tickets_are_no_wider_than_a_page_and_numbers_fit(series):
    grid = pd.DataFrame(
        0.999, index=["2", "1", "E"], columns=[*map(str, range(1, 21)), "other\nseed"]
    )
    rows = [
        {f"{side}, {name}": grid for name in SERIES[:series]} for side in ("encoder", "decoder")
    ]
    figure, panels = forms.heatmaps(
        rows, (0.4, 0.34), Normalize(0, 1), "", x="ticket", number="{:.2f}".format
    )
    assert figure.get_figwidth() <= forms.WIDEST
    assert [[p.get_title() for p in row] for row in panels] == [list(row) for row in rows]
    figure.draw_without_rendering()
    for panel in (panel for row in panels for panel in row):
        numbers = [text.get_window_extent() for text in panel.texts]
        assert len(numbers) == grid.size
        assert not any(one.overlaps(other) for one, other in pairwise(numbers))
        assert not overlap(figure, panel.get_xticklabels())
    assert any(label.get_text() == "20" for label in panels[-1][-1].get_xticklabels())


def test_heat_maps_of_few_tickets_keep_their_cells():
    grid = pd.DataFrame(0.9, index=["1"], columns=list("123456789"))
    row = dict.fromkeys(SERIES, grid)
    figure, (panels,) = forms.heatmaps(
        [row], (0.4, 0.34), Normalize(0, 1), "", x="ticket", number=None
    )
    assert len({panel.get_subplotspec().rowspan.start for panel in panels}) == 1
    assert figure.get_figwidth() == pytest.approx(3 * (9 * 0.4 + 0.5) + 1.2)


def test_a_legend_of_many_tickets_leaves_room_for_the_curves():
    ranks = pd.DataFrame({"rank": [1, 2, 3], "share_percent": [50.0, 80.0, 100.0]})
    frame = pd.concat(
        ranks.assign(series=series, k=k, module=side, centered=centered, seeds=1)
        for series, k in TICKETS
        for side in ("encoder", "decoder")
        for centered in (False, True)
    )
    figure, _ = similarity.spectra(frame)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [f"LTH{k}" for k in range(LAST + 1)]
    box = legend.get_window_extent()
    assert box.y0 >= 0 and box.y1 <= figure.bbox.height
    for panel in figure.axes:
        assert (
            panel.bbox.height / figure.dpi > 1.2 and panel.bbox.width / figure.dpi > 1.2
        )  # inches
        assert not panel.get_tightbbox().overlaps(box)


def test_the_paper_has_no_bleu_of_further_tickets():
    assert paper_bleu("magnitude", 9) is not None
    assert paper_bleu("magnitude", LAST) is None and paper_bleu("random", LAST) is None
