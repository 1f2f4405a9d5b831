"""Figures 1 to 3 and A3, and the probes' scores in their own units (section 4).

Each function takes tables of the experiment and the paper's line, which goes below. Replicates are
averaged first, then seeds. The untrained encoder is a baseline and never one of the tickets.
"""

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from dissect.probing.layers import best_layers as best_of
from dissect.probing.settings import UNTRAINED
from dissect.report.probing_numbers import (
    score_lines,
    series_of,
    shortest_codes,
    suite_of,
    tasks_of,
    ticket_places,
    z_table,
)
from dissect.report.style import MARKERS, RC, colour

UNITS = {
    "accuracy": "accuracy",
    "span_f1": "F1 of spans",
    "error_f1": "F1 of errors",
    "pearson": "Pearson's r",
}
LINES = {"linear": "-", "mlp": "--"}
NAMES = {"linear": "linear", "mlp": "MLP"}
# Marker and colour of a class of tasks: told apart by shape alone.
CLASSES = {
    "invariant": ("o", "#555555"),
    "degrading": ("v", "#D55E00"),
    "improving": ("^", "#0072B2"),
    "undecided": ("s", "#999999"),
}
# Best layers are above the mean nearly always; single layers lie on both sides of it.
ABOVE, AROUND = "cividis", "RdBu_r"
BASELINES = {"majority": ("word majority", ":"), "untrained": ("random encoder", "-.")}
ARCS = ("SynPred", "SemPred")
Rows = Mapping[str, Mapping[str, pd.DataFrame]]


def best_layers(probes: pd.DataFrame, probe: str, printed: pd.DataFrame, paper: str) -> Figure:
    """z of the best layer, tasks by tickets, a panel a series (Figures 1 and 2).

    Args:
        probes: tables/probes.csv.
        probe: linear or mlp.
        printed: The paper's figure (tasks, tickets).
        paper: The paper's values, in words.
    """
    suite_of(probes)
    own = probes[probes["probe"] == probe]
    if own.empty:
        return nothing(f"No {NAMES[probe]} probes were trained.", paper)
    tables = {name: z_table(own, probe, name) for name in series_of(own)}
    grids = {name: z.groupby(["task", "k"])["z"].max().unstack() for name, z in tables.items()}
    grids["paper"] = printed
    groups = tasks_of(own)
    rows = {
        group: {name: grid.reindex(tasks) for name, grid in grids.items()}
        for group, tasks in groups.items()
    }
    low, high = _span(rows)
    figure, axes = _panels(
        rows,
        Normalize(min(low, 0), high),
        ABOVE,
        "z of the best layer",
        f"z of a task over all layers and tickets of a panel, {NAMES[probe]} probes, "
        f"{_seeds(own)}. Right of a panel: what 1 z is worth, in points of 100. No number: the "
        "paper shows none.",
        paper,
    )
    for number, (line, tasks) in enumerate(zip(axes, groups.values(), strict=True)):
        for z, axis in zip(tables.values(), line, strict=False):  # the last panel is the paper's
            points = 100 * z.groupby("task")["sd"].first()[tasks]
            texts = [f"{value:.1f}" if value >= 0.1 else "<.1" for value in points]
            _beside(axis, texts, header="" if number else "1 z")
    return figure


def layers_by_ticket(
    probes: pd.DataFrame, groups: Sequence[str], printed: Mapping[str, pd.DataFrame], paper: str
) -> Figure:
    """Mean z over the tasks of a group, layers by tickets, linear probes (Figures 3 and A3).

    Args:
        probes: tables/probes.csv.
        groups: One row of panels each.
        printed: The paper's figure by group (layers, tickets).
        paper: The paper's values, in words.
    """
    own = probes[(probes["probe"] == "linear") & probes["group"].isin(groups)]
    if own.empty:
        return nothing(f"No linear probes of {' or '.join(groups)} were trained.", paper)
    suite_of(own)
    tables = {name: z_table(own, "linear", name) for name in series_of(own)}
    rows: dict[str, dict[str, pd.DataFrame]] = {}
    for group, tasks in tasks_of(own).items():
        grids = {
            name: z[z["group"] == group].groupby(["layer", "k"])["z"].mean().unstack()
            for name, z in tables.items()
        }
        title = f"{group}\n({len(tasks)} task{'s' if len(tasks) > 1 else ''})"
        rows[title] = {
            name: grid.sort_index(ascending=False).rename("layer {}".format)
            for name, grid in (grids | {"paper": printed[group]}).items()
        }
    limit = max(map(abs, _span(rows)))
    words = (
        f"z of a task over all layers and tickets of a panel, mean over tasks, linear probes, "
        f"{_seeds(own)}."
    )
    norm = Normalize(-limit, limit)
    return _panels(rows, norm, AROUND, "z of the layer", words, paper)[0]


def scores(
    probes: pd.DataFrame,
    differences: pd.DataFrame,
    sparsity: pd.DataFrame,
    probe: str,
    paper: str,
) -> Figure:
    """Test scores against sparsity in their own units, a panel a task, a line a series.

    Args:
        probes: tables/probes.csv, for the baselines.
        differences: tables/probe_differences.csv.
        sparsity: Columns seed, series, ticket, sparsity_excl.
        probe: linear or mlp.
        paper: The paper's values, in words.
    """
    suite_of(probes, differences)
    found = differences[(differences["probe"] == probe) & (differences["series"] != "dense")]
    if found.empty:
        return nothing(f"No ticket was compared with LTH0 by {NAMES[probe]} probes.", paper)
    own = probes[probes["probe"] == probe]
    lines, names = score_lines(found, sparsity), series_of(found)
    tasks = [task for group in tasks_of(found).values() for task in group]
    columns = min(4, len(tasks))
    height = -(-len(tasks) // columns)
    with rc_context(RC):
        figure = Figure(figsize=(2.8 * columns + 0.2, 2.3 * height + 0.5), layout="constrained")
        axes = figure.subplots(height, columns, squeeze=False).ravel()
        for axis in axes[len(tasks) :]:
            axis.remove()
        for number, (axis, task) in enumerate(zip(axes, tasks, strict=False)):
            part, probed = lines[lines["task"] == task], own[own["task"] == task]
            _lines(axis, part, names, "test", LINES[probe])
            _baselines(axis, _baseline_scores(probed), part["low"].min(), part["high"].max())
            axis.set_title(f"{task} (n = {probed['n_test'].iloc[0]:,})", fontsize=10)
            axis.set_ylabel(UNITS[probed["metric"].iloc[0]], fontsize=9)
            axis.tick_params(labelsize=8)
            if number + columns >= len(tasks):
                axis.set_xlabel("sparsity without emb. (%)", fontsize=9)
        handles = [_handle(name, names, LINES[probe]) for name in names]
        handles += [
            Line2D([], [], color="#777777", lw=1.2, ls=ls, label=label)
            for label, ls in BASELINES.values()
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=min(len(handles), 5))
        words = (
            f"Test scores of {NAMES[probe]} probes on the layer that is best on dev, the random "
            f"encoder's too, {_seeds(found)}; n: test labels. Band: 95 % paired bootstrap of the "
            "difference from LTH0, around LTH0's score. An arrow names a baseline far away. "
            "A ticket with nothing pruned stands where the pruned one of its number stands."
        )
        _caption(figure, words, paper)
    return figure


def codelength(probes: pd.DataFrame, sparsity: pd.DataFrame, paper: str) -> Figure:
    """Online codelength of arc prediction against sparsity (the question of section 4.3).

    Args:
        probes: tables/probes.csv.
        sparsity: Columns seed, series, ticket, sparsity_excl.
        paper: The paper's question.
    """
    suite_of(probes)
    own = probes[probes["task"].isin(ARCS)]
    if own.empty:
        return nothing("Neither SynPred nor SemPred was probed.", paper)
    if own["codelength_bits"].isna().all():
        return nothing("Codelength was not measured in this experiment.", paper)
    codes, places, names = shortest_codes(own), ticket_places(sparsity), series_of(own)
    keys = zip(codes["series"], codes["ticket"], strict=True)
    codes["sparsity"] = [places[key] if key[0] != "dense" else 0.0 for key in keys]
    tasks = [task for task in ARCS if task in set(codes["task"])]
    with rc_context(RC):
        figure = Figure(figsize=(3.4 * len(tasks) + 1.6, 5.6), layout="constrained")
        axes = figure.subplots(2, len(tasks), squeeze=False, sharex=True)
        for task, (above, below) in zip(tasks, axes.T, strict=True):
            rows = codes[codes["task"] == task]
            for probe, part in rows.groupby("probe"):
                for axis, value in ((above, "bits"), (below, "compression")):
                    low, high = f"{value}_low", f"{value}_high"
                    renamed = part.rename(columns={low: "low", high: "high"})
                    _lines(axis, renamed, names, value, LINES[str(probe)])
            labels, uniform = rows["labels"].max(), rows["uniform"].mean()
            above.set_title(
                f"{task}\n(n = {labels:,} training labels;\nuniform code {uniform:.2f} bits each)",
                fontsize=9,
            )
            below.set_xlabel("sparsity without emb. (%)", fontsize=9)
        axes[0, 0].set_ylabel("online code\n(bits per label)", fontsize=9)
        axes[1, 0].set_ylabel("compression\n(uniform / online)", fontsize=9)
        handles = [_handle(name, names, "") for name in names]
        handles += [
            Line2D([], [], color="#555555", ls=line, label=NAMES[probe])
            for probe, line in LINES.items()
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=5, fontsize=9)
        words = (
            f"The layer with the shortest code, {_seeds(own)}; band: all replicates and seeds. "
            "Shorter: the arcs can be read more directly."
        )
        _caption(figure, words, paper)
    return figure


def probe_trends(trends: pd.DataFrame, classes: Mapping[str, str], paper: str) -> Figure:
    """Rank correlation of each task's scores with sparsity, and its class, a panel a series.

    Args:
        trends: tables/probe_trends.csv.
        classes: The paper's class by task.
        paper: The paper's values, in words.
    """
    if trends.empty:
        return nothing("No series has tickets to follow.", paper)
    suite_of(trends)
    names, groups = series_of(trends), tasks_of(trends)
    tasks = [task for group in groups.values() for task in group]
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
        _beside(axes[-1], [classes.get(task, "–") for task in tasks], header="paper, linear")
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
        _caption(figure, words, paper)
    return figure


def nothing(why: str, paper: str) -> Figure:
    """A figure that says in one line why there is nothing to draw."""
    with rc_context(RC):
        figure = Figure(figsize=(6.4, 1), layout="constrained")
        axes = figure.subplots()
        axes.set_axis_off()
        axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes)
        _caption(figure, "", paper)
    return figure


def _seeds(rows: pd.DataFrame) -> str:
    count = rows["seed"].nunique()
    return f"mean of {count} seeds" if count > 1 else "1 seed"


def _caption(figure: Figure, words: str, paper: str) -> None:
    """What is shown, then what the paper found; the figure grows by the lines that this takes."""
    width = int(14.5 * figure.get_figwidth())
    lines = [textwrap.fill(text, width, break_on_hyphens=False) for text in (words, paper) if text]
    caption = "\n".join(lines)
    figure.set_figheight(figure.get_figheight() + 0.17 * (1 + caption.count("\n")))
    figure.supxlabel(caption, fontsize=9)


def _span(rows: Rows) -> tuple[float, float]:
    values = [grid.to_numpy(float).ravel() for line in rows.values() for grid in line.values()]
    together = np.concatenate(values)
    return float(np.nanmin(together)), float(np.nanmax(together))


def _panels(
    rows: Rows, norm: Normalize, cmap: str, label: str, words: str, paper: str
) -> tuple[Figure, NDArray[np.object_]]:
    """Heatmaps with numbers, by the names of their row and column; their axes (rows, columns)."""
    columns = next(iter(rows.values()))
    widths = [max(len(grid.columns), 3) for grid in columns.values()]  # room for the name
    heights = [max(len(grid) for grid in line.values()) for line in rows.values()]
    with rc_context(RC):
        figure = Figure(
            figsize=(
                0.35 * sum(widths) + 0.5 * len(widths) + 2.2,
                max(0.28 * sum(heights), 1.2) + 1,
            ),
            layout="constrained",
        )
        axes = figure.subplots(
            len(rows), len(widths), squeeze=False, width_ratios=widths, height_ratios=heights
        )
        for (title, line), panels in zip(rows.items(), axes, strict=True):
            first = next(iter(line.values())).index
            for grid, axis in zip(line.values(), panels, strict=True):
                _cells(axis, grid.to_numpy(float), norm, cmap)
                own = axis is panels[0] or not grid.index.equals(first)
                axis.set_yticks(range(len(grid)), grid.index if own else [""] * len(grid))
                below = axis in axes[-1]
                axis.set_xticks(range(grid.shape[1]), grid.columns if below else [""] * len(grid.T))
                axis.tick_params(length=0, labelsize=9)
            panels[0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=10)
        for name, above, below in zip(columns, axes[0], axes[-1], strict=True):
            above.set_title(name, fontsize=11)
            below.set_xlabel("ticket LTHk", fontsize=9)
        figure.colorbar(
            ScalarMappable(norm, cmap), ax=axes.ravel().tolist(), label=label, aspect=30, pad=0.01
        )
        _caption(figure, words, paper)
    return figure, axes


def _cells(axes: Axes, values: NDArray[np.float64], norm: Normalize, cmap: str) -> None:
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("#E4E4E4")  # of cells without a value
    axes.imshow(values, cmap=cmap, norm=norm, aspect="auto")
    for (y, x), value in np.ndenumerate(values):
        if np.isfinite(value):
            red, green, blue, _ = matplotlib.colormaps[cmap](norm(value))
            light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            shade = "black" if light else "white"
            text = f"{value:.1f}".replace("-0.0", "0.0")
            axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color=shade)


def _beside(axes: Axes, texts: Sequence[str], header: str = "") -> None:
    """A column of texts right of a panel, one a row."""
    place = axes.get_yaxis_transform()
    for y, text in enumerate(texts):
        axes.text(1.02, y, text, transform=place, va="center", fontsize=8, color="#333333")
    if header:
        axes.text(
            1.02, 1.02, header, transform=axes.transAxes, va="bottom", fontsize=8, style="italic"
        )


def _handle(name: str, names: list[str], line: str) -> Line2D:
    return Line2D(
        [], [], color=colour(name, names), marker=MARKERS.get(name, "v"), ls=line, label=name
    )


def _lines(axes: Axes, rows: pd.DataFrame, names: list[str], value: str, line: str) -> None:
    """One line a series with a band from `low` to `high`; LTH0 may be in `dense`."""
    for name in names:
        own = rows[rows["series"].isin([name, "dense"])].sort_values("sparsity")
        shade = colour(name, names)
        axes.fill_between(own["sparsity"], own["low"], own["high"], color=shade, alpha=0.18, lw=0)
        axes.plot(
            own["sparsity"], own[value], line, color=shade, marker=MARKERS.get(name, "v"), ms=4
        )


def _baseline_scores(probes: pd.DataFrame) -> dict[str, float]:
    """By name of BASELINES, mean over seeds, from a task's probes of one kind.

    The random encoder's layer is chosen on dev, as the tickets' layers are.
    """
    values = {"majority": float(probes["majority"].mean())}
    untrained = probes[probes["series"] == UNTRAINED]
    if len(untrained):
        values[UNTRAINED] = float(best_of(untrained)["clean_test"].mean())
    return values


def _baselines(axes: Axes, values: Mapping[str, float], low: float, high: float) -> None:
    """Horizontal lines; one that would flatten the tickets' lines is only named, with an arrow.

    Args:
        axes: Of a task.
        values: By name of BASELINES.
        low: Lowest of the tickets' intervals.
        high: Highest.
    """
    room = max(high - low, 0.01)
    near = [name for name in values if low - room < values[name] < high + room]
    far = [name for name in values if name not in near]
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
