"""Figures 4 to 6, A5, A6 and A8 to A11: similarities of layers as heatmaps (section 5).

Each function takes the numbers that it draws, of `similarity_numbers`, and the paper's line, which
goes below. A column of panels a series.
"""

from collections.abc import Sequence
from textwrap import fill

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ticketscope.report.drawing import SEQUENTIAL, bar, caption, cells, seeds_in
from ticketscope.report.frames import series_of
from ticketscope.report.similarity_numbers import OTHER_SEED, STATES
from ticketscope.report.style import RC

# Cells along a side up to which numbers are written into them.
ANNOTATED = 16
MODULES = {
    "encoder": "encoder",
    "decoder": "decoder",
    "enc_self": "encoder self-attention",
    "enc_dec": "encoder-decoder attention",
    "dec_self": "decoder self-attention",
}


def layers_by_ticket(frame: pd.DataFrame, paper: str) -> Figure:
    """Each layer's similarity with the same layer of LTH0, by ticket (Figures 4 and A5).

    The last column, where there are several seeds, is that of two LTH0s of different seeds: what
    two models share that have nothing to do with each other.
    """
    names, measure = series_of(frame), frame["measure"].iloc[0]
    norm = Normalize(min(0.5, frame["value"].min()), 1)
    grids = {
        (side, name): frame[
            (frame["module"] == side)
            & ((frame["series"] == name) | (frame["ticket"] == OTHER_SEED))
        ]
        .pivot_table("value", "layer", "ticket", sort=False)
        .sort_index(ascending=False)
        for side in STATES
        for name in names
    }
    rows, columns = grids[STATES[0], names[0]].shape
    with rc_context(RC):
        figure = Figure(
            figsize=(len(names) * max(columns * 0.4, 1.6) + 1.4, 2 * (0.34 * rows + 0.5) + 0.6),
            layout="constrained",
        )
        axes = figure.subplots(2, len(names), squeeze=False)
        for ((side, name), grid), axis in zip(grids.items(), axes.flat, strict=True):
            cells(axis, grid.to_numpy(float), norm, SEQUENTIAL, _number, size=8)
            _ticks(
                axis, [c.removeprefix("LTH") for c in grid.columns], [_layer(r) for r in grid.index]
            )
            axis.set_title(f"{side}, {name}", fontsize=10)
        for axis in axes[:, 0]:
            axis.set_ylabel("layer", fontsize=9)
        for axis in axes[-1]:
            axis.set_xlabel("ticket LTHk", fontsize=9)
        bar(figure, list(axes.flat), norm, SEQUENTIAL, f"{measure} with LTH0")
        n = frame.groupby("module")["n"].max()
        words = [f"{n[side]:,} ({side})" for side in STATES]
        caption(
            figure,
            f"E: embedding. n = {', '.join(words)} positions; "
            f"{seeds_in(frame[frame['ticket'] != OTHER_SEED])}.",
            paper,
        )
    return figure


def layers_by_layers(frame: pd.DataFrame, paper: str) -> Figure:
    """All layers of some tickets against each other (Figures 5, 6, A6, A8 to A11).

    A row of panels a module.
    """
    names, modules = series_of(frame), list(frame["module"].unique())
    measure, tickets = frame["measure"].iloc[0], list(frame["ticket"].unique())
    sizes = frame.groupby("module")["layer"].nunique() * len(tickets)
    size, annotate = int(sizes.max()), bool(sizes.max() <= ANNOTATED)
    side = max((0.3 if annotate else 0.12) * size, 2.4)
    with rc_context(RC):
        figure = Figure(
            figsize=(len(names) * (side + 0.5) + 1, len(modules) * (side + 0.8) + 0.4),
            layout="constrained",
        )
        axes = figure.subplots(len(modules), len(names), squeeze=False)
        for module, row in zip(modules, axes, strict=True):
            part = frame[frame["module"] == module]
            norm = Normalize(min(0.5, part["value"].min()), 1)
            layers = sorted(part["layer"].unique())
            places = pd.MultiIndex.from_product([tickets, layers])
            for name, axis in zip(names, row, strict=True):
                grid = part[part["series"] == name].pivot_table(
                    "value", ["ticket", "layer"], ["other_ticket", "other_layer"]
                )
                values = grid.reindex(index=places, columns=places).to_numpy(float)
                cells(axis, values, norm, SEQUENTIAL, _number if annotate else None, size=8)
                labels = [_layer(layer) for _, layer in places]
                _ticks(axis, labels, labels)
                _blocks(axis, tickets, len(layers))
                title = fill(f"{MODULES[module]}, {name}", int(12 * side))
                axis.set_title(title, fontsize=10, pad=18)
            row[0].set_ylabel("layer", fontsize=9)
            bar(figure, list(row), norm, SEQUENTIAL, measure)
        for axis in axes[-1]:
            axis.set_xlabel("layer", fontsize=9)
        embedding = "E: embedding. " if frame["layer"].min() == 0 else ""
        caption(figure, f"{embedding}{seeds_in(frame).capitalize()}.", paper)
    return figure


def _number(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _layer(layer: int) -> str:
    """Layer 0 is the embedding."""
    return str(layer) if layer else "E"


def _ticks(axes: Axes, columns: Sequence[str], rows: Sequence[str]) -> None:
    axes.set_xticks(range(len(columns)), columns, fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.tick_params(length=0)


def _blocks(axes: Axes, names: Sequence[str], size: int) -> None:
    """Name and divide the tickets along both sides."""
    for i, name in enumerate(names):
        middle = i * size + (size - 1) / 2
        axes.annotate(
            name, (middle, -0.5), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8
        )
        if i:
            axes.axhline(i * size - 0.5, color="white", lw=1.5)
            axes.axvline(i * size - 0.5, color="white", lw=1.5)
