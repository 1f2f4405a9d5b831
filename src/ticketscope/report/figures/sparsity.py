"""Figures A1 and A2, and the sparsity of every module (section 3.4).

Each function draws the table that the function of the same name in `tables.sparsity` returns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.figures.scale import scale_sparsity
from ticketscope.report.tables import sparsity as numbers
from ticketscope.report.tables.shared import DENSE, series_of

MARKERS = "os^DvPX*"
EVEN = "No series prunes some modules more than others."
SHORT = {"enc-self": "self", "dec-self": "self", "enc-dec": "enc-dec"}


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: module_sparsity.csv and sparsity.csv."""

    paper_model = "Transformer-Big, WMT16"
    modules: pd.DataFrame
    sparsity: pd.DataFrame


def plots() -> dict[str, Plot[Tables]]:
    """All figures by file name, in the order of their titles."""

    def by_layer(name: str, modules: Sequence[str]) -> Plot[Tables]:
        return Plot(
            name,
            lambda t: numbers.layer_sparsities(t.modules, t.sparsity, modules),
            layer_sparsities,
        )

    fully_connected, attention = list(numbers.MODULES)[:2], list(numbers.MODULES)[2:]
    return by_name(
        by_layer("figure_a1", fully_connected),
        by_layer("figure_a2", attention),
        Plot(
            "sparsity_heatmap",
            lambda t: numbers.module_sparsities(t.modules, t.sparsity),
            module_sparsities,
        ),
    )


def layer_sparsities(frame: pd.DataFrame) -> Drawing:
    """Sparsity of each layer against that of the ticket: a column a module, a row a series."""
    if frame.empty:
        return forms.nothing(EVEN)
    names, modules = series_of(frame), list(frame["module"].unique())
    layers = sorted(set(frame["layer"]) - {"all"}, key=int)
    figure, axes = forms.panels(
        len(names), len(modules), 3.1 * len(modules) + 0.6, 2.9 * len(names) + 0.6
    )
    for name, row in zip(names, axes, strict=True):
        for module, panel in zip(modules, row, strict=True):
            rows = frame[frame["series"].isin([DENSE, name]) & (frame["module"] == module)]
            _layers(panel, rows.sort_values("k"), layers)
            n = rows.loc[rows["layer"] == layers[0], "n"].iloc[0]
            panel.set_title(f"{module}\n(n = {n:,} weights a layer)")
    forms.label_axes(axes, forms.SPARSITY, [f"pruned, {name} (%)" for name in names])
    forms.legend(figure)
    return figure, (
        f"Weights without biases, {forms.averages_in(frame, 'Bands')} "
        "Series that prune all modules equally would lie on the dotted line and are left out."
    )


def _layers(axes: Axes, rows: pd.DataFrame, layers: list[str]) -> None:
    x, y = "overall_percent", "sparsity_percent"
    end = rows[x].max()
    scale_sparsity(axes, end, y=True)
    axes.plot([0, end], [0, end], color="#777777", lw=1, ls=":", label="all modules equally")
    for number, (layer, shade) in enumerate(zip(layers, forms.shades(len(layers)), strict=True)):
        marker = MARKERS[number % len(MARKERS)]
        tickets = rows[rows["layer"] == layer]
        forms.line(axes, tickets, x, y, color=shade, marker=marker, label=f"layer {layer}")
    overall = rows[rows["layer"] == "all"]
    axes.plot(overall[x], overall[y], color="black", lw=1.2, ls="--", label="all layers")
    forms.paper_marks(axes, overall[x], overall["paper"], "paper, all layers")


def module_sparsities(frame: pd.DataFrame) -> Drawing:
    """Sparsity of every module, tickets across; for each series the encoder, then the decoder."""
    if frame.empty:
        return forms.nothing(EVEN)
    tickets = frame.groupby("k")["overall_percent"].mean()
    grids = {
        f"{side}, {name}": frame[(frame["series"] == name) & (frame["side"] == side)]
        .pivot_table("sparsity_percent", ["layer", "block", "part"], "k", sort=False)
        .rename(columns=lambda k: f"{k}\n{tickets[k]:.0f} %")
        for name in series_of(frame)
        for side in frame["side"].unique()
    }
    figure, row = module_maps(
        grids,
        0.36,
        Normalize(0, 100),
        "pruned weights (%)",
        x="ticket LTHk and its sparsity",
        number="{:.0f}".format,
    )
    for panel in row:
        panel.xaxis.set_label_position("top")
    return figure, f"Weights without biases, {_sizes(frame)}; {forms.seeds_in(frame)}."


def module_maps(
    grids: Mapping[str, pd.DataFrame],
    width: float,
    norm: Normalize,
    label: str,
    *,
    x: str,
    number: Callable[[float], str],
) -> tuple[Figure, list[Axes]]:
    """Heat maps with a row a matrix, layers and blocks apart, columns named above.

    Args:
        grids: Values by title; index layer, block and part.
        width: Of a cell, in inches.
        norm: As in `forms.heatmaps`, as all that follow.

    Returns:
        The figure and its panels, in one row.
    """
    labelled = {
        title: grid.set_axis([_module_label(*key) for key in grid.index])
        for title, grid in grids.items()
    }
    figure, (row,) = forms.heatmaps([labelled], (width, 0.2), norm, label, x=x, number=number)
    deepest = max(map(len, grids.values()))
    for panel, grid in zip(row, grids.values(), strict=True):
        panel.set_facecolor("none")
        panel.set_ylim(deepest - 0.5, -0.5)  # rows are equally high on the shorter side
        panel.xaxis.set_ticks_position("top")
        _divide_modules(panel, grid.index)
    return figure, row


def _module_label(layer: int, block: str, part: str) -> str:
    """A matrix within its side of the network: 2 self q."""
    if block == "embedding":
        return block
    return " ".join([str(layer), *([SHORT[block]] if block in SHORT else []), part])


def _divide_modules(axes: Axes, index: pd.MultiIndex) -> None:
    """White lines: broad between layers, narrow between a layer's blocks."""
    for y, (before, after) in enumerate(pairwise(index)):
        if before[:2] != after[:2]:
            axes.axhline(y + 0.5, color="white", lw=3 if before[0] != after[0] else 1)


def _sizes(frame: pd.DataFrame) -> str:
    """Number of weights of each kind of module."""
    kinds = {
        "in a projection of attention": frame["block"].isin(list(SHORT)),
        "in fc1 or fc2": frame["block"] == "fc",
        "in an embedding": frame["block"] == "embedding",
    }
    sizes = {kind: sorted(frame.loc[rows, "n"].unique()) for kind, rows in kinds.items()}
    texts = [f"{' or '.join(f'{n:,}' for n in ns)} {kind}" for kind, ns in sizes.items() if ns]
    return f"n = {', '.join(texts)}"
