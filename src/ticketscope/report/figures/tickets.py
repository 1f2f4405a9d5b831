"""BLEU against sparsity: Table A1 as a figure (section 3.3)."""

from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from ticketscope.report.figures import forms, scale
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables.bleu import bleu_points
from ticketscope.report.tables.shared import DENSE, series_of

# Share of the axis that the number of a ticket takes.
LABEL_WIDTH = 0.03


@dataclass(frozen=True)
class Tables:
    """What the figure is drawn from: table_a1.csv."""

    paper_model = "Transformer-Big, WMT16; compare shapes, not heights"
    table_a1: pd.DataFrame


def plots(split: str) -> dict[str, Plot[Tables]]:
    """The figure by file name.

    Args:
        split: Name of the text that was translated.
    """
    form = partial(bleu_by_sparsity, split=split)
    return by_name(Plot("bleu_sparsity", lambda t: bleu_points(t.table_a1), form))


def bleu_by_sparsity(points: pd.DataFrame, *, split: str) -> Drawing:
    """`bleu_points`, one line a series from LTH0 on."""
    names = series_of(points)
    dense = points[points["series"] == DENSE].iloc[0]
    figure, ((axes,),) = forms.panels(1, 1, 6.8, 4.4)
    scale.scale_sparsity(axes, points["x_percent"])
    axes.axhspan(dense["low"], dense["high"], color="black", alpha=0.08, lw=0)
    axes.axhline(dense["bleu"], color="black", lw=0.8, ls=":", label="LTH0 (dense)")
    for number, name in enumerate(names):
        rows = points[points["series"].isin([DENSE, name])].sort_values("k")
        shift = 0.5 * (number - (len(names) - 1) / 2)
        beside = scale.beside(rows["x_percent"], shift, points["x_percent"])
        label = "control (nothing pruned, same epochs)" if name == "control" else name
        forms.dots(axes, beside, rows, "bleu", label=label, **forms.look_of(name, names))
    axes.set_xlabel(forms.SPARSITY)
    axes.set_ylabel(f"BLEU on {split} (sacrebleu, detokenised)")
    _name_tickets(axes, points.groupby("k")["x_percent"].max())
    forms.legend(figure, columns=3)
    mean = forms.averages_in(points, "Bars and grey band", "95 % bootstrap over sentences")
    return figure, f"{mean[0].upper()}{mean[1:]}"


def _name_tickets(axes: Axes, places: pd.Series) -> None:
    """A second axis above: k of the tickets at their places, as many as have room."""
    top = axes.twiny()
    scale.scale_sparsity(top, places)
    top.set_xlim(axes.get_xlim())
    top.spines["top"].set_visible(True)
    shown = scale.without_overlap(top, places, LABEL_WIDTH)
    labels = [str(k) if is_shown else "" for k, is_shown in zip(places.index, shown, strict=True)]
    top.xaxis.set_major_locator(FixedLocator(places.to_list()))
    top.xaxis.set_major_formatter(FixedFormatter(labels))
    top.grid(False)
    top.set_xlabel("ticket LTHk")
