"""BLEU against sparsity: Table A1 as a figure (section 3.3)."""

from dataclasses import dataclass
from functools import partial

import pandas as pd

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables.bleu import bleu_points
from ticketscope.report.tables.shared import DENSE, series_of


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
    axes.axhspan(dense["low"], dense["high"], color="black", alpha=0.08, lw=0)
    axes.axhline(dense["bleu"], color="black", lw=0.8, ls=":", label="LTH0 (dense)")
    for number, name in enumerate(names):
        rows = points[points["series"].isin([DENSE, name])].sort_values("k")
        beside = rows["x_percent"] + 0.5 * (number - (len(names) - 1) / 2)
        label = "control (nothing pruned, same epochs)" if name == "control" else name
        forms.dots(axes, beside, rows, "bleu", label=label, **forms.look_of(name, names))
    axes.set_xlabel(forms.SPARSITY)
    axes.set_ylabel(f"BLEU on {split} (sacrebleu, detokenised)")
    places = points.groupby("k")["x_percent"].max()
    top = axes.secondary_xaxis("top")
    top.set_xticks(places, [str(k) for k in places.index])
    top.set_xlabel("ticket LTHk")
    axes.legend()
    return figure, (
        f"{forms.seeds_in(points).capitalize()}."
        + forms.intervals_in(points, "Bars and grey band", "95 % bootstrap over sentences")
    )
