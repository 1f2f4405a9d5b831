"""One look for all figures: colour-blind safe, readable in print and at half size."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

# Okabe and Ito's palette, which readers with any colour vision can tell apart.
COLOURS = {"magnitude": "#0072B2", "random": "#D55E00", "control": "#009E73", "dense": "#000000"}
MARKERS = {"magnitude": "o", "random": "s", "control": "^", "dense": "D"}
# Of all other series, in their order. No two of twenty have the same colour and marker. Okabe and
# Ito's yellow is hardly seen on paper: in its place stands the wine of Paul Tol's muted colours.
OTHER_COLOURS = ["#CC79A7", "#E69F00", "#56B4E9", "#882255"]
OTHER_MARKERS = ["v", "P", "X", "*", "<"]

# The series of the experiment that is drawn. A figure that shows some of them gives each the look
# that it has in the others.
_EXPERIMENT: ContextVar[tuple[str, ...]] = ContextVar("series of the experiment", default=())

RC: dict[Any, Any] = {
    "text.parse_math": False,  # names are the user's: $_$ would fail, and $x$ lose its dollars
    "font.size": 11,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 9,
    "font.sans-serif": ["DejaVu Sans"],  # each piece of an SVG's text names the whole list
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 5,
    "svg.fonttype": "none",  # text stays text: a third of the size, and readers can search it
    "svg.hashsalt": "ticketscope",  # ids in the file follow from its contents
    "pdf.fonttype": 42,
}


@contextmanager
def experiment(series: Sequence[str]) -> Iterator[None]:
    """What is drawn inside is of an experiment that has these series."""
    before = _EXPERIMENT.set(tuple(series))
    try:
        yield
    finally:
        _EXPERIMENT.reset(before)


def colour(series: str, names: Sequence[str]) -> str:
    """The colour of one of the series `names` of a figure."""
    return COLOURS.get(series) or OTHER_COLOURS[_number(series, names) % len(OTHER_COLOURS)]


def marker(series: str, names: Sequence[str]) -> str:
    """The marker of one of the series `names` of a figure."""
    return MARKERS.get(series) or OTHER_MARKERS[_number(series, names) % len(OTHER_MARKERS)]


def _number(series: str, names: Sequence[str]) -> int:
    """The place of a series among those without a look of their own."""
    others = [name for name in (*_EXPERIMENT.get(), *names) if name not in COLOURS]
    return list(dict.fromkeys(others)).index(series)


def save(figure: Figure, svg: str | Path, pdf: str | Path) -> None:
    """Write a figure; the same figure gives the same files, byte by byte."""
    with rc_context(RC):
        edges = _settle(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None}, bbox_inches=edges)
        Path(svg).write_text(_slim(text.getvalue()), encoding="utf-8")
        figure.savefig(pdf, format="pdf", metadata={"CreationDate": None}, bbox_inches=edges)


def _slim(svg: str) -> str:
    """Drop what nobody sees: a fifth of the size is digits below a thousandth of a point."""
    svg = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", svg)
    svg = re.sub(r"(\d\.\d{3})\d{2,}", r"\1", svg)
    return re.sub(r"^ +", "", svg, flags=re.MULTILINE)


def _settle(figure: Figure) -> Bbox:
    """Lay the figure out once and round: the solver's last digits differ from run to run.

    Returns:
        The part of the figure that is drawn on, in inches.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine(None)  # with "none" both formats would be drawn twice
    for axes in figure.axes:
        left, bottom, width, height = axes.get_position().bounds
        axes.set_position((round(left, 6), round(bottom, 6), round(width, 6), round(height, 6)))
    return Bbox(figure.get_tightbbox().padded(0.1).get_points().round(3))
