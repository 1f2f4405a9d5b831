"""The forms that all figures share: series of lines, dots with intervals, grids of heat maps."""

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ticketscope.report.figures.scale import scale_sparsity
from ticketscope.report.figures.style import colour, marker
from ticketscope.report.tables.shared import DENSE, OTHER_SEED, seed_columns
from ticketscope.stats.seeds import LEAST_SEEDS

FloatArray = NDArray[np.float64]
# A figure, and the description of it that its caption begins with.
Drawing = tuple[Figure, str]
# Panels (rows, columns).
Panels = NDArray[np.object_]
Share = bool | Literal["row"]

# Perceptually even, readable in grey and with any colour vision.
SEQUENTIAL = "cividis"
SPARSITY = "sparsity without emb. (%)"
SAME_PLACE = "Unpruned tickets are placed at the sparsity of the pruned ticket with their number."
SIDE_BY_SIDE = 4  # of `small_multiples`
# A grid of heat maps: inches across, about, that a page shows without making numbers too small to
# read, and of a cell that holds a number.
WIDEST = 16.5
LEAST_CELL = 0.3


# --- around the panels -----------------------------------------------------------------------


def panels(
    rows: int,
    columns: int,
    width: float,
    height: float,
    *,
    sharex: Share = True,
    sharey: Share = True,
) -> tuple[Figure, Panels]:
    """Panels and which of them share an axis; width and height are the figure's, in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=sharey)


def small_multiples(
    names: Sequence[str], width: float, height: float
) -> tuple[Figure, dict[str, Axes]]:
    """Panels by name, `SIDE_BY_SIDE` in a row, each with a scale of its own along sparsity.

    Args:
        names: Of the panels, in their order.
        width: Of a panel, in inches.
        height: Of a panel, in inches.
    """
    columns = min(SIDE_BY_SIDE, len(names))
    rows = -(-len(names) // columns)
    size = (width * columns + 0.3, height * rows + 0.6)
    figure = Figure(figsize=size, layout="constrained")
    multiples = {
        name: figure.add_subplot(rows, columns, number)
        for number, name in enumerate(names, start=1)
    }
    for panel in list(multiples.values())[-columns:]:
        panel.set_xlabel(SPARSITY)
    return figure, multiples


def label_axes(axes: Panels, x: str, y: Sequence[str]) -> None:
    """Label the bottom row, and the left column row by row."""
    for panel in axes[-1]:
        panel.set_xlabel(x)
    for panel, label in zip(axes[:, 0], y, strict=True):
        panel.set_ylabel(label)


def legend(figure: Figure, handles: Sequence[Line2D] = (), columns: int = 5) -> None:
    """One legend above all panels: of the handles, or of everything in them that has a label."""
    handles = handles or list(labelled_in(figure.axes).values())
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)


def labelled_in(axes: Iterable[Axes]) -> dict[Any, Any]:
    """What has a label in some panels, by label; the first of each."""
    labelled: dict[Any, Any] = {}
    for panel in axes:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            labelled.setdefault(label, handle)
    return labelled


def mark(label: str, **look: Any) -> Line2D:
    """A legend's handle that no panel has."""
    return Line2D([], [], label=label, **look)


def caption(figure: Figure, description: str, paper: str) -> None:
    """What is shown, then what the paper found; the figure grows by the lines that this takes."""
    width = int(14.5 * figure.get_figwidth())
    paragraphs = [
        textwrap.fill(p, width, break_on_hyphens=False) for p in (description, paper) if p
    ]
    text = "\n".join(paragraphs)
    figure.set_figheight(figure.get_figheight() + 0.17 * (1 + text.count("\n")))
    figure.supxlabel(text, fontsize=9)


def nothing(why: str) -> Drawing:
    """A figure that says in one line why there is nothing to draw."""
    figure, ((axes,),) = panels(1, 1, 6.4, 1)
    axes.set_axis_off()
    axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes)
    return figure, ""


def seeds_in(frame: pd.DataFrame) -> str:
    """How many seeds a figure is the mean of, from the column `seeds`."""
    count = int(frame["seeds"].max())
    return f"mean of {count} seeds" if count > 1 else "1 seed"


def pairs_in(frame: pd.DataFrame) -> str:
    """How many pairs of seeds a figure is the mean of, which the column `seeds` then counts."""
    count = int(frame["seeds"].max())
    return f"mean of {count} pairs of seeds" if count > 1 else "1 pair of seeds"


def averages_in(
    frame: pd.DataFrame, mark: str, within: str = "", of: str = "", single: str = "Thin lines"
) -> str:
    """`seeds_in`, then what the intervals and thin marks of a figure are, in a sentence or two.

    Args:
        frame: Its data, with the column `seeds`.
        mark: What shows an interval, capitalised: Bands.
        within: The interval of one seed; empty if there is none.
        of: What several seeds' interval is of, if not of what is drawn.
        single: What shows a single seed, capitalised.
    """
    mean, seeds = f"{seeds_in(frame)}.", int(frame["seeds"].max())
    if seeds == 1:
        return f"{mean} {mark}: {within}." if within else mean
    if seeds < LEAST_SEEDS:
        return f"{mean} {single}: single seeds; an interval takes {LEAST_SEEDS}."
    return f"{mean} {mark}: 95 % interval over seeds (Student's t){of}. {single}: single seeds."


def curves_in(frame: pd.DataFrame, within: str = "") -> str:
    """`averages_in` for `series_lines`, and where their unpruned tickets stand."""
    return f"{averages_in(frame, 'Bands', within)} {SAME_PLACE}"


def beside(axes: Axes, texts: Sequence[str], header: str = "") -> None:
    """A column of texts right of a panel, one a row, and its header."""
    place = axes.get_yaxis_transform()
    for y, text in enumerate(texts):
        axes.text(1.02, y, text, transform=place, va="center", fontsize=8, color="#333333")
    if header:
        axes.text(
            1.02, 1.02, header, transform=axes.transAxes, va="bottom", fontsize=8, style="italic"
        )


# --- series of lines -------------------------------------------------------------------------


def look_of(series: str, names: list[str]) -> dict[str, Any]:
    """Colour and marker of one of the series `names`."""
    return {"color": colour(series, names), "marker": marker(series, names)}


def shades(count: int) -> FloatArray:
    """Light to dark: a colour for each of `count` tickets or layers, shape (count, 4)."""
    return np.asarray(matplotlib.colormaps[f"{SEQUENTIAL}_r"](np.linspace(0.1, 1, count)))


def line(axes: Axes, rows: pd.DataFrame, x: str, y: str, **look: Any) -> None:
    """Column `y` along column `x`, with a band from `low` to `high`, single seeds thin behind."""
    if x == "x_percent":
        scale_sparsity(axes, rows[x])
    axes.fill_between(rows[x], rows["low"], rows["high"], color=look["color"], alpha=0.18, lw=0)
    thin_seeds(axes, rows[x], rows, color=look["color"], ls=look.get("ls", "-"))
    axes.plot(rows[x], rows[y], **look)


def thin_seeds(axes: Axes, x: Any, rows: pd.DataFrame, **look: Any) -> None:
    """A thin line for each single seed, along `x`."""
    for seed in seed_columns(rows):
        axes.plot(x, rows[seed], lw=0.5, alpha=0.6, zorder=1.5, **look)


def series_lines(
    axes: Axes, rows: pd.DataFrame, names: list[str], value: str, style: str = "-", **marks: Any
) -> None:
    """One `line` a series along sparsity; each starts at LTH0, the series `dense`.

    Args:
        axes: The panel.
        rows: Columns series, x_percent, `value`, low, high, and those of single seeds.
        names: Of the series.
        value: Name of the column.
        style: Of the lines.
        marks: What all markers have in common, such as a fill.
    """
    for name in names:
        tickets = rows[rows["series"].isin([name, DENSE])]
        tickets = tickets.sort_values("x_percent", kind="stable")
        look = look_of(name, names) | marks
        line(axes, tickets, "x_percent", value, ls=style, ms=4, label=name, **look)


def against_other_seeds(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    """`series_lines` of `value`, and dotted the level of LTH0s of two seeds, with its range."""
    level = rows["ticket"] == OTHER_SEED
    series_lines(axes, rows[~level], names, "value")
    for row in rows[level].itertuples():
        axes.axhspan(row.low, row.high, color="black", alpha=0.1, lw=0)
        axes.axhline(row.value, color="black", lw=1.2, ls=":", label="LTH0s of two seeds")


def paper_marks(axes: Axes, x: Any, y: Any, label: str = "paper", color: str = "black") -> None:
    """The paper's numbers as crosses; nothing where it has none."""
    known = np.asarray(pd.notna(x) & pd.notna(y))
    if known.any():
        x, y = np.asarray(x)[known], np.asarray(y)[known]
        axes.plot(x, y, "x", color=color, ms=7, mew=1.5, label=label)


# --- dots with intervals ---------------------------------------------------------------------


def dots(
    axes: Axes, places: Any, rows: pd.DataFrame, value: str, *, upright: bool = True, **look: Any
) -> None:
    """Values with bars from `low` to `high`, and single seeds.

    Single seeds are thin lines where a line joins the values, and else small dots.

    Args:
        axes: The panel.
        places: Positions along the other axis, one a row.
        rows: Columns `value`, low and high.
        value: Name of the column.
        upright: Whether values go up, rather than to the right.
        look: Colour, marker, line and label.
    """
    reach = [rows[value] - rows["low"], rows["high"] - rows[value]]
    bars = {"capsize": 2, "elinewidth": 0.9, **look}
    if upright:
        axes.errorbar(places, rows[value], yerr=reach, **bars)
    else:
        axes.errorbar(rows[value], places, xerr=reach, **bars)
    if look.get("ls") != "":
        thin_seeds(axes, places, rows, color=look["color"])
        return
    for seed in seed_columns(rows):
        x, y = (places, rows[seed]) if upright else (rows[seed], places)
        inside = look.get("mfc", "white")
        axes.plot(x, y, "o", ms=2.2, mew=0.6, mfc=inside, color=look["color"])


# --- grids of heat maps ----------------------------------------------------------------------


def heatmaps(
    rows: Sequence[Mapping[str, pd.DataFrame]],
    cell: tuple[float, float],
    norm: Normalize,
    label: str,
    *,
    x: str,
    y: str = "",
    number: Callable[[float], str] | None,
    cmap: str = SEQUENTIAL,
) -> tuple[Figure, list[list[Axes]]]:
    """Heat maps with one scale of colours; cells without a value are grey.

    A panel's ticks are left out where the panel below, or left of it, has the same. Where a row
    would be wider than `WIDEST`, cells get narrower, and if they cannot, the row goes on below.

    Args:
        rows: For each row of panels, values by title; index and columns are the tick labels.
        cell: Width and height of a cell, in inches.
        norm: Scale of the colours.
        label: What the colours mean.
        x: What columns are.
        y: What rows are.
        number: Writes a cell's value into it; None: cells are too small for that.
        cmap: Colour map.

    Returns:
        The figure and its panels, as in `rows`.
    """
    cells = max(grid.shape[1] for row in rows for grid in row.values())
    columns = max(map(len, rows))
    available = (WIDEST - 1.2) / columns - 0.5
    width = max(1.6, cells * max(min(cell[0], LEAST_CELL), min(cell[0], available / cells)))
    columns = min(columns, max(1, int((WIDEST - 1.2) / (width + 0.5))))
    counts = [-(-len(row) // columns) for row in rows]  # of rows of panels, for each of `rows`
    rows = [part for row in rows for part in _chunks(row, columns)]
    grids = [list(row.values()) for row in rows]
    heights = [max(len(grid) for grid in row) for row in grids]
    size = (columns * (width + 0.5) + 1.2, cell[1] * sum(heights) + 0.45 * len(rows) + 0.6)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(len(rows), columns, squeeze=False, height_ratios=heights)
    for i, (row, panel_row) in enumerate(zip(rows, axes, strict=True)):
        for unused in panel_row[len(row) :]:
            unused.remove()
        for j, ((title, grid), panel) in enumerate(zip(row.items(), panel_row, strict=False)):
            _cells(panel, grid.to_numpy(float), norm, cmap, number)
            panel.set_title(title)
            below = grids[i + 1][j : j + 1] if i + 1 < len(grids) else []
            same_below = bool(below) and grid.columns.equals(below[0].columns)
            same_left = j > 0 and grid.index.equals(grids[i][j - 1].index)
            panel.set_xticks(range(grid.shape[1]), [] if same_below else grid.columns)
            panel.set_yticks(range(len(grid)), [] if same_left else grid.index)
            panel.set_xlabel("" if same_below else x)
            panel.set_ylabel("" if same_left else y)
    scale, all_panels = ScalarMappable(norm, cmap), list(figure.axes)
    figure.colorbar(scale, ax=all_panels, label=label, aspect=40, pad=0.01)
    shown = iter(zip(rows, axes, strict=True))
    return figure, [
        [panel for row, panels in islice(shown, count) for panel in panels[: len(row)]]
        for count in counts
    ]


def _chunks(row: Mapping[str, pd.DataFrame], size: int) -> list[dict[str, pd.DataFrame]]:
    """Rows of at most `size` panels."""
    titled = list(row.items())
    return [dict(titled[start : start + size]) for start in range(0, len(titled), size)]


def _cells(
    axes: Axes,
    values: FloatArray,
    norm: Normalize,
    cmap: str,
    number: Callable[[float], str] | None,
) -> None:
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_facecolor("#E4E4E4")
    axes.imshow(values, cmap=cmap, norm=norm, aspect="auto")
    if number is None:
        return
    for (y, x), value in np.ndenumerate(values):
        if np.isfinite(value):
            red, green, blue, _ = matplotlib.colormaps[cmap](norm(value))
            light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            shade = "black" if light else "white"
            axes.text(x, y, number(value), ha="center", va="center", fontsize=8, color=shade)
