"""Figures A1 and A2, and the sparsity of every module (section 3.4).

Each function takes the numbers that it draws and the paper's line, which goes below.
"""

from itertools import pairwise

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ticketscope.report.drawing import SEQUENTIAL, bar, caption, cells, nothing, seeds_in, shades
from ticketscope.report.frames import DENSE, series_of
from ticketscope.report.style import RC

MARKERS = "os^DvPX*"
EVEN = "No series cuts some modules more than others."
SHORT = {"enc-self": "self", "dec-self": "self", "enc-dec": "enc-dec"}


def by_layer(frame: pd.DataFrame, paper: str) -> Figure:
    """Sparsity of each layer against that of the ticket: a column a module, a row a series.

    Args:
        frame: As `sparsity_numbers.layer_sparsities` gives it.
        paper: The paper's values, in words.
    """
    if frame.empty:
        return nothing(EVEN, paper)
    names, modules = series_of(frame), list(frame["module"].unique())
    layers = sorted(set(frame["layer"]) - {"all"}, key=int)
    looks = {
        layer: (shade, MARKERS[number % len(MARKERS)])
        for number, (layer, shade) in enumerate(zip(layers, shades(len(layers)), strict=True))
    }
    with rc_context(RC):
        figure = Figure(
            figsize=(3.1 * len(modules) + 0.6, 2.9 * len(names) + 0.6), layout="constrained"
        )
        axes = figure.subplots(len(names), len(modules), squeeze=False, sharex=True, sharey=True)
        for name, line in zip(names, axes, strict=True):
            for module, axis in zip(modules, line, strict=True):
                rows = frame[frame["series"].isin([DENSE, name]) & (frame["module"] == module)]
                _layers(axis, rows, looks)
                n = rows.loc[rows["layer"] == layers[0], "n"].iloc[0]
                axis.set_title(f"{module}\n(n = {n:,} weights a layer)", fontsize=10)
            line[0].set_ylabel(f"pruned, {name} (%)")
        for axis in axes[-1]:
            axis.set_xlabel("sparsity without emb. (%)", fontsize=10)
        known = {
            label: handle
            for axis in axes.flat
            for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
        }
        figure.legend(known.values(), known, loc="outside upper center", ncols=5, fontsize=9)
        range_ = " Bands: all seeds." if frame["seeds"].max() > 1 else ""
        caption(
            figure,
            f"Weights without biases, {seeds_in(frame)}.{range_} A series that cuts all modules "
            "alike lies on the dotted line, and is left out.",
            paper,
        )
    return figure


def _layers(axes: Axes, rows: pd.DataFrame, looks: dict) -> None:
    end = rows["overall_percent"].max()
    axes.plot([0, end], [0, end], color="#777777", lw=1, ls=":", label="all modules alike")
    for layer, (shade, marker) in looks.items():
        own = rows[rows["layer"] == layer].sort_values("k")
        x = own["overall_percent"]
        axes.fill_between(x, own["low"], own["high"], color=shade, alpha=0.2, lw=0)
        axes.plot(
            x, own["sparsity_percent"], color=shade, marker=marker, ms=5, label=f"layer {layer}"
        )
    whole = rows[rows["layer"] == "all"].sort_values("k")
    x = whole["overall_percent"]
    axes.plot(x, whole["sparsity_percent"], color="black", lw=1.2, ls="--", label="all layers")
    theirs = whole.dropna(subset="paper")
    if len(theirs):
        axes.plot(
            theirs["overall_percent"], theirs["paper"], "x", color="black", ms=8, mew=2,
            label="paper, all layers",
        )  # fmt: skip


def heatmap(frame: pd.DataFrame, paper: str) -> Figure:
    """Sparsity of every module, tickets across; for each series the encoder, then the decoder.

    Args:
        frame: As `sparsity_numbers.module_sparsities` gives it.
        paper: The paper's values, in words.
    """
    if frame.empty:
        return nothing(EVEN, paper)
    norm = Normalize(0, 100)
    panels = [(name, side) for name in series_of(frame) for side in frame["side"].unique()]
    grids = [
        frame[(frame["series"] == name) & (frame["side"] == side)].pivot_table(
            "sparsity_percent", ["layer", "block", "part"], "k", sort=False
        )
        for name, side in panels
    ]
    rows, columns = max(len(grid) for grid in grids), max(grid.shape[1] for grid in grids)
    tickets = frame.groupby("k")["overall_percent"].mean()
    with rc_context(RC):
        figure = Figure(
            figsize=((0.36 * max(columns, 4) + 1.1) * len(grids) + 1, 0.2 * rows + 1),
            layout="constrained",
        )
        axes = figure.subplots(1, len(grids), squeeze=False)[0]
        for (name, side), grid, axis in zip(panels, grids, axes, strict=True):
            cells(axis, grid.to_numpy(float), norm, SEQUENTIAL, "{:.0f}".format, size=8)
            axis.set_facecolor("none")
            axis.set_ylim(rows - 0.5, -0.5)  # rows are as high on the shorter side
            axis.set_yticks(range(len(grid)), [_label(*key) for key in grid.index], fontsize=8)
            axis.xaxis.set_ticks_position("top")
            axis.xaxis.set_label_position("top")
            labels = [f"{k}\n{tickets[k]:.0f} %" for k in grid.columns]
            axis.set_xticks(range(grid.shape[1]), labels, fontsize=8)
            axis.tick_params(length=0)
            axis.set_xlabel("ticket LTHk, and its sparsity", fontsize=8)
            axis.set_title(f"{side}, {name}", fontsize=10)
            _divide(axis, grid.index)
        bar(figure, list(axes), norm, SEQUENTIAL, "pruned (%)")
        caption(figure, f"Weights without biases, {_sizes(frame)}; {seeds_in(frame)}.", paper)
    return figure


def _label(layer: int, block: str, part: str) -> str:
    if block == "embedding":
        return block
    return " ".join([str(layer), *([SHORT[block]] if block in SHORT else []), part])


def _divide(axes: Axes, index: pd.MultiIndex) -> None:
    """White lines: broad between layers, narrow between a layer's blocks."""
    for y, (before, after) in enumerate(pairwise(index)):
        if before[:2] != after[:2]:
            axes.axhline(y + 0.5, color="white", lw=3 if before[0] != after[0] else 1)


def _sizes(frame: pd.DataFrame) -> str:
    """How many weights a module has, by kind of module."""
    found = []
    for what, own in (
        ("in a projection of attention", frame["block"].isin(list(SHORT))),
        ("in fc1 or fc2", frame["block"] == "fc"),
        ("in an embedding", frame["block"] == "embedding"),
    ):
        sizes = sorted(frame.loc[own, "n"].unique())
        if sizes:
            found.append(f"{' or '.join(f'{n:,}' for n in sizes)} {what}")
    return f"n = {', '.join(found)}"
