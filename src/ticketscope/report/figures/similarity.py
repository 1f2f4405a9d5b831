"""Figures 4 to 6 and A4 to A11, the baseline of other seeds, categories, concentration (section 5).

Layer 0 is the embedding, shown as E.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ticketscope.plan.comparisons import LAST_MAP
from ticketscope.plan.paper_tickets import stand_in
from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing, Panels
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables import similarity as numbers
from ticketscope.report.tables.shared import DENSE, OTHER_SEED, series_of
from ticketscope.report.tables.similarity import ATTENTION, COMPARED, STATES

# Cells along a side up to which numbers are written into them.
ANNOTATED = 16
MODULES = {
    "encoder": "encoder",
    "decoder": "decoder",
    "enc_self": "encoder self-attention",
    "enc_dec": "encoder-decoder attention",
    "dec_self": "decoder self-attention",
}
KINDS = {"frequency": "frequency rank", "pos": "part of speech", "semtag": "semantic tag"}
JACKKNIFE = "95 % jackknife over groups of sentences"
ALONE = "No ticket was compared with LTH0."
NO_PAIR = "One layer of LTH0 has nothing to be compared with: there is no further layer or ticket."
NO_BASELINE = (
    "There is no baseline, since it compares LTH0s of different seeds: set several `seeds` in the "
    "config."
)


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: the experiment's tables of these names."""

    paper_model = "LTH8 of Transformer-Big, WMT16"
    similarity: pd.DataFrame
    spectra: pd.DataFrame
    categories: pd.DataFrame
    attention_concentration: pd.DataFrame
    neuron_maxima: pd.DataFrame
    sparsity: pd.DataFrame

    @property
    def last(self) -> int:
        """The ticket that stands for the one that the paper looks at most closely, LTH8."""
        rows = self.sparsity[self.sparsity["series"].eq("magnitude")]
        means = rows[rows["k"].isin(self.spectra["k"])].groupby("k")["sparsity_excl"].mean()
        measured = {int(k): float(value) for k, value in means.items() if k}
        return stand_in(8, measured) if measured else int(self.spectra["k"].max())

    @property
    def even(self) -> list[int]:
        """Tickets of the large heat maps: those of LTH0, 2, 4, 6, 8 that were measured."""
        return sorted(
            int(k)
            for k in self.spectra["k"].unique()
            if k <= min(self.last, LAST_MAP) and k % 2 == 0
        )


def plots() -> dict[str, Plot[Tables]]:
    """All figures by file name, in the order of their titles."""

    def with_lth0(name: str, measure: str) -> Plot[Tables]:
        compared = [(measure, module) for module in STATES]
        return Plot(
            name,
            lambda t: numbers.with_lth0(t.similarity, t.sparsity, compared),
            layers_by_ticket,
        )

    def pairs(name: str, *modules: str, even: bool = False) -> Plot[Tables]:
        measure = "LayerSim" if modules[0] in STATES else "AttentionSim"

        def data(t: Tables) -> pd.DataFrame:
            ks = t.even if even else [0, t.last]
            return numbers.layers_by_layers(t.similarity, t.sparsity, measure, modules, ks)

        return Plot(name, data, layers_by_layers)

    def against_other_seeds(t: Tables) -> pd.DataFrame:
        layers = t.similarity[t.similarity["layer"] > 0]
        return numbers.with_lth0(layers, t.sparsity, COMPARED)

    return by_name(
        with_lth0("figure_4", "NeuronSim"),
        pairs("figure_5", "encoder"),
        pairs("figure_6", "enc_self"),
        Plot("figure_a4", lambda t: numbers.neuron_curves(t.neuron_maxima), neuron_curves),
        with_lth0("figure_a5", "LayerSim"),
        pairs("figure_a6", "decoder"),
        Plot("figure_a7", lambda t: numbers.spectra(t.spectra, t.sparsity), spectra),
        pairs("figure_a8", "enc_dec", "dec_self"),
        pairs("figure_a9", "encoder", "decoder", even=True),
        pairs("figure_a10", "enc_self", "enc_dec", even=True),
        pairs("figure_a11", "dec_self", even=True),
        Plot("similarity_baseline", against_other_seeds, baseline),
        Plot(
            "categories",
            lambda t: numbers.categories(t.categories, t.sparsity, t.last),
            categories,
        ),
        Plot(
            "attention_concentration",
            lambda t: numbers.concentration(t.attention_concentration, t.sparsity),
            concentration,
        ),
    )


# --- heat maps -------------------------------------------------------------------------------


def layers_by_ticket(frame: pd.DataFrame) -> Drawing:
    """Each layer's similarity with the same layer of LTH0, by ticket (Figures 4 and A5).

    With several seeds, the last column compares LTH0s of different seeds, which share nothing but
    their text.
    """
    between = frame["ticket"] == OTHER_SEED
    if between.all():
        return forms.nothing(ALONE)
    rows = [
        {
            f"{side}, {name}": frame[
                (frame["module"] == side) & ((frame["series"] == name) | between)
            ]
            .pivot_table("value", "layer", "ticket", sort=False)
            .sort_index(ascending=False)
            .rename(index=_layer, columns=_column)
            for name in series_of(frame)
        }
        for side in STATES
    ]
    label = f"{frame['measure'].iloc[0]} with LTH0"
    figure, _ = forms.heatmaps(
        rows, (0.4, 0.34), _scale(frame), label, x="ticket LTHk", y="layer", number=_two_digits
    )
    n = frame.groupby("module")["n"].max()
    positions = ", ".join(f"{n[side]:,} ({side})" for side in STATES)
    pairs = f"; other seed: {forms.pairs_in(frame[between])}" if between.any() else ""
    return figure, (
        f"E: embedding. n = {positions} positions; {forms.seeds_in(frame[~between])}{pairs}."
    )


def layers_by_layers(frame: pd.DataFrame) -> Drawing:
    """All layers of some tickets against each other (Figures 5, 6, A6, A8 to A11).

    A row of panels a module, a column a series.
    """
    if frame.empty:
        return forms.nothing(NO_PAIR)
    tickets, modules = list(frame["ticket"].unique()), list(frame["module"].unique())
    layers = {m: sorted(frame.loc[frame["module"] == m, "layer"].unique()) for m in modules}
    size = len(tickets) * max(map(len, layers.values()))
    rows = []
    for module in modules:
        ends = pd.MultiIndex.from_product([tickets, layers[module]])
        labels = [_layer(layer) for _, layer in ends]
        grids = {
            name: frame[(frame["module"] == module) & (frame["series"] == name)].pivot_table(
                "value", ["ticket", "layer"], ["other_ticket", "other_layer"]
            )
            for name in series_of(frame)
        }
        rows.append(
            {
                f"{MODULES[module]},\n{name}": grid.reindex(index=ends, columns=ends)
                .set_axis(labels, axis=0)
                .set_axis(labels, axis=1)
                for name, grid in grids.items()
            }
        )
    annotate = size <= ANNOTATED
    side = max((0.3 if annotate else 0.12) * size, 2.2) / size
    figure, axes = forms.heatmaps(
        rows,
        (side, side),
        _scale(frame),
        frame["measure"].iloc[0],
        x="layer",
        y="layer",
        number=_two_digits if annotate else None,
    )
    for module, row in zip(modules, axes, strict=True):
        for panel in row:
            _name_blocks(panel, tickets, len(layers[module]))
    embedding = "E: embedding. " if frame["layer"].min() == 0 else ""
    return figure, f"{embedding}{forms.seeds_in(frame).capitalize()}."


def _scale(frame: pd.DataFrame) -> Normalize:
    return Normalize(min(0.5, frame["value"].min()), 1)


def _two_digits(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _column(ticket: str) -> str:
    return ticket.removeprefix("LTH").replace(" ", "\n")


def _layer(layer: int) -> str:
    return str(layer) if layer else "E"


def _name_blocks(axes: Axes, names: Sequence[str], size: int) -> None:
    """Name the tickets above their layers, and divide them along both sides."""
    axes.set_title(axes.get_title(), pad=16)
    for i, name in enumerate(names):
        place = (i * size + (size - 1) / 2, -0.5)
        axes.annotate(
            name, place, xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8
        )
        if i:
            axes.axhline(i * size - 0.5, color="white", lw=1.5)
            axes.axvline(i * size - 0.5, color="white", lw=1.5)


# --- curves of the final layers --------------------------------------------------------------


def neuron_curves(frame: pd.DataFrame) -> Drawing:
    """Distribution of each neuron's best correlation with LTH0, final layers (Figure A4)."""
    if frame.empty:
        return forms.nothing(ALONE)
    tickets = list(frame["ticket"].unique())
    looks = dict(zip(tickets, forms.shades(len(tickets)), strict=True))
    figure, axes = _sides(frame)
    for panel, rows in _of_sides(frame, axes, with_dense=False):
        for ticket, curve in rows.groupby("ticket", sort=False):
            x, y = curve["correlation"], curve["share_percent"]
            panel.step(x, y, color=looks[ticket], lw=1.3, where="post", label=ticket)
            if curve["seeds"].max() > 1:
                for _, of_seed in curve.groupby("seed"):
                    x, y = of_seed["correlation"], of_seed["seed_percent"]
                    panel.step(x, y, color=looks[ticket], lw=0.4, alpha=0.4, where="post")
    x = "largest |correlation|\nwith a neuron of LTH0"
    forms.label_axes(axes, x, ["cumulative share (%)"] * 2)
    _ticket_legend(axes)
    counts = frame.groupby(["module", "seed", "series", "ticket"], sort=False).size()
    n = ", ".join(f"{counts[side].iloc[0]:,} ({side})" for side in STATES)
    return figure, (
        f"Neurons of the final layers: n = {n}; {forms.seeds_in(frame)}."
        + (" Thin: single seeds." if frame["seeds"].max() > 1 else "")
    )


def spectra(frame: pd.DataFrame) -> Drawing:
    """Variance explained by the first singular vectors of the final layers (Figure A7)."""
    ks = sorted(frame["k"].unique())
    looks = dict(zip(ks, forms.shades(len(ks)), strict=True))
    figure, axes = _sides(frame)
    for panel, rows in _of_sides(frame, axes, with_dense=True):
        for (k, centered), curve in rows.groupby(["k", "centered"]):
            label, style = (None, ":") if centered else (f"LTH{k}", "-")
            x, y = curve["rank"], curve["share_percent"]
            forms.thin_seeds(panel, x, curve, color=looks[k], ls=style)
            panel.plot(x, y, color=looks[k], lw=1.1, ls=style, label=label)
        panel.axhline(80, color="#777777", lw=0.8)
    forms.label_axes(axes, "singular vectors", ["variance explained (%)"] * 2)
    _ticket_legend(axes)
    return figure, (
        "Final layers. Solid: uncentred, as the authors computed it; dotted: centred; horizontal "
        f"line: 80 %; {forms.seeds_in(frame)}."
        + (" Thin: single seeds." if frame["seeds"].max() > 1 else "")
    )


def _sides(frame: pd.DataFrame) -> tuple[Figure, Panels]:
    """Panels (encoder and decoder, series)."""
    count = len(series_of(frame))
    return forms.panels(2, count, 2.6 * count + 1.2, 5)


def _of_sides(
    frame: pd.DataFrame, axes: Panels, *, with_dense: bool
) -> Iterator[tuple[Axes, pd.DataFrame]]:
    """Each panel of `_sides`, with its rows."""
    for side, row in zip(STATES, axes, strict=True):
        for name, panel in zip(series_of(frame), row, strict=True):
            panel.set_title(f"{side}, {name}")
            series = [name, DENSE] if with_dense else [name]
            yield panel, frame[(frame["module"] == side) & frame["series"].isin(series)]


def _ticket_legend(axes: Panels) -> None:
    """Beside the panels: the tickets of all series, since one need not have all of them.

    It is the figure's, as a panel with a legend of twenty tickets would be laid out for the legend.
    """
    labelled = forms.labelled_in(axes.ravel())
    order = sorted(labelled, key=lambda ticket: int(ticket.removeprefix("LTH")))
    handles = [labelled[ticket] for ticket in order]
    axes[0, -1].figure.legend(handles, order, loc="outside right upper")


# --- categories, concentration, baseline -----------------------------------------------------


def categories(frame: pd.DataFrame) -> Drawing:
    """Debiased CKA of the final encoder layer with LTH0, by category of token (section 5.3)."""
    if frame.empty:
        return forms.nothing(f"No category of tokens was compared: {ALONE[0].lower()}{ALONE[1:]}")
    kinds, names = list(frame["kind"].unique()), series_of(frame)
    longest = max(frame[frame["kind"] == kind]["category"].nunique() for kind in kinds)
    size = (3.2 * len(kinds) + 0.8, max(0.24 * longest + 1.2, 2.6))
    figure, axes = forms.panels(1, len(kinds), *size, sharey=False)
    for panel, kind in zip(axes[0], kinds, strict=True):
        rows = frame[frame["kind"] == kind]
        first = rows[rows["series"] == names[0]].set_index("category")
        order = list(first["debiased"].sort_values().index)
        if kind == "frequency":  # the most frequent on top
            order.sort(key=lambda ranks: -int(re.split("[-+]", ranks)[0]))
        for number, name in enumerate(names):
            values = rows[rows["series"] == name].set_index("category").reindex(order)
            places = np.arange(len(order)) + 0.22 * ((len(names) - 1) / 2 - number)
            look = forms.look_of(name, names) | {"ls": "", "ms": 4, "label": name}
            forms.dots(panel, places, values, "debiased", upright=False, **look)
        paper = first["paper"].reindex(order)
        forms.paper_marks(panel, paper, np.arange(len(order)), "paper (not debiased)")
        labels = [f"{category} (n={first.loc[category, 'n']:,})" for category in order]
        panel.set_yticks(range(len(order)), labels)
        panel.grid(True, axis="x")
        panel.grid(False, axis="y")
        panel.set_title(f"LTH{frame['k'].iloc[0]}, by {KINDS.get(kind, kind)}")
    forms.label_axes(axes, "debiased linear CKA", [""])
    forms.legend(figure)
    return figure, (
        "Final encoder layer, with LTH0; n: tokens; "
        + forms.averages_in(frame, "Bars", "95 % bootstrap over sentences", single="Small dots")
    )


def concentration(frame: pd.DataFrame) -> Drawing:
    """Share of attention distributions with nearly all mass on one token (section 5.4.3)."""
    figure, axes = forms.panels(1, 3, 9, 3.2)
    for panel, module in zip(axes[0], ATTENTION, strict=True):
        rows = frame[frame["module"] == module]
        forms.series_lines(panel, rows, series_of(frame), "share_percent")
        forms.paper_marks(panel, rows["x_percent"], rows["paper"])
        panel.set_title(MODULES[module])
    axes[0, 0].set_ylim(bottom=0)
    forms.label_axes(axes, forms.SPARSITY, ["distributions (%)"])
    forms.legend(figure)
    return figure, (
        "Share of the attention distributions of all layers and heads that put nearly all of "
        f"their mass on one token (similarity.threshold), {forms.curves_in(frame)}"
    )


def baseline(frame: pd.DataFrame) -> Drawing:
    """Similarity with LTH0 against that of LTH0s of different seeds: a row a layer."""
    between = frame[frame["ticket"] == OTHER_SEED]
    tickets = frame[frame["ticket"] != OTHER_SEED]
    if tickets.empty:
        return forms.nothing(ALONE)
    layers = sorted(frame["layer"].unique(), reverse=True)
    figure, axes = forms.panels(
        len(layers), len(COMPARED), 1.7 * len(COMPARED) + 0.7, 1.5 * len(layers) + 1
    )
    for (measure, module), column in zip(COMPARED, axes.T, strict=True):
        of_module = frame[(frame["measure"] == measure) & (frame["module"] == module)]
        for layer, panel in zip(layers, column, strict=True):
            rows = of_module[of_module["layer"] == layer]
            forms.against_other_seeds(panel, rows, series_of(frame))
        name = MODULES[module].replace(" ", "\n", 1)
        column[0].set_title(f"{measure}\n{name}\n(n = {of_module['n'].max():,})", fontsize=9)
    forms.label_axes(axes, "sparsity (%)", [f"layer {layer}" for layer in layers])
    forms.legend(figure)
    if len(between):
        ends = JACKKNIFE if between["seeds"].max() == 1 else "from the lowest pair to the highest"
        comparison = (
            "Dotted: two LTH0s of different seeds, which share only their text "
            f"({forms.pairs_in(between)}; grey: {ends}). A ticket on this line is no more similar "
            "to its LTH0 than two models trained independently."
        )
    else:
        comparison = NO_BASELINE
    return figure, (
        "Each layer compared with the same layer of its seed's LTH0; sparsity without embeddings; "
        f"n: positions, or pairs of words; {forms.curves_in(tickets, JACKKNIFE)} {comparison}"
    )
