"""BLEU against sparsity: Table A1 as a figure."""

import math
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from ticketscope.report.drawing import caption, ends_in, seeds_in
from ticketscope.report.entry import Entry
from ticketscope.report.frames import DENSE, over_seeds, series_of, ticket_places
from ticketscope.report.paper import paper_values, stands_for
from ticketscope.report.style import MARKERS, RC, colour
from ticketscope.report.table_a1 import paper_bleu


@dataclass(frozen=True)
class Tables:
    """What the figure is drawn from: Table A1."""

    table_a1: pd.DataFrame

    @property
    def theirs(self) -> str:
        """What the paper's numbers are of."""
        return "Transformer-Big, WMT16; compare shapes, not heights"


def entries(split: str) -> dict[str, Entry[Tables]]:
    """The figure by file name, as the other sections have theirs.

    Args:
        split: Name of the text that was translated.
    """
    paper = paper_values("table_a1")
    pruned, random = paper["bleu_mp"], paper["bleu_random"]
    return {
        "bleu_sparsity": Entry(
            f"{pruned[0]:.2f} dense; at 79 % and 83 %, {pruned[7]:.2f} and {pruned[8]:.2f} pruned "
            f"by magnitude, {random[7]:.2f} and {random[8]:.2f} at random.",
            bleu_points,
            partial(plot_bleu, split=split),
        )
    }


def bleu_points(tables: Tables) -> pd.DataFrame:
    """BLEU of each ticket, with the interval that holds for each seed.

    Returns:
        Columns series, ticket, k, x_percent (place on the axis), bleu, low, high, seeds, paper (of
        the paper's ticket, if it has the same sparsity).
    """
    table = tables.table_a1
    rows = table.rename(columns={"bleu_low": "low", "bleu_high": "high"})
    points = over_seeds(rows, ["series", "ticket", "k"], "bleu")
    places = ticket_places(table)
    sparsity = table.groupby(["series", "k"])["sparsity_excl"].mean()
    tickets = list(zip(points["series"], points["k"], strict=True))
    points.insert(3, "x_percent", [places[name, f"LTH{k}"] for name, k in tickets])
    found = [
        paper_bleu(name, k) if stands_for(k, sparsity[name, k]) else None for name, k in tickets
    ]
    return points.assign(paper=[math.nan if value is None else value for value in found])


def plot_bleu(points: pd.DataFrame, paper: str, *, split: str) -> Figure:
    """One line a series from LTH0 on; seeds are averaged.

    The control has nothing pruned; its tickets stand where the pruned ticket with the same epochs
    stands, so that the two can be compared.

    Args:
        points: As `bleu_points` gives them.
        paper: The paper's values, in words.
        split: Name of the text that was translated.
    """
    names = series_of(points)
    dense = points[points["series"] == DENSE].iloc[0]
    with rc_context(RC):
        figure = Figure(figsize=(6.8, 4.4), layout="constrained")
        axes = figure.subplots()
        axes.axhspan(dense["low"], dense["high"], color="#000000", alpha=0.08, lw=0)
        axes.axhline(dense["bleu"], color="#000000", lw=0.8, ls=":", label="LTH0 (dense)")
        for number, name in enumerate(names):
            rows = points[points["series"].isin([DENSE, name])].sort_values("k")
            axes.errorbar(
                rows["x_percent"] + 0.5 * (number - (len(names) - 1) / 2),
                rows["bleu"],
                yerr=[rows["bleu"] - rows["low"], rows["high"] - rows["bleu"]],
                color=colour(name, names),
                marker=MARKERS.get(name, "v"),
                label="control (nothing pruned, same epochs)" if name == "control" else name,
                capsize=2,
                elinewidth=0.9,
            )
        axes.set_xlabel("sparsity without embeddings (%)")
        axes.set_ylabel(f"BLEU on {split} (sacrebleu, detokenised)")
        places = points.groupby("k")["x_percent"].max()
        ticks = axes.secondary_xaxis("top")
        ticks.set_xticks(places, [str(k) for k in places.index])
        ticks.set_xlabel("ticket LTHk", fontsize=9)
        ticks.tick_params(labelsize=9)
        axes.legend(fontsize=9)
        caption(
            figure,
            f"{seeds_in(points).capitalize()}. Bars and grey band: 95 % bootstrap over "
            f"sentences{ends_in(points)}.",
            paper,
        )
    return figure
