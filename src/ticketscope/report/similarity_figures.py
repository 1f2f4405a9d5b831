"""Figures A4 and A7, categories, concentration, the baseline of other seeds (section 5).

Each function takes the numbers that it draws, of `similarity_numbers`, and the paper's line, which
goes below. One panel a series.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from ticketscope.report.drawing import (
    caption,
    ends_in,
    handle,
    lines,
    seeds_in,
    shades,
)
from ticketscope.report.frames import DENSE, series_of
from ticketscope.report.similarity_heatmaps import MODULES
from ticketscope.report.similarity_numbers import COMPARED, OTHER_SEED, STATES
from ticketscope.report.style import MARKERS, RC, colour

_SAME_PLACE = "A ticket with nothing pruned stands where the pruned one of its number stands."
KINDS = {"frequency": "rank of frequency", "pos": "part of speech", "semtag": "semantic tag"}
NO_BASELINE = (
    "No baseline here: it is the similarity of LTH0s of different seeds, and needs several "
    "`seeds` in the config."
)


def neuron_maxima(frame: pd.DataFrame, paper: str) -> Figure:
    """Distribution of each neuron's best correlation with LTH0, final layers (Figure A4)."""
    names, tickets = series_of(frame), list(frame["ticket"].unique())
    looks = dict(zip(tickets, shades(len(tickets)), strict=True))
    with rc_context(RC):
        figure, axes = _sides(names)
        for side, name, axis in _panels(names, axes):
            part = frame[(frame["module"] == side) & (frame["series"] == name)]
            for ticket, rows in part.groupby("ticket", sort=False):
                x, y = rows["correlation"], rows["share_percent"]
                axis.step(x, y, color=looks[ticket], lw=1.3, where="post", label=ticket)
        for axis in axes[:, 0]:
            axis.set_ylabel("neurons at most (%)", fontsize=10)
        for axis in axes[-1]:
            axis.set_xlabel("largest |correlation|\nwith a neuron of LTH0", fontsize=9)
        _legend(axes)
        counts = frame.groupby(["module", "series", "ticket"], sort=False).size()
        n = ", ".join(f"{counts[side].iloc[0]:,} ({side})" for side in STATES)
        several = " of all seeds" if frame["seeds"].max() > 1 else ""
        caption(figure, f"Neurons of the final layers{several}: n = {n}.", paper)
    return figure


def spectra(frame: pd.DataFrame, paper: str) -> Figure:
    """Variance explained by the first k singular vectors of the final layers (Figure A7).

    Solid: uncentred, as the authors computed it; dotted: centred.
    """
    names = series_of(frame)
    tickets = sorted(frame["k"].unique())
    looks = dict(zip(tickets, shades(len(tickets)), strict=True))
    with rc_context(RC):
        figure, axes = _sides(names)
        for side, name, axis in _panels(names, axes):
            part = frame[(frame["module"] == side) & frame["series"].isin([name, DENSE])]
            for (k, centred), rows in part.groupby(["k", "centered"]):
                axis.plot(
                    rows["rank"],
                    rows["share_percent"],
                    color=looks[k],
                    lw=1.1,
                    ls=":" if centred else "-",
                    label=None if centred else f"LTH{k}",
                )
            axis.axhline(80, color="#777777", lw=0.8)
        for axis in axes[:, 0]:
            axis.set_ylabel("variance explained (%)", fontsize=10)
        for axis in axes[-1]:
            axis.set_xlabel("singular vectors", fontsize=9)
        _legend(axes)
        words = f"Final layers; solid: uncentred, dotted: centred; line: 80 %; {seeds_in(frame)}."
        caption(figure, words, paper)
    return figure


def categories(frame: pd.DataFrame, paper: str) -> Figure:
    """Debiased CKA of the final encoder layer with LTH0, by category of token (section 5.3)."""
    kinds, names = list(frame["kind"].unique()), series_of(frame)
    longest = max(frame[frame["kind"] == kind]["category"].nunique() for kind in kinds)
    with rc_context(RC):
        figure = Figure(
            figsize=(3.2 * len(kinds) + 0.8, max(0.24 * longest + 1.2, 2.6)), layout="constrained"
        )
        axes = figure.subplots(1, len(kinds), squeeze=False, sharex=True)[0]
        for axis, kind in zip(axes, kinds, strict=True):
            part = frame[frame["kind"] == kind]
            first = part[part["series"] == names[0]].set_index("category")
            order = list(first["debiased"].sort_values().index)
            if kind == "frequency":  # the most frequent on top
                order.sort(key=lambda ranks: -int(re.split("[-+]", ranks)[0]))
            for number, name in enumerate(names):
                own = part[part["series"] == name].set_index("category").reindex(order)
                axis.errorbar(
                    own["debiased"],
                    np.arange(len(order)) + 0.22 * ((len(names) - 1) / 2 - number),
                    xerr=[own["debiased"] - own["low"], own["high"] - own["debiased"]],
                    fmt=MARKERS.get(name, "v"),
                    color=colour(name, names),
                    ms=4,
                    elinewidth=0.9,
                )
            theirs = first["paper"].reindex(order)
            axis.plot(theirs, range(len(order)), "x", color="black", ms=6)
            labels = [f"{category} (n={first.loc[category, 'n']:,})" for category in order]
            axis.set_yticks(range(len(order)), labels, fontsize=8)
            axis.tick_params(axis="x", labelsize=9)
            axis.grid(True, axis="x")
            axis.grid(False, axis="y")
            axis.set_xlabel("debiased linear CKA", fontsize=9)
            axis.set_title(f"LTH{frame['k'].iloc[0]}, by {KINDS.get(kind, kind)}", fontsize=10)
        handles = [handle(name, names, "") for name in names]
        if frame["paper"].notna().any():
            handles.append(Line2D([], [], color="black", marker="x", ls="", label="paper (biased)"))
        figure.legend(handles=handles, loc="outside upper center", ncols=5, fontsize=9)
        words = (
            f"Final encoder layer, with LTH0; n: tokens; {seeds_in(frame)}; bars: 95 % bootstrap "
            f"over sentences{ends_in(frame)}."
        )
        caption(figure, words, paper)
    return figure


def concentration(frame: pd.DataFrame, paper: str) -> Figure:
    """Share of attention distributions with nearly all mass on one token (section 5.4.3)."""
    names = series_of(frame)
    kinds = ("enc_self", "enc_dec", "dec_self")
    with rc_context(RC):
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        axes = figure.subplots(1, 3, sharey=True)
        for axis, kind in zip(axes, kinds, strict=True):
            part = frame[frame["module"] == kind]
            lines(axis, part, names, "share_percent")
            axis.plot(part["x_percent"], part["paper"], "x", color="black", ms=7, mew=1.5)
            axis.set_title(MODULES[kind], fontsize=10)
            axis.set_xlabel("sparsity without emb. (%)", fontsize=9)
        axes[0].set_ylim(bottom=0)
        axes[0].set_ylabel("distributions (%)", fontsize=9)
        handles = [handle(name, names, "-") for name in names]
        if frame["paper"].notna().any():
            handles.append(Line2D([], [], color="black", marker="x", ls="", label="paper"))
        figure.legend(handles=handles, loc="outside upper center", ncols=5, fontsize=9)
        caption(
            figure,
            f"Attention distributions of all layers and heads, {seeds_in(frame)}"
            f"{'; bands: all seeds' if frame['seeds'].max() > 1 else ''}. {_SAME_PLACE}",
            paper,
        )
    return figure


def baseline(frame: pd.DataFrame, paper: str) -> Figure:
    """Similarity with LTH0 against that of LTH0s of different seeds: a row a layer."""
    names = series_of(frame)
    between = frame[frame["ticket"] == OTHER_SEED]
    own = frame[frame["ticket"] != OTHER_SEED]
    layers = sorted(frame["layer"].unique(), reverse=True)
    with rc_context(RC):
        figure = Figure(
            figsize=(1.7 * len(COMPARED) + 0.7, 1.5 * len(layers) + 1), layout="constrained"
        )
        axes = figure.subplots(len(layers), len(COMPARED), squeeze=False, sharex=True, sharey=True)
        for layer, row in zip(layers, axes, strict=True):
            for (measure, module), axis in zip(COMPARED, row, strict=True):
                lines(axis, _at(own, measure, module, layer), names, "value")
                _level(axis, _at(between, measure, module, layer))
                axis.tick_params(labelsize=8)
            row[0].set_ylabel(f"layer {layer}", fontsize=9)
        for (measure, module), axis in zip(COMPARED, axes[0], strict=True):
            n = frame[(frame["measure"] == measure) & (frame["module"] == module)]["n"].max()
            words = MODULES[module].replace(" ", "\n", 1)
            axis.set_title(f"{measure}\n{words}\n(n = {n:,})", fontsize=9)
        for axis in axes[-1]:
            axis.set_xlabel("sparsity (%)", fontsize=9)
        handles: list[Artist] = [handle(name, names, "-") for name in names]
        if len(between):
            handles.append(Line2D([], [], color="black", ls="--", label="LTH0s of two seeds"))
        else:
            handles.append(Patch(alpha=0, label=NO_BASELINE))
        figure.legend(handles=handles, loc="outside upper center", ncols=5, fontsize=9)
        words = (
            "Each layer with the same layer of its seed's LTH0; sparsity without embeddings; n: "
            f"positions, or pairs of words; {seeds_in(own)}; bands: 95 % jackknife over groups of "
            f"sentences{ends_in(own)}. {_SAME_PLACE}"
        )
        if len(between):
            words += (
                f" Dashed: two LTH0s that share only their text ({_pairs(between)}); what lies "
                "there is as little alike as two models trained apart."
            )
        caption(figure, words, paper)
    return figure


def _sides(names: list[str]) -> tuple[Figure, NDArray[np.object_]]:
    """Panels (encoder and decoder, series)."""
    figure = Figure(figsize=(2.6 * len(names) + 1.2, 5), layout="constrained")
    return figure, figure.subplots(2, len(names), squeeze=False, sharex=True, sharey=True)


def _legend(axes: Any) -> None:
    """Beside the panels: the tickets of all series, since one need not have all of them."""
    known = {
        label: handle
        for axis in axes.flat
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    order = sorted(known, key=lambda ticket: int(ticket.removeprefix("LTH")))
    axes[0, -1].legend(
        [known[ticket] for ticket in order],
        order,
        fontsize=9,
        loc="upper left",
        bbox_to_anchor=(1, 1),
    )


def _panels(names: list[str], axes: NDArray[np.object_]) -> Iterator[tuple[str, str, Axes]]:
    for side, row in zip(STATES, axes, strict=True):
        for name, axis in zip(names, row, strict=True):
            axis.set_title(f"{side}, {name}", fontsize=10)
            yield side, name, axis


def _at(frame: pd.DataFrame, measure: str, module: str, layer: int) -> pd.DataFrame:
    return frame[
        (frame["measure"] == measure) & (frame["module"] == module) & (frame["layer"] == layer)
    ]


def _level(axes: Axes, rows: pd.DataFrame) -> None:
    for row in rows.itertuples():
        axes.axhspan(row.low, row.high, color="black", alpha=0.12, lw=0)
        axes.axhline(row.value, color="black", lw=1.2, ls="--")


def _pairs(between: pd.DataFrame) -> str:
    count = int(between["seeds"].max())
    return f"{count} pair{'s' if count > 1 else ''} of seeds"
