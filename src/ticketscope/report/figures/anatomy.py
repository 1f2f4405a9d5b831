"""Segments between tickets, and what tickets lose with each module.

Each function draws the table of the function of `tables.anatomy` that it names.
"""

from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.figures.style import colour
from ticketscope.report.tables import anatomy as numbers
from ticketscope.report.tables.shared import DENSE, series_of

# What lies at alpha = 0 and 1 of each kind of segment.
ENDS = {
    "previous": "from LTHk-1 (0)\nto LTHk (1)",
    "control": "from the control (0)\nto LTHk (1)",
    "seeds": "from another seed (0)\nto LTHk (1)",
    "orders": "from another order\nof data (0) to LTHk (1)",
}
BETWEEN = {
    "previous": "LTHk-1 and LTHk",
    "control": "control and LTHk",
    "seeds": "two seeds",
    "orders": "two orders of data",
}
UNITS = {"barrier": "barrier (nats a subword)", "bleu_drop": "drop of BLEU\nbelow the line"}
STYLES = ("-", "--", ":", "-.")  # of several references, in their order
# Kinds of modules: colour, mark and name.
MODULES = {
    ("encoder", "enc-self"): ("#0072B2", "o", "encoder self-attention"),
    ("encoder", "fc"): ("#56B4E9", "s", "encoder FC"),
    ("decoder", "dec-self"): ("#D55E00", "^", "decoder self-attention"),
    ("decoder", "enc-dec"): ("#CC79A7", "D", "encoder-decoder attention"),
    ("decoder", "fc"): ("#E69F00", "v", "decoder FC"),
}
# Nats below which the axis of changes is linear, and where it has numbers.
LINEAR = 0.1
TICKS = (-1, -0.1, 0, 0.1, 1, 10)
EVEN = "No series prunes some modules more than others."


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: the tables of these names; empty where there is none."""

    paper_model = "Transformer-Big, WMT16"
    sparsity: pd.DataFrame
    module_sparsity: pd.DataFrame
    segments: pd.DataFrame = field(default_factory=pd.DataFrame)
    barriers: pd.DataFrame = field(default_factory=pd.DataFrame)
    sensitivity: pd.DataFrame = field(default_factory=pd.DataFrame)


def plots() -> dict[str, Plot[Tables]]:
    """All figures by file name, in the order of their titles."""
    return by_name(
        Plot("segments", lambda t: numbers.segment_losses(t.segments), segment_losses),
        Plot(
            "barriers", lambda t: numbers.barrier_heights(t.barriers, t.sparsity), barrier_heights
        ),
        Plot(
            "sensitivity",
            lambda t: numbers.needed_modules(t.sensitivity, t.module_sparsity),
            needed_modules,
        ),
    )


def segment_losses(frame: pd.DataFrame) -> Drawing:
    """`segment_losses`: a row a kind of pair, a column a ticket."""
    kinds, tickets = list(frame["kind"].unique()), sorted(frame["k"].unique())
    names = series_of(frame)
    size = (2.3 * len(tickets) + 1.6, 2.0 * len(kinds) + 0.8)
    figure, axes = forms.panels(len(kinds), len(tickets), *size, sharey="row")
    for kind, row in zip(kinds, axes, strict=True):
        for k, panel in zip(tickets, row, strict=True):
            rows = frame[(frame["kind"] == kind) & (frame["k"] == k)]
            if rows.empty:
                panel.set_axis_off()
                continue
            _segments(panel, rows, names)
            panel.set_title(f"LTH{k}")
            panel.tick_params(labelbottom=True, labelleft=True)
            panel.set_xticks([0, 0.5, 1])
        drawn = [panel for panel in row if panel.axison]
        drawn[0].set_ylabel(f"{ENDS[kind]}\nloss (nats a subword)")
    for panel in axes.ravel():
        if panel.axison:
            panel.set_xlabel("α")
    forms.legend(figure)
    return figure, (
        f"Loss of (1 - α) other + α LTHk; {_averaged(frame)} A segment without a barrier does not "
        "rise above the straight line between its ends. Rows have scales of their own."
    )


def _segments(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    """One line a series and reference."""
    for (series, reference), line in rows.groupby(["series", "other_series"], sort=False):
        label = "LTH0" if series == DENSE else series
        style = _style(rows[rows["series"] == series], reference)
        label = label if style == "-" else f"{label}, from {reference}"
        forms.line(axes, line, "alpha", "loss", color=colour(series, names), ls=style, label=label)


def _style(rows: pd.DataFrame, reference: str) -> str:
    """The style of the lines of one of several references of a series."""
    references = list(rows["other_series"].unique())
    return STYLES[references.index(reference) % len(STYLES)]


def barrier_heights(frame: pd.DataFrame) -> Drawing:
    """`barrier_heights`: a column a kind of pair; below, BLEU where it was measured."""
    kinds, measures = list(frame["kind"].unique()), list(frame["measure"].unique())
    names = series_of(frame)
    size = (2.6 * len(kinds) + 1.2, 2.2 * len(measures) + 0.9)
    figure, axes = forms.panels(len(measures), len(kinds), *size, sharey=False)
    for measure, row in zip(measures, axes, strict=True):
        for kind, panel in zip(kinds, row, strict=True):
            rows = frame[(frame["measure"] == measure) & (frame["kind"] == kind)]
            panel.axhline(0, color="#777777", lw=0.8)
            for reference in rows["other_series"].unique() if kind == "control" else [None]:
                part = rows if reference is None else rows[rows["other_series"] == reference]
                style = "-" if reference is None else _style(rows, reference)
                shown = [name for name in names if name in set(part["series"])]
                forms.series_lines(panel, part, shown, "value", style)
            panel.set_title(BETWEEN[kind] if measure == measures[0] else "")
    forms.label_axes(axes, forms.SPARSITY, [UNITS[measure] for measure in measures])
    forms.legend(figure)
    return figure, (
        "Largest rise of the loss above the straight line between the ends of a segment"
        + (", and largest fall of BLEU below it where it was measured" if len(measures) > 1 else "")
        + f"; {_averaged(frame)} {forms.SAME_PLACE}"
    )


def _averaged(frame: pd.DataFrame) -> str:
    """What lines are the mean of, seeds or pairs of them, and what bands are."""
    pairs = frame["kind"] == "seeds"
    texts = []
    if not pairs.all():
        texts.append(forms.averages_in(frame[~pairs], "Bands"))
    if pairs.any():
        texts.append(f"Between seeds: {forms.pairs_in(frame[pairs])}, without an interval.")
    text = " ".join(texts)
    return f"{text[0].lower()}{text[1:]}"


def needed_modules(frame: pd.DataFrame) -> Drawing:
    """`needed_modules`: two rows a pruned series, sublayers and heads; a column a ticket."""
    if frame.empty:
        return forms.nothing(EVEN)
    rows = list(dict.fromkeys(zip(frame["pruned_series"], frame["level"], strict=True)))
    keys = ["pruned_series", "level", "series", "ticket"]
    columns = int(frame[keys].drop_duplicates().groupby(keys[:2]).size().max())
    size = (3.0 * columns + 0.8, 2.7 * len(rows) + 0.9)
    figure, axes = forms.panels(len(rows), columns, *size, sharex="row", sharey="row")
    for (pruned, level), panels in zip(rows, axes, strict=True):
        here = frame[(frame["pruned_series"] == pruned) & (frame["level"] == level)]
        last = here.loc[here["series"] == pruned, "ticket"].iloc[0]
        tickets = list(here.groupby(["series", "ticket"], sort=False))
        for panel in panels[len(tickets) :]:
            panel.set_axis_off()
        for ((series, ticket), points), panel in zip(tickets, panels, strict=False):
            _modules(panel, points, level)
            name = ticket if series == DENSE else f"{series} {ticket}"
            panel.set_title(f"{name}, {level}\nrank correlation {_rho(points)}")
            panel.set_xlabel(f"pruned in {pruned} {last} (%)")
        low, high = panels[0].get_ylim()
        ticks = [tick for tick in TICKS if low <= tick <= high]
        panels[0].set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        panels[0].set_ylabel(f"loss without one of the {level},\nincrease (nats a subword)")
    marks = [
        forms.mark(name, color=shade, marker=marker, ls="")
        for module, (shade, marker, name) in MODULES.items()
        if module in set(zip(frame["side"], frame["block"], strict=True))
    ]
    forms.legend(figure, marks, columns=3)
    whole = frame[frame["level"] == numbers.LEVELS[0]]
    return figure, (
        "Each mark is a module: its share pruned in the last ticket, and what silencing it costs a "
        "ticket. Numbers are layers. If the most-pruned modules were needed least, marks would "
        "fall to the right. Sublayers: "
        f"{forms.averages_in(whole, 'Bars', single='Small dots')} Heads: those of all seeds. Rank "
        "correlations (Spearman): mean of the seeds and its 95 % interval. The upward axis is "
        f"linear up to {LINEAR} and logarithmic beyond."
    )


def _modules(axes: Axes, points: pd.DataFrame, level: str) -> None:
    axes.set_yscale("symlog", linthresh=LINEAR)
    axes.axhline(0, color="#777777", lw=0.8)
    for (side, block), part in points.groupby(["side", "block"], sort=False):
        shade, marker, _ = MODULES[side, block]
        if level == "heads":
            axes.plot(
                part["sparsity_percent"], part["change"], marker, color=shade, ms=4, mew=0,
                alpha=0.75,
            )  # fmt: skip
            continue
        forms.dots(
            axes, part["sparsity_percent"], part, "change", color=shade, mfc=shade, marker=marker,
            ls="", ms=7,
        )  # fmt: skip
        for row in part.itertuples():
            axes.annotate(
                str(row.layer), (row.sparsity_percent, row.change), ha="center", va="center",
                fontsize=6, color="white", zorder=5,
            )  # fmt: skip


def _rho(points: pd.DataFrame) -> str:
    """The rank correlation in words, with its interval if there is one."""
    row = points.iloc[0]
    if pd.isna(row["rho"]):
        return "undefined"
    ends = f" [{row['rho_low']:.2f}, {row['rho_high']:.2f}]" if pd.notna(row["rho_low"]) else ""
    return f"{row['rho']:.2f}{ends}"
