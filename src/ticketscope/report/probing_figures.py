"""Figures 1 to 3 and A3, and the probes' scores in their own units (section 4).

Each function takes the numbers that it draws, of `probing_numbers`, and the paper's line, which
goes below. Replicates are averaged first, then seeds. The untrained encoder is a baseline and never
one of the tickets.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ticketscope.report.drawing import (
    SEQUENTIAL,
    bar,
    beside,
    caption,
    cells,
    ends_in,
    handle,
    lines,
    nothing,
    seeds_in,
)
from ticketscope.report.frames import PAPER, series_of
from ticketscope.report.probing_numbers import ARCS, NAMES, tasks_of
from ticketscope.report.style import RC

UNITS = {
    "accuracy": "accuracy",
    "span_f1": "F1 of spans",
    "error_f1": "F1 of errors",
    "pearson": "Pearson's r",
}
LINES = {"linear": "-", "mlp": "--"}
# Marker and shade of a class of tasks: told apart by shape alone, since colours are of series.
CLASSES = {
    "invariant": ("o", "#888888"),
    "degrading": ("v", "#000000"),
    "improving": ("^", "#000000"),
    "undecided": ("s", "#BBBBBB"),
}
# Of single layers, which lie on both sides of the mean; best layers nearly always lie above it.
AROUND = "RdBu_r"
BASELINES = {"majority": ("word majority", ":"), "untrained": ("random encoder", "-.")}
Rows = Mapping[str, Mapping[str, pd.DataFrame]]


def best_layers(frame: pd.DataFrame, paper: str, *, probe: str) -> Figure:
    """z of the best layer, tasks by tickets, a panel a series (Figures 1 and 2).

    Args:
        frame: As `probing_numbers.best_layer_z` gives it.
        paper: The paper's values, in words.
        probe: linear or mlp.
    """
    if frame.empty:
        return nothing(f"No {NAMES[probe]} probes were trained.", paper)
    names, groups = [*series_of(frame), PAPER], tasks_of(frame)
    grids = {
        name: frame[frame["series"] == name].pivot_table("z", "task", "k").reindex(columns=ks)
        for name, ks in _tickets(frame, names).items()
    }
    rows = {
        group: {name: grid.reindex(tasks) for name, grid in grids.items()}
        for group, tasks in groups.items()
    }
    low, high = frame["z"].min(), frame["z"].max()
    figure, axes = _grid(
        rows,
        Normalize(min(low, 0), high),
        SEQUENTIAL,
        "z of the best layer",
        f"z of a task over all layers and tickets of a panel, {NAMES[probe]} probes, "
        f"{seeds_in(frame)}. Right of a panel: what 1 z is worth, in points of 100. No number: the "
        "paper shows none.",
        paper,
    )
    for number, (line, tasks) in enumerate(zip(axes, groups.values(), strict=True)):
        for name, axis in zip(names[:-1], line, strict=False):
            points = frame[frame["series"] == name].groupby("task")["points"].first()[tasks]
            texts = [f"{value:.1f}" if value >= 0.1 else "<.1" for value in points]
            beside(axis, texts, header="" if number else "1 z")
    return figure


def layers_by_ticket(frame: pd.DataFrame, paper: str, *, groups: Sequence[str]) -> Figure:
    """Mean z over the tasks of a group, layers by tickets, linear probes (Figures 3 and A3).

    Args:
        frame: As `probing_numbers.layer_z` gives it.
        paper: The paper's values, in words.
        groups: That were asked for.
    """
    if frame.empty:
        return nothing(f"No linear probes of {' or '.join(groups)} were trained.", paper)
    names = [*series_of(frame), PAPER]
    rows: dict[str, dict[str, pd.DataFrame]] = {}
    for group, own in frame.groupby("group", sort=False):
        count = int(own["tasks"].iloc[0])
        rows[f"{group}\n({count} task{'s' if count > 1 else ''})"] = {
            name: own[own["series"] == name]
            .pivot_table("z", "layer", "k")
            .sort_index(ascending=False)
            .rename("layer {}".format)
            for name in names
        }
    limit = frame["z"].abs().max()
    words = (
        f"z of a task over all layers and tickets of a panel, mean over tasks, linear probes, "
        f"{seeds_in(frame)}."
    )
    return _grid(rows, Normalize(-limit, limit), AROUND, "z of the layer", words, paper)[0]


def scores(frame: pd.DataFrame, paper: str, *, probe: str) -> Figure:
    """Test scores against sparsity in their own units, a panel a task, a line a series.

    Args:
        frame: As `probing_numbers.task_scores` gives it.
        paper: The paper's values, in words.
        probe: linear or mlp.
    """
    if frame.empty:
        return nothing(f"No ticket was compared with LTH0 by {NAMES[probe]} probes.", paper)
    names = series_of(frame)
    tasks = [task for group in tasks_of(frame).values() for task in group]
    columns = min(4, len(tasks))
    height = -(-len(tasks) // columns)
    with rc_context(RC):
        figure = Figure(figsize=(2.8 * columns + 0.2, 2.3 * height + 0.5), layout="constrained")
        axes = figure.subplots(height, columns, squeeze=False).ravel()
        for axis in axes[len(tasks) :]:
            axis.remove()
        for number, (axis, task) in enumerate(zip(axes, tasks, strict=False)):
            part = frame[frame["task"] == task]
            about = part.iloc[0]
            lines(axis, part, names, "test", LINES[probe])
            _baselines(axis, about[list(BASELINES)].dropna(), part["low"].min(), part["high"].max())
            axis.set_title(f"{task} (n = {about['n_test']:,})", fontsize=10)
            axis.set_ylabel(UNITS[about["metric"]], fontsize=9)
            axis.tick_params(labelsize=8)
            if number + columns >= len(tasks):
                axis.set_xlabel("sparsity without emb. (%)", fontsize=9)
        handles = [handle(name, names, LINES[probe]) for name in names]
        handles += [
            Line2D([], [], color="#777777", lw=1.2, ls=ls, label=label)
            for label, ls in BASELINES.values()
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=min(len(handles), 5))
        words = (
            f"Test scores of {NAMES[probe]} probes on the layer that is best on dev, the random "
            f"encoder's too, {seeds_in(frame)}; n: test labels. Band: 95 % paired bootstrap of the "
            f"difference from LTH0{ends_in(frame)}, around LTH0's score. An arrow names a baseline "
            "far away. A ticket with nothing pruned stands where the pruned one of its number "
            "stands."
        )
        caption(figure, words, paper)
    return figure


def codelength(codes: pd.DataFrame, paper: str) -> Figure:
    """Online codelength of arc prediction against sparsity (the question of section 4.3).

    Args:
        codes: As `probing_numbers.arc_codes` gives them.
        paper: The paper's question.
    """
    if codes.empty:
        return nothing("Neither SynPred nor SemPred was probed.", paper)
    if codes["bits"].isna().all():
        return nothing("Codelength was not measured in this experiment.", paper)
    names, tasks = series_of(codes), [task for task in ARCS if task in set(codes["task"])]
    with rc_context(RC):
        figure = Figure(figsize=(3.4 * len(tasks) + 1.6, 5.6), layout="constrained")
        axes = figure.subplots(2, len(tasks), squeeze=False, sharex=True)
        for task, (above, below) in zip(tasks, axes.T, strict=True):
            rows = codes[codes["task"] == task]
            for probe, part in rows.groupby("probe"):
                for axis, value in ((above, "bits"), (below, "compression")):
                    low, high = f"{value}_low", f"{value}_high"
                    renamed = part.rename(columns={low: "low", high: "high"})
                    lines(axis, renamed, names, value, LINES[str(probe)])
            labels, uniform = rows["labels"].max(), rows["uniform"].mean()
            above.set_title(
                f"{task}\n(n = {labels:,} training labels;\nuniform code {uniform:.2f} bits each)",
                fontsize=9,
            )
            below.set_xlabel("sparsity without emb. (%)", fontsize=9)
        axes[0, 0].set_ylabel("online code\n(bits per label)", fontsize=9)
        axes[1, 0].set_ylabel("compression\n(uniform / online)", fontsize=9)
        handles = [handle(name, names, "") for name in names]
        handles += [
            Line2D([], [], color="#555555", ls=line, label=NAMES[probe])
            for probe, line in LINES.items()
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=5, fontsize=9)
        words = (
            f"The layer with the shortest code, {seeds_in(codes)}; band: all replicates and seeds. "
            "Shorter: the arcs can be read more directly."
        )
        caption(figure, words, paper)
    return figure


def probe_trends(trends: pd.DataFrame, paper: str) -> Figure:
    """Rank correlation of each task's scores with sparsity, and its class, a panel a series.

    Args:
        trends: As `probing_numbers.task_trends` gives them.
        paper: The paper's values, in words.
    """
    if trends.empty:
        return nothing("No series has tickets to follow.", paper)
    names, groups = series_of(trends), tasks_of(trends)
    tasks = [task for group in groups.values() for task in group]
    classes = trends.dropna(subset="paper").groupby("task")["paper"].first()
    with rc_context(RC):
        figure = Figure(
            figsize=(2.5 * len(names) + 2.4, 0.32 * len(tasks) + 1.6), layout="constrained"
        )
        axes = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
        for name, axis in zip(names, axes, strict=True):
            part = trends[trends["series"] == name].rename(columns={"class": "verdict"})
            for row in part.itertuples():
                y = tasks.index(row.task) + (0.17 if row.probe == "mlp" else -0.17)
                marker, shade = CLASSES[row.verdict]
                inside = "white" if row.probe == "mlp" else shade
                axis.plot([0, row.rho], [y, y], color=shade, lw=0.8, ls=LINES[row.probe])
                axis.plot(row.rho, y, marker, color=shade, mfc=inside, ms=6, clip_on=False)
            axis.set_title(f"{name}, {part['tickets'].max()} tickets", fontsize=10)
            axis.axvline(0, color="#777777", lw=0.8)
            axis.set_xlim(-1.08, 1.08)
            axis.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−.5", "0", ".5", "1"], fontsize=9)
            axis.set_xlabel("Spearman's ρ with sparsity", fontsize=9)
            axis.grid(True, axis="x")
            for end in np.cumsum([len(group) for group in groups.values()])[:-1]:
                axis.axhline(end - 0.5, color="#777777", lw=0.8)
        axes[0].set_yticks(range(len(tasks)), tasks, fontsize=9)
        axes[0].set_ylim(len(tasks) - 0.5, -0.5)
        beside(axes[-1], [classes.get(task, "–") for task in tasks], header="paper, linear")
        handles = [
            Line2D([], [], color=shade, marker=marker, ls="", label=name)
            for name, (marker, shade) in CLASSES.items()
        ]
        handles += [
            Line2D([], [], color="#555555", marker="o", mfc=inside, ls=LINES[p], label=NAMES[p])
            for p, inside in (("linear", "#555555"), ("mlp", "white"))
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=9)
        words = (
            "Invariant: no trend was shown (trend and last ticket's difference from LTH0, Holm's "
            "correction); undecided: so few tickets could not have shown one. A series that is "
            "not pruned is ranked by ticket."
        )
        caption(figure, words, paper)
    return figure


def _tickets(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, list[int]]:
    return {name: sorted(frame.loc[frame["series"] == name, "k"].unique()) for name in names}


def _grid(
    rows: Rows, norm: Normalize, cmap: str, label: str, words: str, paper: str
) -> tuple[Figure, NDArray[np.object_]]:
    """Heatmaps with numbers, by the names of their row and column; their axes (rows, columns).

    Columns that do not fit side by side into a page go below each other, two by two.
    """
    columns = next(iter(rows.values()))
    across = min(len(columns), 2)
    folds = -(-len(columns) // across)
    width = max(3, *(len(grid.columns) for grid in columns.values()))  # room for the name
    heights = [max(len(grid) for grid in line.values()) for line in rows.values()]
    with rc_context(RC):
        figure = Figure(
            figsize=(
                (0.35 * width + 0.5) * across + 2.2,
                folds * (max(0.28 * sum(heights), 1.2) + 0.7) + 0.3,
            ),
            layout="constrained",
        )
        places = figure.add_gridspec(folds * len(rows), across, height_ratios=heights * folds)
        axes = np.array(
            [
                [
                    figure.add_subplot(places[column // across * len(rows) + row, column % across])
                    for column in range(len(columns))
                ]
                for row in range(len(rows))
            ]
        )
        for (title, line), panels in zip(rows.items(), axes, strict=True):
            first = next(iter(line.values())).index
            for number, (grid, axis) in enumerate(zip(line.values(), panels, strict=True)):
                cells(axis, grid.to_numpy(float), norm, cmap, _one_digit)
                starts = number % across == 0
                own = starts or not grid.index.equals(first)
                axis.set_yticks(range(len(grid)), grid.index if own else [""] * len(grid))
                below = axis in axes[-1]
                axis.set_xticks(range(grid.shape[1]), grid.columns if below else [""] * len(grid.T))
                axis.tick_params(length=0, labelsize=9)
                if starts:
                    axis.set_ylabel(title, rotation=0, ha="right", va="center", fontsize=10)
        for name, above, below in zip(columns, axes[0], axes[-1], strict=True):
            above.set_title(name, fontsize=11)
            below.set_xlabel("ticket LTHk", fontsize=9)
        bar(figure, axes.ravel().tolist(), norm, cmap, label)
        caption(figure, words, paper)
    return figure, axes


def _one_digit(value: float) -> str:
    return f"{value:.1f}".replace("-0.0", "0.0")


def _baselines(axes: Axes, values: pd.Series, low: float, high: float) -> None:
    """Horizontal lines; one that would flatten the tickets' lines is only named, with an arrow.

    Args:
        axes: Of a task.
        values: By name of BASELINES.
        low: Lowest of the tickets' intervals.
        high: Highest.
    """
    room = max(high - low, 0.01)
    near = [name for name in values.index if low - room < values[name] < high + room]
    far = [name for name in values.index if name not in near]
    shown = [low, high, *(values[name] for name in near)]
    bottom, top = min(shown) - 0.08 * room, max(shown) + 0.08 * room
    bottom -= 0.13 * (top - bottom) * len(far)  # room for what is named
    axes.set_ylim(bottom, top)
    for name in near:
        axes.axhline(values[name], color="#777777", lw=1.2, ls=BASELINES[name][1])
    for place, name in enumerate(far):
        arrow = "↓" if values[name] < low else "↑"
        axes.text(
            0.02, 0.04 + 0.11 * place, f"{arrow} {BASELINES[name][0]} {values[name]:.3f}",
            transform=axes.transAxes, fontsize=8, color="#555555",
        )  # fmt: skip
