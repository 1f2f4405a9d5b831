"""What tickets cost to store and to run beside their dense model (docs/steps/cost.md)."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables import cost as numbers
from ticketscope.report.tables.shared import DENSE, series_of

# No colour of a series.
FORMATS = dict(
    zip(
        [*numbers.FORMATS, "nonzero"],
        [("#56B4E9", "o"), ("#CC79A7", "s"), ("#E69F00", "^"), ("#777777", "")],
        strict=True,
    )
)
NAMES = numbers.FORMATS | {"nonzero": "values kept, without their places"}


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: cost.csv, speed.csv and sparsity.csv."""

    paper_model = "Transformer-Big, WMT16"
    sparsity: pd.DataFrame
    cost: pd.DataFrame
    speed: pd.DataFrame


def plots() -> dict[str, Plot[Tables]]:
    """The figures by file name, in the order of their titles."""
    return by_name(
        Plot("cost_bytes", lambda t: numbers.stored_bytes(t.cost, t.sparsity), stored_bytes),
        Plot("cost_speed", lambda t: numbers.time_ratios(t.speed, t.sparsity), time_ratios),
    )


def stored_bytes(frame: pd.DataFrame) -> Drawing:
    """`stored_bytes`: a panel a series, a line a format."""
    names = series_of(frame)
    figure, axes = forms.panels(1, len(names), 3.4 * len(names) + 0.8, 3.6)
    for name, panel in zip(names, axes[0], strict=True):
        _parity(panel, 100, "dense float32")
        rows = frame[frame["series"].isin([DENSE, name])].sort_values("k")
        for kind, (colour, marker) in FORMATS.items():
            look = {"color": colour, "marker": marker, "label": NAMES[kind]}
            look["ls"] = "--" if kind == "nonzero" else "-"
            forms.line(panel, rows[rows["format"] == kind], "x_percent", "percent", **look)
        panel.set_title(name)
    axes[0, 0].set_ylim(bottom=0)  # when all are drawn, since it fixes the top of all
    forms.label_axes(axes, forms.SPARSITY, ["bytes of all weights\n(% of dense)"])
    forms.legend(figure, columns=3)
    return figure, (
        "Bytes of all weights of a ticket, including those never pruned, in % of the dense "
        f"model's; {forms.averages_in(frame, 'Bands')} Below the "
        "dotted line a format saves space."
    )


def time_ratios(frame: pd.DataFrame) -> Drawing:
    """`time_ratios`: a panel a side, a line a series."""
    names, sides = series_of(frame), ("encoder", "decoder")
    figure, axes = forms.panels(1, len(sides), 3.4 * len(sides) + 0.8, 3.6)
    for side, panel in zip(sides, axes[0], strict=True):
        _parity(panel, 1, "as fast as dense")
        forms.series_lines(panel, frame[frame["side"] == side], names, "ratio")
        panel.set_title(side)
    axes[0, 0].set_ylim(bottom=0)
    forms.label_axes(axes, forms.SPARSITY, ["time with sparse products\n/ time with dense ones"])
    forms.legend(figure)
    return figure, (
        "Time of a forward pass on one core with the pruned matrices in compressed rows (torch's "
        "sparse_csr), divided by the time with all matrices dense: medians of alternating passes, "
        f"{forms.curves_in(frame)} Machines are in "
        "tables/speed.csv. Below the dotted line zeros save time."
    )


def _parity(axes: Axes, value: float, label: str) -> None:
    axes.axhline(value, color="black", lw=1, ls=":", label=label)
