"""Figures 1 to 3 and A3, scores in their own units, codelength, trends (section 4).

Each function draws the table that the function of the same name in `tables.probing` returns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.paper import paper_values
from ticketscope.report.tables import probing as numbers
from ticketscope.report.tables.probing import (
    ARCS,
    NAMES,
    PRINTED,
    printed_layers,
    printed_tasks,
    tasks_of,
)
from ticketscope.report.tables.shared import PAPER, seed_columns, series_of
from ticketscope.report.tables.tables_a2_a3 import TREND_CLASSES

UNITS = {
    "accuracy": "accuracy",
    "span_f1": "F1 of spans",
    "error_f1": "F1 of errors",
    "pearson": "Pearson's r",
}
LINES = {"linear": "-", "mlp": "--"}
# Marker and shade of a class of tasks: told apart by shape alone, since colours mean series.
CLASSES = {
    "no change": ("o", "#888888"),
    "degrading": ("v", "#000000"),
    "improving": ("^", "#000000"),
    "open": ("s", "#BBBBBB"),
    "described": ("D", "#BBBBBB"),
    "at floor": ("x", "#BBBBBB"),
}
# For z of single layers, on both sides of the mean; best layers nearly always lie above it.
DIVERGING = "RdBu_r"
BASELINES = {"majority": ("word majority", ":"), "untrained": ("random encoder", "-.")}


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: the experiment's tables of these names.

    `probes`, `differences` and `trends` are probes.csv, probe_differences.csv and probe_trends.csv;
    `sparsity` has seed, series, ticket and sparsity_excl, as table_a1.csv has them.
    """

    probes: pd.DataFrame
    differences: pd.DataFrame
    trends: pd.DataFrame
    sparsity: pd.DataFrame

    @property
    def paper_model(self) -> str:
        """Model and data behind the paper's numbers; tables of two suites raise ValueError."""
        suite = numbers.suite_of(self.probes, self.differences, self.trends)
        return f"Transformer-Big, WMT16; {numbers.corpora(suite)}"


def plots() -> dict[str, Plot[Tables]]:
    """All figures by file name, in the order of their titles."""

    def best_layers(name: str, probe: str) -> Plot[Tables]:
        return Plot(
            name,
            lambda t: numbers.best_layer_z(t.probes, probe, printed_tasks(name)),
            partial(best_layer_z, probe=probe),
        )

    def layers(name: str, **sections: str) -> Plot[Tables]:
        printed = {group: printed_layers(section) for group, section in sections.items()}

        def data(t: Tables) -> pd.DataFrame:
            # Of the group POS only the paper's task of that name.
            probes = t.probes[(t.probes["group"] != "POS") | (t.probes["task"] == "POS")]
            return numbers.layer_z(probes, list(sections), printed)

        return Plot(name, data, partial(layer_z, groups=list(sections)))

    def scores(name: str, probe: str) -> Plot[Tables]:
        return Plot(
            name,
            lambda t: numbers.task_scores(
                t.probes, t.differences, t.sparsity, probe, printed_tasks(PRINTED[probe])
            ),
            partial(task_scores, probe=probe),
        )

    classes = paper_values("probing")["classes"]
    return by_name(
        best_layers("figure_1", "linear"),
        best_layers("figure_2", "mlp"),
        layers("figure_3", Syntax="figure_3_syntax", Semantics="figure_3_semantics"),
        layers("figure_a3", POS="figure_a3"),
        scores("probe_scores_linear", "linear"),
        scores("probe_scores_mlp", "mlp"),
        Plot("codelength", lambda t: numbers.arc_codes(t.probes, t.sparsity), arc_codes),
        Plot("probe_trends", lambda t: numbers.task_trends(t.trends, classes), task_trends),
    )


# --- z-scores --------------------------------------------------------------------------------


def best_layer_z(frame: pd.DataFrame, *, probe: str) -> Drawing:
    """Tasks by tickets, a panel a group and series (Figures 1 and 2)."""
    if frame.empty:
        return forms.nothing(f"No {NAMES[probe]} probes were trained.")
    groups = {
        group: {
            name: part.pivot_table("z", "task", "k").reindex(
                index=tasks, columns=sorted(part["k"].unique())
            )
            for name, part in _by_series(frame)
        }
        for group, tasks in tasks_of(frame).items()
    }
    low, high = frame["z"].min(), frame["z"].max()
    figure = _z_maps(groups, Normalize(min(low, 0), high), forms.SEQUENTIAL, "z of the best layer")
    points = frame.groupby(["series", "task"])["points"].first()
    for panel in [panel for panel in figure.axes if panel.images]:
        group, name = panel.get_title().split(", ")
        if name != PAPER:
            worth = [points[name, task] for task in groups[group][name].index]
            texts = [f"{value:.1f}" if value >= 0.1 else "<.1" for value in worth]
            forms.beside(panel, texts, header="1 z")
    return figure, (
        "z is taken for each task over all layers and tickets of a series; scores of "
        f"{NAMES[probe]} probes: {forms.seeds_in(frame)}. Right of a panel: the size of 1 z, in "
        "points of 100. Cells without a number: not in the paper."
    )


def layer_z(frame: pd.DataFrame, *, groups: Sequence[str]) -> Drawing:
    """Layers by tickets, a panel a group of tasks and series (Figures 3 and A3)."""
    if frame.empty:
        return forms.nothing(f"No linear probes of {' or '.join(groups)} were trained.")
    grids = {}
    for group, rows in frame.groupby("group", sort=False):
        count = int(rows["tasks"].iloc[0])
        grids[f"{group} ({count} task{'s' if count > 1 else ''})"] = {
            name: part.pivot_table("z", "layer", "k").sort_index(ascending=False)
            for name, part in _by_series(rows)
        }
    limit = frame["z"].abs().max()
    figure = _z_maps(grids, Normalize(-limit, limit), DIVERGING, "z of the layer", "layer")
    left_out = [names for names in frame["left_out"].dropna().unique() if names]
    return figure, (
        "z is taken for each task over all layers and tickets of a series; mean over tasks. Scores "
        f"of linear probes: {forms.seeds_in(frame)}."
        + (f" Without {' and '.join(left_out)}: a probe never beat a constant." if left_out else "")
    )


def _by_series(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows of each series, the paper's last."""
    return [(name, frame[frame["series"] == name]) for name in [*series_of(frame), PAPER]]


def _z_maps(
    groups: dict[str, dict[str, pd.DataFrame]], norm: Normalize, cmap: str, label: str, y: str = ""
) -> Figure:
    """A row of panels a group, two series side by side, further ones below."""
    names = list(next(iter(groups.values())))
    rows = [
        {f"{group}, {name}": grids[name] for name in names[start : start + 2]}
        for start in range(0, len(names), 2)
        for group, grids in groups.items()
    ]
    return forms.heatmaps(
        rows, (0.36, 0.28), norm, label, x="ticket LTHk", y=y, number=_one_digit, cmap=cmap
    )[0]


def _one_digit(value: float) -> str:
    return f"{value:.1f}".replace("-0.0", "0.0")


# --- raw scores ------------------------------------------------------------------------------


def task_scores(frame: pd.DataFrame, *, probe: str) -> Drawing:
    """Test scores against sparsity in their own units, a panel a task, a line a series."""
    if frame.empty:
        return forms.nothing(f"No ticket was compared with LTH0 by {NAMES[probe]} probes.")
    names = series_of(frame)
    tasks = [task for group in tasks_of(frame).values() for task in group]
    figure, panels = forms.small_multiples(tasks, 2.8, 2.3)
    for task, panel in panels.items():
        rows = frame[frame["task"] == task]
        about = rows.iloc[0]
        forms.series_lines(panel, rows, names, "test", LINES[probe])
        baselines = about[list(BASELINES)].dropna()
        drawn = rows[["test", "low", "high", *seed_columns(rows)]]
        _draw_baselines(panel, baselines, drawn.min(axis=None), drawn.max(axis=None))
        panel.set_title(f"{task} (n = {about['n_test']:,})")
        panel.set_ylabel(UNITS[about["metric"]])
    forms.legend(figure)
    within = "95 % paired bootstrap of the difference from LTH0, around LTH0's score"
    of = " of the difference from LTH0, around LTH0's mean score"
    return figure, (
        f"Test scores of {NAMES[probe]} probes on the layer that is best on dev (also for the "
        "random encoder); n: test labels. An arrow names a baseline outside the panel. Lines: "
        f"{forms.averages_in(frame, 'Bands', within, of)} {forms.SAME_PLACE}"
    )


def _draw_baselines(axes: Axes, values: pd.Series, low: float, high: float) -> None:
    """Horizontal lines; one far from all tickets (low to high) is only named, with an arrow."""
    margin = max(high - low, 0.01)
    near = values[(values > low - margin) & (values < high + margin)]
    far = values.drop(near.index)
    bottom, top = min([low, *near]) - 0.08 * margin, max([high, *near]) + 0.08 * margin
    axes.set_ylim(bottom - 0.13 * (top - bottom) * len(far), top)  # room for the names
    for name, value in near.items():
        label, style = BASELINES[str(name)]
        axes.axhline(value, color="#777777", lw=1.2, ls=style, label=label)
    for place, (name, value) in enumerate(far.items()):
        text = f"{'↓' if value < low else '↑'} {BASELINES[str(name)][0]} {value:.3f}"
        axes.text(
            0.02, 0.04 + 0.11 * place, text, transform=axes.transAxes, fontsize=8, color="#555555"
        )


# --- codelength and trends -------------------------------------------------------------------


def arc_codes(codes: pd.DataFrame) -> Drawing:
    """Online codelength against sparsity, a column a task of arc prediction."""
    if codes.empty:
        return forms.nothing("Neither SynPred nor SemPred was probed.")
    if codes["bits"].isna().all():
        return forms.nothing("Codelength was not measured in this experiment.")
    names, tasks = series_of(codes), [task for task in ARCS if task in set(codes["task"])]
    figure, axes = forms.panels(2, len(tasks), 3.4 * len(tasks) + 1.6, 5.6, sharey=False)
    for task, column in zip(tasks, axes.T, strict=True):
        of_task = codes[codes["task"] == task]
        for probe, rows in of_task.groupby("probe"):
            for panel, value in zip(column, ("bits", "compression"), strict=True):
                ends = rows.rename(columns=lambda name, of=value: name.removeprefix(f"{of}_"))
                forms.series_lines(panel, ends, names, value, LINES[str(probe)])
        labels, uniform = of_task["labels"].max(), of_task["uniform"].mean()
        column[0].set_title(
            f"{task}\n(n = {labels:,} training labels;\nuniform code: {uniform:.2f} bits a label)"
        )
    units = ["online code\n(bits per label)", "compression\n(uniform / online)"]
    forms.label_axes(axes, forms.SPARSITY, units)
    series = [forms.mark(name, ls="", **forms.look_of(name, names)) for name in names]
    families = [forms.mark(NAMES[probe], color="#555555", ls=ls) for probe, ls in LINES.items()]
    forms.legend(figure, series + families)
    return figure, (
        f"The layer with the shortest code, "
        f"{forms.curves_in(codes, 'range over replicates')} A shorter code means that "
        "the arcs are encoded more directly."
    )


def task_trends(trends: pd.DataFrame) -> Drawing:
    """Change of each task's scores with sparsity, and its class, a panel a series."""
    if trends.empty:
        return forms.nothing("No series has tickets to follow.")
    names, groups = series_of(trends), tasks_of(trends)
    tasks = [task for group in groups.values() for task in group]
    classes = trends.dropna(subset="paper").groupby("task")["paper"].first()
    figure, axes = forms.panels(1, len(names), 2.5 * len(names) + 2.4, 0.32 * len(tasks) + 1.6)
    reach = 1.08 * max(trends[["change", "low", "high"]].abs().max(axis=None), 0.01)
    for name, panel in zip(names, axes[0], strict=True):
        rows = trends[trends["series"] == name].rename(columns={"class": "kind"})
        for row in rows.itertuples():
            y = tasks.index(row.task) + (0.17 if row.probe == "mlp" else -0.17)
            marker, shade = CLASSES[row.kind]
            inside = "white" if row.probe == "mlp" else shade
            panel.plot([row.low, row.high], [y, y], color=shade, lw=0.8, ls=LINES[row.probe])
            panel.plot(row.change, y, marker, color=shade, mfc=inside, ms=6, clip_on=False)
        less = " less the control" if "control" in set(rows["against"]) else ""
        count = int(rows["tickets"].max())
        panel.set_title(f"{name}{less}, {count} ticket{'s' * (count > 1)}")
        panel.axvline(0, color="#777777", lw=0.8)
        panel.set_xlim(-reach, reach)
        panel.grid(True, axis="x")
        for end in np.cumsum([len(group) for group in groups.values()])[:-1]:
            panel.axhline(end - 0.5, color="#777777", lw=0.8)
    forms.label_axes(axes, "change of the score", [""])
    axes[0, 0].set_yticks(range(len(tasks)), tasks)
    axes[0, 0].set_ylim(len(tasks) - 0.5, -0.5)
    forms.beside(axes[0, -1], [classes.get(task, "–") for task in tasks], header="paper, linear")
    kinds = [forms.mark(name, color=c, marker=m, ls="") for name, (m, c) in CLASSES.items()]
    families = [
        forms.mark(NAMES[probe], color="#555555", marker="o", mfc=inside, ls=LINES[probe])
        for probe, inside in (("linear", "#555555"), ("mlp", "white"))
    ]
    forms.legend(figure, kinds + families, columns=3)
    return figure, (
        "Change: slope on sparsity, times the last ticket's sparsity; 95 % intervals over "
        f"{'seeds and ' if trends['seeds'].max() > 1 else ''}test sentences. {TREND_CLASSES}"
    )
