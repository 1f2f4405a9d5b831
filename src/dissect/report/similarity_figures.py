"""Figures 4 to 6 and A4 to A11: how alike the tickets are (section 5).

Each function takes tables of the experiment, draws one panel a series, and averages seeds.
"""

import re
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dissect.report.style import MARKERS, RC, colour

# Perceptually even, readable in grey and with any colour vision.
COLORMAP = "cividis"
# Cells along a side up to which numbers are written into them.
ANNOTATED = 16
MODULES = {
    "encoder": "encoder",
    "decoder": "decoder",
    "enc_self": "encoder self-attention",
    "enc_dec": "encoder-decoder attention",
    "dec_self": "decoder self-attention",
}
FloatArray = NDArray[np.float64]


def layers_by_ticket(similarity: pd.DataFrame, measure: str, paper: str) -> Figure:
    """Each layer's similarity with the same layer of LTH0, by ticket (Figures 4 and A5).

    The last column, where there are several seeds, is that of two LTH0s of different seeds: what
    two models share that have nothing to do with each other.

    Args:
        similarity: tables/similarity.csv.
        measure: NeuronSim or LayerSim.
        paper: The paper's values, in words.
    """
    rows = similarity[
        (similarity["measure"] == measure)
        & (similarity["layer"] == similarity["other_layer"])
        & (similarity["other_ticket"] == "LTH0")
        & similarity["module"].isin(["encoder", "decoder"])
    ]
    between = rows[(rows["series"] == "dense") & (rows["other_seed"] != rows["seed"])]
    names = _series(rows)
    with rc_context(RC):
        figure = Figure(layout="constrained")
        axes = figure.subplots(2, len(names), squeeze=False, sharex="col")
        norm = Normalize(min(0.5, rows["value"].min()), 1)
        for i, module in enumerate(("encoder", "decoder")):
            for j, name in enumerate(names):
                part = rows[(rows["module"] == module) & (rows["series"] == name)]
                grid = part.pivot_table("value", "layer", "ticket", sort=False)
                baseline = between[between["module"] == module].groupby("layer")["value"].mean()
                if len(baseline):
                    grid["other seed"] = baseline
                grid = grid.sort_index(ascending=False)
                _cells(axes[i, j], grid.to_numpy(float), norm)
                _ticks(
                    axes[i, j], [_short(c) for c in grid.columns], [_layer(r) for r in grid.index]
                )
                axes[i, j].set_title(f"{module}, {name}", fontsize=10)
                if j == 0:
                    axes[i, j].set_ylabel("layer")
        width = max(len(grid.columns) * 0.36, 1.4)
        for axis in axes[1]:
            axis.set_xlabel("ticket LTHk", fontsize=9)
        figure.set_size_inches(len(names) * width + 1.2, 2 * 0.34 * len(grid) + 2.0)
        _bar(figure, axes.ravel().tolist(), norm, f"{measure} with LTH0")
        figure.supxlabel(paper, fontsize=8)
    return figure


def layers_by_layers(
    similarity: pd.DataFrame, measure: str, modules: Sequence[str], ks: Sequence[int], paper: str
) -> Figure:
    """All layers of some tickets against each other (Figures 5, 6, A6, A8 to A11).

    Args:
        similarity: tables/similarity.csv.
        measure: LayerSim or AttentionSim.
        modules: One row of panels each.
        ks: Tickets, LTH0 first.
        paper: The paper's values, in words.
    """
    rows = similarity[(similarity["measure"] == measure) & similarity["module"].isin(modules)]
    names = _series(rows)
    with rc_context(RC):
        figure = Figure(layout="constrained")
        axes = figure.subplots(len(modules), len(names), squeeze=False)
        for i, module in enumerate(modules):
            part = rows[rows["module"] == module]
            layers = sorted(part["layer"].unique())
            matrices = [block_matrix(part, name, ks, layers) for name in names]
            norm = Normalize(min(0.5, *(np.nanmin(matrix) for matrix in matrices)), 1)
            size = len(matrices[0])
            for j, (name, matrix) in enumerate(zip(names, matrices, strict=True)):
                _cells(axes[i, j], matrix, norm, annotate=size <= ANNOTATED)
                labels = [_layer(layer) for _ in ks for layer in layers]
                _ticks(axes[i, j], labels, labels)
                _blocks(axes[i, j], [f"LTH{k}" for k in ks], len(layers))
                axes[i, j].set_title(f"{MODULES[module]}, {name}", fontsize=10, pad=18)
            _bar(figure, axes[i].tolist(), norm, measure)
        side = max((0.26 if size <= ANNOTATED else 0.12) * size, 2.2)
        figure.set_size_inches(len(names) * (side + 0.5) + 1, len(modules) * (side + 0.8) + 0.6)
        figure.supxlabel(paper, fontsize=8)
    return figure


def block_matrix(
    rows: pd.DataFrame, series: str, ks: Sequence[int], layers: Sequence[int]
) -> FloatArray:
    """Symmetric matrix over (ticket, layer), from rows of one symmetric measure and module.

    Pairs that the table lacks are NaN; a layer with itself is 1.
    """
    within = rows[(rows["seed"] == rows["other_seed"]) & rows["series"].isin([series, "dense"])]
    place = {
        (f"LTH{k}", layer): i for i, (k, layer) in enumerate((k, m) for k in ks for m in layers)
    }
    matrix = np.full((len(place), len(place)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    means = within.groupby(["ticket", "layer", "other_ticket", "other_layer"])["value"].mean()
    for (ticket, layer, other, other_layer), value in means.items():
        a, b = place.get((ticket, layer)), place.get((other, other_layer))
        if a is not None and b is not None:
            matrix[a, b] = matrix[b, a] = value
    return matrix


def neuron_maxima(maxima: Mapping[str, FloatArray], paper: str) -> Figure:
    """Distribution of each neuron's best correlation with LTH0, final layers (Figure A4).

    Args:
        maxima: tables/neuron_maxima.npz: `seed1/magnitude/LTH3/encoder/6` -> (dim,).
        paper: The paper's values, in words.
    """
    found: dict[tuple[str, str, int], dict[str, tuple[int, FloatArray]]] = {}
    for key, values in maxima.items():
        seed, series, ticket, side, layer = key.split("/")
        finals = found.setdefault((side, series, int(_short(ticket))), {})
        if int(layer) >= finals.get(seed, (0,))[0]:
            finals[seed] = (int(layer), values)
    names = list(dict.fromkeys(series for _, series, _ in found))
    last = max(k for _, _, k in found)
    shades = _shades(last)
    with rc_context(RC):
        figure = Figure(figsize=(2.6 * len(names) + 1, 5), layout="constrained")
        axes = figure.subplots(2, len(names), squeeze=False, sharex=True, sharey=True)
        for i, side in enumerate(("encoder", "decoder")):
            for j, name in enumerate(names):
                for k in range(1, last + 1):
                    seeds = found.get((side, name, k), {}).values()
                    if seeds:
                        x = np.sort(np.concatenate([values for _, values in seeds]))
                        y = 100 * np.arange(1, len(x) + 1) / len(x)
                        axes[i, j].step(x, y, color=shades[k - 1], lw=1.2, label=f"LTH{k}")
                axes[i, j].set_title(f"{side}, {name}", fontsize=10)
            axes[i, 0].set_ylabel("neurons at most (%)")
        figure.supxlabel(f"largest |correlation| with a neuron of LTH0. {paper}", fontsize=8)
        axes[0, -1].legend(fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def spectra(table: pd.DataFrame, paper: str) -> Figure:
    """Variance explained by the first k singular vectors of the final layers (Figure A7).

    Solid: uncentred, as the authors computed it; dotted: centred.

    Args:
        table: tables/spectra.csv.
        paper: The paper's values, in words.
    """
    names = [name for name in table["series"].unique() if name != "dense"] or ["dense"]
    with rc_context(RC):
        figure = Figure(figsize=(2.6 * len(names) + 1, 5), layout="constrained")
        axes = figure.subplots(2, len(names), squeeze=False, sharex=True, sharey=True)
        last = int(table["k"].max())
        shades = _shades(last + 1)
        for i, side in enumerate(("encoder", "decoder")):
            for j, name in enumerate(names):
                part = table[(table["module"] == side) & table["series"].isin([name, "dense"])]
                for (k, centred), rows in part.groupby(["k", "centered"]):
                    mean = rows.groupby("rank")["share"].mean()
                    axes[i, j].plot(
                        mean.index,
                        100 * mean,
                        color=shades[int(k)],
                        lw=1.1,
                        ls=":" if centred else "-",
                        label=None if centred else f"LTH{k}",
                    )
                axes[i, j].axhline(80, color="#777777", lw=0.6)
                axes[i, j].set_title(f"{side}, {name}", fontsize=10)
            axes[i, 0].set_ylabel("variance explained (%)")
        axes[0, -1].legend(fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
        figure.supxlabel(
            f"number of singular vectors (solid: uncentred, dotted: centred). {paper}", fontsize=8
        )
    return figure


def categories(table: pd.DataFrame, k: int, paper: str) -> Figure:
    """Debiased CKA of the final encoder layer with LTH0, by category of token (section 5.3).

    Args:
        table: tables/categories.csv.
        k: The ticket.
        paper: The paper's values, in words.
    """
    rows = table[table["k"] == k].dropna(subset="debiased")  # too small to be compared
    kinds, names = list(rows["kind"].unique()), list(rows["series"].unique())
    with rc_context(RC):
        figure = Figure(layout="constrained")
        longest = max(rows[rows["kind"] == kind]["category"].nunique() for kind in kinds)
        figure.set_size_inches(3.2 * len(kinds) + 0.8, max(0.2 * longest + 1.4, 2.6))
        axes = figure.subplots(1, len(kinds), squeeze=False, sharex=True)[0]
        for axis, kind in zip(axes, kinds, strict=True):
            part = rows[rows["kind"] == kind].groupby(["series", "category"], sort=False)
            means = part[["n", "debiased", "low", "high"]].mean()
            first = means.loc[names[0]]
            order = first["debiased"].sort_values().index
            if kind == "frequency":  # the most frequent on top
                order = sorted(first.index, key=lambda bin: -int(re.split("[-+]", bin)[0]))
            for number, name in enumerate(names):
                own = means.loc[name].reindex(order)
                y = np.arange(len(order)) + 0.22 * (number - (len(names) - 1) / 2)
                axis.errorbar(
                    own["debiased"],
                    y,
                    xerr=[own["debiased"] - own["low"], own["high"] - own["debiased"]],
                    fmt=MARKERS.get(name, "v"),
                    color=colour(name, names),
                    ms=3.5,
                    elinewidth=0.8,
                    label=name,
                )
            labels = [f"{category} (n={int(first.loc[category, 'n'])})" for category in order]
            axis.set_yticks(range(len(order)), labels, fontsize=7)
            axis.grid(True, axis="x")
            axis.grid(False, axis="y")
            axis.set_title(f"LTH{k}, by {kind}", fontsize=10)
        axes[-1].legend(fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
        figure.supxlabel(
            f"debiased linear CKA with LTH0; bars: 95 % bootstrap over sentences.\n{paper}",
            fontsize=8,
        )
    return figure


def concentration(table: pd.DataFrame, paper: str) -> Figure:
    """Share of attention distributions with nearly all mass on one token (section 5.4.3).

    Args:
        table: tables/attention_concentration.csv.
        paper: The paper's values, in words.
    """
    rows = table[table["layer"] == "all"]
    names = _series(rows)
    with rc_context(RC):
        figure = Figure(figsize=(8.4, 3.2), layout="constrained")
        axes = figure.subplots(1, 3, sharey=True)
        for axis, kind in zip(axes, ("enc_self", "enc_dec", "dec_self"), strict=True):
            for name in names:
                part = rows[(rows["module"] == kind) & rows["series"].isin([name, "dense"])]
                mean = 100 * part.groupby("k")["share"].mean()
                axis.plot(
                    mean.index, mean, marker=MARKERS.get(name, "v"), color=colour(name, names),
                    label=name,
                )  # fmt: skip
            axis.set_title(MODULES[kind], fontsize=10)
            axis.set_xlabel("ticket LTHk", fontsize=9)
        axes[0].set_ylim(bottom=0)
        axes[0].set_ylabel("distributions over the threshold (%)", fontsize=9)
        axes[0].legend(fontsize=8)
        figure.supxlabel(paper, fontsize=8)
    return figure


def _shades(count: int) -> FloatArray:
    """Light to dark: a colour for each of `count` tickets, shape (count, 4)."""
    return np.asarray(matplotlib.colormaps[f"{COLORMAP}_r"](np.linspace(0.1, 1, count)))


def _series(rows: pd.DataFrame) -> list[str]:
    return [name for name in rows["series"].unique() if name != "dense"] or ["dense"]


def _short(ticket: object) -> str:
    return str(ticket).removeprefix("LTH")


def _layer(layer: int) -> str:
    """Layer 0 is the embedding."""
    return str(layer) if layer else "E"


def _cells(axes: Axes, values: FloatArray, norm: Normalize, *, annotate: bool = True) -> None:
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.imshow(values, cmap=COLORMAP, norm=norm, aspect="auto")
    if annotate:
        for (y, x), value in np.ndenumerate(values):
            if np.isfinite(value):
                dark = norm(value) < 0.55
                text = f"{value:.2f}".removeprefix("0")
                axes.text(
                    x, y, text, ha="center", va="center", fontsize=6.5,
                    color="white" if dark else "black",
                )  # fmt: skip


def _ticks(axes: Axes, columns: Sequence[str], rows: Sequence[str]) -> None:
    axes.set_xticks(range(len(columns)), columns, fontsize=7, rotation=0)
    axes.set_yticks(range(len(rows)), rows, fontsize=7)
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


def _bar(figure: Figure, axes: list[Axes], norm: Normalize, label: str) -> None:
    figure.colorbar(ScalarMappable(norm, COLORMAP), ax=axes, label=label, shrink=0.8)
