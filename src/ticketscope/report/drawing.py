"""Parts of figures: captions, heatmap cells, lines with bands, handles of legends."""

import textwrap
from collections.abc import Callable, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ticketscope.report.frames import DENSE
from ticketscope.report.style import MARKERS, RC, colour

FloatArray = NDArray[np.float64]

# Perceptually even, readable in grey and with any colour vision.
SEQUENTIAL = "cividis"


def caption(figure: Figure, words: str, paper: str) -> None:
    """What is shown, then what the paper found; the figure grows by the lines that this takes."""
    width = int(14.5 * figure.get_figwidth())
    lines = [textwrap.fill(text, width, break_on_hyphens=False) for text in (words, paper) if text]
    whole = "\n".join(lines)
    figure.set_figheight(figure.get_figheight() + 0.17 * (1 + whole.count("\n")))
    figure.supxlabel(whole, fontsize=9)


def nothing(why: str, paper: str) -> Figure:
    """A figure that says in one line why there is nothing to draw."""
    with rc_context(RC):
        figure = Figure(figsize=(6.4, 1), layout="constrained")
        axes = figure.subplots()
        axes.set_axis_off()
        axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes)
        caption(figure, "", paper)
    return figure


def seeds_in(frame: pd.DataFrame) -> str:
    """How many seeds a figure is the mean of, from the column `seeds`."""
    count = int(frame["seeds"].max())
    return f"mean of {count} seeds" if count > 1 else "1 seed"


def ends_in(frame: pd.DataFrame) -> str:
    """What becomes of the intervals of several seeds, to follow what one is."""
    return ", from the lowest to the highest end over seeds" if frame["seeds"].max() > 1 else ""


def shades(count: int) -> FloatArray:
    """Light to dark: a colour for each of `count` tickets or layers, shape (count, 4)."""
    return np.asarray(matplotlib.colormaps[f"{SEQUENTIAL}_r"](np.linspace(0.1, 1, count)))


def cells(
    axes: Axes,
    values: FloatArray,
    norm: Normalize,
    cmap: str,
    text: Callable[[float], str] | None,
    size: float = 8.5,
) -> None:
    """A heatmap; cells without a value are grey.

    Args:
        axes: Of the panel.
        values: (rows, columns).
        norm: Of the colours.
        cmap: Of the colours.
        text: Writes a cell's number into it; None: there is no room for numbers.
        size: Of the numbers, in points.
    """
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("#E4E4E4")
    axes.imshow(values, cmap=cmap, norm=norm, aspect="auto")
    if text is None:
        return
    for (y, x), value in np.ndenumerate(values):
        if np.isfinite(value):
            red, green, blue, _ = matplotlib.colormaps[cmap](norm(value))
            light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            shade = "black" if light else "white"
            axes.text(x, y, text(value), ha="center", va="center", fontsize=size, color=shade)


def bar(figure: Figure, axes: list[Axes], norm: Normalize, cmap: str, label: str) -> None:
    """The key to the colours of some heatmaps."""
    figure.colorbar(ScalarMappable(norm, cmap), ax=axes, label=label, aspect=40, pad=0.01)


def beside(axes: Axes, texts: Sequence[str], header: str = "") -> None:
    """A column of texts right of a panel, one a row."""
    place = axes.get_yaxis_transform()
    for y, text in enumerate(texts):
        axes.text(1.02, y, text, transform=place, va="center", fontsize=8, color="#333333")
    if header:
        axes.text(
            1.02, 1.02, header, transform=axes.transAxes, va="bottom", fontsize=8, style="italic"
        )


def handle(name: str, names: list[str], line: str) -> Line2D:
    """A series in a legend."""
    return Line2D(
        [], [], color=colour(name, names), marker=MARKERS.get(name, "v"), ls=line, label=name
    )


def lines(axes: Axes, rows: pd.DataFrame, names: list[str], value: str, line: str = "-") -> None:
    """One line a series along `x_percent`, with a band from `low` to `high`; LTH0 is `dense`."""
    for name in names:
        own = rows[rows["series"].isin([name, DENSE])].sort_values("x_percent", kind="stable")
        x, shade = own["x_percent"], colour(name, names)
        axes.fill_between(x, own["low"], own["high"], color=shade, alpha=0.18, lw=0)
        axes.plot(x, own[value], line, color=shade, marker=MARKERS.get(name, "v"), ms=4)
