"""Masks compared, and what they leave of units and ranks (docs/steps/masks.md)."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.figures.sparsity import module_maps
from ticketscope.report.tables import masks as numbers
from ticketscope.report.tables.shared import series_of

ALONE = "There are no two masks to compare: only one series prunes, with one seed."
ABOVE = "overlap above chance (% of the largest)"
# Less than this of a scale would make chance look like a pattern.
LEAST_SCALE = 20
TITLES = {
    "neurons": "dead neurons\n(n = {:,.0f})",
    "heads": "dead heads\n(n = {:,.0f})",
    "structural_rank": "structural rank\n(n = {:,.0f} matrices)",
    "effective_rank": "effective rank\n(n = {:,.0f} matrices)",
}


@dataclass(frozen=True)
class Tables:
    """mask_overlap.csv, dead_units.csv, ranks.csv and sparsity.csv."""

    paper_model = "Transformer-Big, WMT16"
    overlap: pd.DataFrame
    units: pd.DataFrame
    ranks: pd.DataFrame
    sparsity: pd.DataFrame


def plots() -> dict[str, Plot[Tables]]:
    """All figures by file name, in the order of their titles."""
    return by_name(
        Plot("mask_overlap", lambda t: numbers.overlaps(t.overlap, t.sparsity), overlaps),
        Plot("mask_overlap_modules", lambda t: numbers.module_overlaps(t.overlap), module_overlaps),
        Plot(
            "dead_units",
            lambda t: numbers.what_is_left(t.units, t.ranks, t.sparsity),
            what_is_left,
        ),
    )


def overlaps(frame: pd.DataFrame) -> Drawing:
    """`overlaps`: a panel for seeds and one for series, a line a pair, and what chance spreads."""
    if frame.empty:
        return forms.nothing(ALONE)
    names = [name for name in numbers.BETWEEN if (frame["between"] == name).any()]
    figure, (axes,) = forms.panels(1, len(names), 3.6 * len(names) + 0.6, 3.4)
    titles = {"seeds": "the same series, other seeds", "series": "the same seed, other series"}
    for name, panel in zip(names, axes, strict=True):
        rows = frame[frame["between"] == name].sort_values("k", kind="stable")
        _chance(panel, rows)
        for pair, line in rows.groupby(["series", "other_series"], sort=False):
            look = forms.look_of(pair[0], series_of(frame))
            look["ls"] = "-" if name == "seeds" else "--"
            forms.line(panel, line, "x_percent", "value", ms=4, label=_pair_label(*pair), **look)
        panel.set_title(titles[name])
    forms.label_axes(axes[None], forms.SPARSITY, [ABOVE])
    forms.legend(figure, columns=3)
    apart, within = (frame[frame["between"] == name] for name in numbers.BETWEEN)
    parts = [
        "0: as expected if the kept weights were placed at random inside each matrix; 100: as much "
        "as their numbers allow. Grey: two standard deviations of one pair of masks at chance."
    ]
    if len(apart):
        parts.append(
            f"Left: {_seeds_between(apart)}, without an interval, since pairs share seeds; thin "
            "lines: each seed's mean with the others."
        )
    if len(within):
        place = "Right: " if len(apart) else "Lines: "
        first = within["other_series"].iloc[0]
        place += f"each series with {first} (tables/mask_overlap.csv has all pairs), "
        parts.append(f"{place}{forms.averages_in(within, 'Bands')}")
    return figure, " ".join(parts)


def _chance(axes: Axes, rows: pd.DataFrame) -> None:
    spread = rows.groupby("k").agg({"x_percent": "mean", "chance": "max"})
    edge = 2 * spread["chance"]
    axes.fill_between(spread["x_percent"], -edge, edge, color="#BBBBBB", alpha=0.5, lw=0)
    axes.axhline(0, color="#777777", lw=0.8)


def _pair_label(series: str, other: str) -> str:
    return series if series == other else f"{other} and {series}"


def _seeds_between(frame: pd.DataFrame) -> str:
    """How many pairs of seeds values between seeds are the mean of."""
    seeds = int(frame["seeds"].max())
    pairs = seeds * (seeds - 1) // 2
    return f"mean of {pairs} pair{'s' * (pairs > 1)} of {seeds} seeds"


def module_overlaps(frame: pd.DataFrame) -> Drawing:
    """`module_overlaps`: matrices down, pairs of series across; the encoder, then the decoder."""
    if frame.empty:
        return forms.nothing(ALONE)
    pairs = frame.assign(
        pair=[
            f"{row.series}, other seeds" if row.between == "seeds"
            else _pair_label(row.series, row.other_series)
            for row in frame.itertuples()
        ]
    )  # fmt: skip
    columns = pairs.sort_values("between", kind="stable")["pair"].unique()
    grids = {
        side: rows.pivot_table("value", ["layer", "block", "part"], "pair", sort=False)[columns]
        for side, rows in pairs.groupby("side", sort=False)
    }
    norm = Normalize(min(0, frame["value"].min()), max(LEAST_SCALE, frame["value"].max()))
    figure, row = module_maps(grids, 0.4, norm, ABOVE, x="", number=_number)
    for panel in row:
        panel.set_xticks(range(len(columns)), columns, rotation=90)
    least, most = (f"{spread:.1f}" for spread in (frame["chance"].min(), frame["chance"].max()))
    tickets = " and ".join(dict.fromkeys(frame.sort_values("k")["ticket"]))
    kinds = {name: rows for name in numbers.BETWEEN if len(rows := frame[frame["between"] == name])}
    seeds = {"seeds": _seeds_between, "series": forms.seeds_in}
    means = "; ".join(f"between {name}, {seeds[name](rows)}" for name, rows in kinds.items())
    return figure, (
        f"Weights of {tickets}; {means}. In a cell of one pair of masks, chance alone has a "
        f"standard deviation of {least} to {most}."
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 else f"{round(value, 1) + 0.0:.1f}"


def what_is_left(frame: pd.DataFrame) -> Drawing:
    """`what_is_left`: a panel a measure, a line a series."""
    measures = [name for name in numbers.MEASURES if (frame["measure"] == name).any()]
    figure, axes = forms.panels(1, len(measures), 2.7 * len(measures) + 0.6, 3.3, sharey=False)
    for measure, panel in zip(measures, axes[0], strict=True):
        rows = frame[frame["measure"] == measure]
        forms.series_lines(panel, rows, series_of(frame), "value")
        panel.set_title(TITLES[measure].format(rows["n"].iloc[0]))
        panel.set_xlabel(forms.SPARSITY)
        panel.margins(y=0.1)
        if measure in ("neurons", "heads"):
            panel.set_ylim(0, max(1, panel.get_ylim()[1]))
    axes[0, 0].set_ylabel("% of all")
    axes[0, len(measures) - 2].set_ylabel("% of full rank")
    forms.legend(figure)
    return figure, (
        "Dead: nothing that enters the block can leave it through this unit. Structural rank: the "
        "largest rank that any weights in the kept places can have; effective rank: of the weights "
        f"themselves. Each panel has its own scale; {forms.curves_in(frame)}"
    )
