"""What BLEU does not see: contrasts, words by frequency, lengths, flips, predictions.

Each function draws the table that the function of the same name in `tables.contrasts` or
`tables.behaviour` returns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from ticketscope.claims.behaviour import LEAST_PAIRS
from ticketscope.claims.tables import Tables as ClaimTables
from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.labels import name_dots
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables import behaviour as numbers
from ticketscope.report.tables import contrasts
from ticketscope.report.tables.behaviour import KINDS
from ticketscope.report.tables.contrasts import BLEU, CHANCE
from ticketscope.report.tables.shared import DENSE, seed_columns, series_of
from ticketscope.report.tables.similarity import OTHER_SEED

COLUMNS = 4  # panels side by side
BOOTSTRAP = "95 % bootstrap over sentences"
ITEMS = "95 % bootstrap over sentences or pairs"
# Marker and colour of a group of tasks: no colour of a series.
GROUPS = {"Syntax": ("o", "#56B4E9"), "Semantics": ("D", "#CC79A7"), "POS": ("^", "#E69F00")}
OTHER_GROUP = ("s", "#BBBBBB")
WAYS = {
    "churn": "flip beyond the mean's change\n(share of items)",
    "net": "change of the mean\n(share of items, no sign)",
}
MEASURES = {
    "kl": "divergence from LTH0\n(nats a position)",
    "agreement": "same first choice as LTH0\n(share of positions)",
    "departure": "before the first difference\n(share of LTH0's sentence)",
    "identical": "same translation as LTH0\n(share of sentences)",
}


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: the experiment's tables of these names.

    Attributes:
        contrasts: As the next three None, where there is no contrast set.
        probes: None, where nothing was probed.
    """

    paper_model = "Transformer-Big, WMT16"
    sparsity: pd.DataFrame
    table_a1: pd.DataFrame
    words: pd.DataFrame
    lengths: pd.DataFrame
    decoding: pd.DataFrame
    flips: pd.DataFrame
    probabilities: pd.DataFrame
    contrasts: pd.DataFrame | None = None
    contrast_items: pd.DataFrame | None = None
    contrast_margins: pd.DataFrame | None = None
    probes: pd.DataFrame | None = None

    @property
    def of_pairs(self) -> ClaimTables:
        """What pairs of tasks and phenomena are read from, as claims read it."""
        named: Mapping[str, pd.DataFrame | None] = {
            "sparsity": self.sparsity,
            "contrast_items": self.contrast_items,
            "contrast_margins": self.contrast_margins,
            "probes": self.probes,
        }
        return ClaimTables({name: table for name, table in named.items() if table is not None})


def plots() -> dict[str, Plot[Tables]]:
    """All figures by file name, in the order of their titles."""

    def kept(t: Tables) -> pd.DataFrame:
        assert t.contrasts is not None
        return contrasts.contrasts_kept(t.contrasts, t.table_a1, t.sparsity)

    def margins(t: Tables) -> pd.DataFrame:
        assert t.contrasts is not None
        return contrasts.contrast_margins(t.contrasts, t.sparsity)

    return by_name(
        Plot("contrasts_kept", kept, contrasts_kept),
        Plot("contrasts_probes", lambda t: contrasts.pair_changes(t.of_pairs), pair_changes),
        Plot("contrast_margins", margins, contrast_margins),
        Plot("words_by_frequency", lambda t: numbers.word_scores(t.words, t.sparsity), word_scores),
        Plot(
            "bleu_by_length", lambda t: numbers.length_scores(t.lengths, t.sparsity), length_scores
        ),
        Plot("flips", lambda t: numbers.item_flips(t.flips, t.sparsity), item_flips),
        Plot(
            "predictions",
            lambda t: numbers.departures(t.probabilities, t.decoding, t.sparsity),
            departures,
        ),
    )


# --- contrasts -------------------------------------------------------------------------------


def contrasts_kept(frame: pd.DataFrame) -> Drawing:
    """BLEU, then a panel a phenomenon, against sparsity."""
    figure, panels = _small_multiples(frame, share=frame["measure"] != BLEU)
    names = series_of(frame)
    for name, panel in panels.items():
        rows = frame[frame["panel"] == name]
        forms.series_lines(panel, rows, names, "value")
        if (rows["measure"] == BLEU).all():
            forms.paper_marks(panel, rows["x_percent"], rows["paper"])
            panel.set_ylabel("BLEU / LTH0's BLEU")
            if rows["value"].isna().all():
                panel.text(0.5, 0.5, "LTH0 has no BLEU", ha="center", transform=panel.transAxes)
        else:
            panel.axhline(CHANCE, color="#333333", lw=1, ls="--", label="chance")
    accuracy = frame[frame["measure"] != BLEU]
    drawn = accuracy[["value", *seed_columns(accuracy)]]
    bottom, top = (min(drawn.min(axis=None), CHANCE), max(drawn.max(axis=None), CHANCE))
    _, first, *_ = panels.values()
    first.set_ylim(bottom - 0.04, min(top + 0.04, 1.02))
    _label_small_multiples(panels, "accuracy", start=1)
    forms.legend(figure)
    return figure, (
        "First panel: BLEU as a share of LTH0's of the same seed. Others: share of pairs whose "
        "correct translation has the larger log-probability, n pairs a phenomenon; "
        f"{forms.seeds_in(frame)}.{forms.intervals_in(frame, 'Bands', ITEMS)} {forms.SAME_PLACE}"
    )


def contrast_margins(frame: pd.DataFrame) -> Drawing:
    """A panel a phenomenon, against sparsity, each with its own scale."""
    figure, panels = _small_multiples(frame, share=pd.Series(False, frame.index))
    for name, panel in panels.items():
        forms.series_lines(panel, frame[frame["panel"] == name], series_of(frame), "value")
        panel.axhline(0, color="#333333", lw=1, ls="--", label="no preference")
        panel.margins(y=0.1)
    _label_small_multiples(panels, "nats", start=0)
    forms.legend(figure)
    return figure, (
        "Log-probability of the correct translation less that of the incorrect one, mean over n "
        f"pairs; {forms.seeds_in(frame)}; each panel has its own scale."
        f"{forms.intervals_in(frame, 'Bands')} {forms.SAME_PLACE}"
    )


def _small_multiples(frame: pd.DataFrame, share: pd.Series) -> tuple[Figure, dict[str, Axes]]:
    """A panel for each name in the column `panel`; those in `share` have one scale."""
    names = list(frame["panel"].unique())
    columns = min(COLUMNS, len(names))
    height = -(-len(names) // columns)
    figure = Figure(figsize=(2.5 * columns + 0.3, 1.9 * height + 0.6), layout="constrained")
    panels: dict[str, Axes] = {}
    first = None
    for number, name in enumerate(names):
        rows = frame["panel"] == name
        shared = bool(share[rows].all())
        panel = figure.add_subplot(height, columns, number + 1, sharey=first if shared else None)
        if shared and first is None:
            first = panel
        count = frame.loc[rows, "n"].iloc[0]
        panel.set_title(name if pd.isna(count) else f"{name} (n = {count:,.0f})")
        panels[str(name)] = panel
    return figure, panels


def _label_small_multiples(panels: Mapping[str, Axes], unit: str, start: int) -> None:
    """Label the bottom row, and the left column from panel `start` on, which is labelled too."""
    shown = list(panels.values())
    columns = min(COLUMNS, len(shown))
    for number, panel in enumerate(shown):
        if number + columns >= len(shown):
            panel.set_xlabel(forms.SPARSITY)
        if number >= start and (number % columns == 0 or number == start):
            panel.set_ylabel(unit)


def pair_changes(frame: pd.DataFrame) -> Drawing:
    """A dot a pair of task and phenomenon: change of the probe across, of the contrasts up."""
    if frame.empty:
        return forms.nothing(
            "No probed task reads what a phenomenon is about, or there is no control."
        )
    size = (6.6, 5.2)
    figure, ((axes,),) = forms.panels(1, 1, size[0] + 0.9, size[1] + 1.0)
    for line in (axes.axhline, axes.axvline):
        line(0, color="#333333", lw=0.8, zorder=1)
    groups = frame["group"].where(frame["group"].isin(list(GROUPS)), "other")
    for group in [*GROUPS, "other"]:
        rows = frame[groups == group]
        if len(rows):
            _pairs(axes, rows, group)
    _limit(axes, frame)
    names = [f"{row.task}: {row.phenomenon}" for row in frame.itertuples()]
    name_dots(axes, frame[["score", "accuracy"]].to_numpy(float), names, size)
    axes.grid(True, axis="x")
    axes.set_xlabel("change of the linear probe's score, magnitude less control (points of 100)")
    axes.set_ylabel("change of the contrasts' accuracy, magnitude less control (points of 100)")
    handles = list(forms.labelled_in([axes]).values())
    forms.legend(figure, handles)
    bars = forms.intervals_in(frame, "Bars", single="Thin marks")
    correlated = ""
    if len(frame) >= LEAST_PAIRS:
        mean = ", mean of the seeds" if _seeds(frame) else ""
        correlated = (
            f" Rank correlation over {len(frame)} pairs: {rank_correlation(frame):.2f}{mean}."
        )
    return figure, (
        f"{frame['ticket'].iloc[0]}, which stands for the paper's LTH{contrasts.PAIRED_AT}, less "
        "the control of the same iteration; both in points of 100 (accuracy, F1 or r), layer best "
        f"on dev in LTH0; {forms.seeds_in(frame)}.{correlated}{bars} "
        "Below and left of the lines, both lose."
    )


def _pairs(axes: Axes, rows: pd.DataFrame, group: str) -> None:
    marker, shade = GROUPS.get(group, OTHER_GROUP)
    x, y = rows["score"], rows["accuracy"]
    for seed in _seeds(rows):
        axes.plot(
            rows[f"score_{seed}"], rows[f"accuracy_{seed}"], marker, ms=2.5, mew=0.5, mfc="none",
            mec=shade, zorder=1.5, ls="",
        )  # fmt: skip
    axes.errorbar(
        x, y,
        xerr=[x - rows["score_low"], rows["score_high"] - x],
        yerr=[y - rows["accuracy_low"], rows["accuracy_high"] - y],
        fmt="none", ecolor=shade, elinewidth=0.6, alpha=0.7, zorder=1.4,
    )  # fmt: skip
    axes.plot(x, y, marker, color=shade, mec="#333333", mew=0.6, ms=6, ls="", label=group, zorder=3)


def _limit(axes: Axes, frame: pd.DataFrame) -> None:
    """Fix the limits around means and seeds; the ends of wide intervals may lie outside."""
    seeds = _seeds(frame)
    for name, limit in (("score", axes.set_xlim), ("accuracy", axes.set_ylim)):
        values = frame[[name, *(f"{name}_{seed}" for seed in seeds)]].to_numpy(float)
        low, high = min(np.nanmin(values), 0), max(np.nanmax(values), 0)
        margin = 0.12 * max(high - low, 0.1)
        limit(low - margin, high + margin)


def rank_correlation(frame: pd.DataFrame) -> float:
    """Spearman's correlation of both changes over pairs, mean over seeds (`follows` of a claim)."""
    columns = [f"_{seed}" for seed in _seeds(frame)] or [""]
    ranks = [
        stats.rankdata(frame[[f"score{column}", f"accuracy{column}"]].to_numpy(float), axis=0)
        for column in columns
    ]
    if any(np.ptp(rank, axis=0).min() == 0 for rank in ranks):
        return 0.0
    return float(np.mean([np.corrcoef(rank, rowvar=False)[0, 1] for rank in ranks]))


def _seeds(frame: pd.DataFrame) -> list[str]:
    """Names of single seeds in the columns of a pair."""
    named = frame.rename(columns=lambda name: str(name).removeprefix("score_"))
    return seed_columns(named)


# --- words, lengths, flips, predictions ------------------------------------------------------


def word_scores(frame: pd.DataFrame) -> Drawing:
    """F1 against sparsity, a panel a series, a shade a bucket."""
    if frame.empty:
        return forms.nothing("The test text has no words.")
    figure, axes = _buckets(frame, "f1", frame["frequency"] + " times")
    top = frame[["f1", *seed_columns(frame)]].max(axis=None)
    axes[0, 0].set_ylim(0, min(1.05 * top + 0.01, 1.02))
    forms.label_axes(axes, forms.SPARSITY, ["F1 of words"])
    return figure, (
        "By occurrences of the word in the training text; n: words of the references; "
        f"{forms.seeds_in(frame)}.{forms.intervals_in(frame, 'Bands', BOOTSTRAP)} "
        f"{forms.SAME_PLACE}"
    )


def length_scores(frame: pd.DataFrame) -> Drawing:
    """BLEU against sparsity, a panel a series, a shade a bucket."""
    if frame.empty:
        return forms.nothing("The test text has no sentences.")
    figure, axes = _buckets(frame, "bleu", frame["length"] + " words")
    axes[0, 0].set_ylim(bottom=0)
    forms.label_axes(axes, forms.SPARSITY, ["BLEU"])
    return figure, (
        "By words of the reference; n: sentences; "
        f"{forms.seeds_in(frame)}.{forms.intervals_in(frame, 'Bands', BOOTSTRAP)} "
        f"{forms.SAME_PLACE}"
    )


def _buckets(frame: pd.DataFrame, value: str, names: pd.Series) -> tuple[Figure, forms.Panels]:
    """A panel a series, a line a bucket, darker from bucket to bucket; `names` of the rows'."""
    shown, buckets = series_of(frame), sorted(frame["bucket"].unique())
    figure, axes = forms.panels(1, len(shown), 2.7 * len(shown) + 0.8, 3.6)
    looks = dict(zip(buckets, forms.shades(len(buckets)), strict=True))
    for name, panel in zip(shown, axes[0], strict=True):
        for number, bucket in enumerate(buckets):
            rows = frame[(frame["bucket"] == bucket) & frame["series"].isin([name, DENSE])]
            rows = rows.sort_values("x_percent", kind="stable")
            label = f"{names[rows.index[0]]} (n = {rows['n'].iloc[0]:,})"
            marker = "os^DvPX*"[number % 8]
            look = {"color": looks[bucket], "marker": marker, "ms": 4, "label": label}
            forms.line(panel, rows, "x_percent", value, **look)
        panel.set_title(name)
    forms.legend(figure, columns=3)
    return figure, axes


def item_flips(frame: pd.DataFrame) -> Drawing:
    """Churn above, change of the mean below, a column a kind of items."""
    if frame.empty:
        return forms.nothing("No ticket was compared with LTH0.")
    kinds = [kind for kind in KINDS if kind in set(frame["kind"])]
    figure, axes = forms.panels(len(WAYS), len(kinds), 2.8 * len(kinds) + 0.9, 5.2)
    for kind, column in zip(kinds, axes.T, strict=True):
        rows = frame[frame["kind"] == kind]
        for way, panel in zip(WAYS, column, strict=True):
            _against_other_seeds(panel, rows[rows["measure"] == way], series_of(frame))
        count, of = rows["n"].iloc[0], {"contrast": "phenomena", "linear": "tasks"}.get(kind)
        mean = f"\n(mean of {count} {of})" if count > 1 else ""
        column[0].set_title(KINDS[kind] + mean)
    axes[0, 0].set_ylim(bottom=0)
    forms.label_axes(axes, forms.SPARSITY, list(WAYS.values()))
    forms.legend(figure)
    tickets = frame[frame["ticket"] != OTHER_SEED]
    return figure, (
        "Each ticket against LTH0 of its seed. Above: items that flip in one direction and are "
        "made up for by as many in the other. Sentences: well translated or not; probes: label "
        f"right or not; {forms.seeds_in(tickets)}.{forms.intervals_in(tickets, 'Bands')} "
        f"{forms.SAME_PLACE}{_level_in(frame)}"
    )


def departures(frame: pd.DataFrame) -> Drawing:
    """Predictions on the left, free translations on the right."""
    if frame.empty:
        return forms.nothing("No ticket was compared with LTH0.")
    figure = Figure(figsize=(8.4, 5.4), layout="constrained")
    axes = figure.subplots(2, 2, squeeze=False, sharex=True)
    for panel, (measure, unit) in zip(axes.T.ravel(), MEASURES.items(), strict=True):
        rows = frame[frame["measure"] == measure]
        _against_other_seeds(panel, rows, series_of(frame))
        panel.set_ylabel(unit)
        if measure != "kl":
            panel.set_ylim(0, 1)
        else:
            panel.set_ylim(bottom=0)
    n = frame.groupby("measure")["n"].max()
    axes[0, 0].set_title(f"next word of the reference (n = {n.get('kl', 0):,})")
    axes[0, 1].set_title(f"the ticket's own translation (n = {n.get('identical', 0):,})")
    forms.label_axes(axes, forms.SPARSITY, [axes[0, 0].get_ylabel(), axes[1, 0].get_ylabel()])
    for panel in axes[0]:
        panel.set_xlabel("")
    forms.legend(figure)
    tickets = frame[frame["ticket"] != OTHER_SEED]
    within = f"{BOOTSTRAP}, of the divergence"
    return figure, (
        "Each ticket against LTH0 of its seed. Left: both read the same words of the reference. "
        f"Right: each goes on from its own words; {forms.seeds_in(tickets)}."
        f"{forms.intervals_in(tickets, 'Bands', within)} {forms.SAME_PLACE}{_level_in(frame)}"
    )


def _against_other_seeds(panel: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    """A line a series, and dotted the level of LTH0s of two seeds, with its range."""
    level = rows["ticket"] == OTHER_SEED
    forms.series_lines(panel, rows[~level], names, "value")
    for row in rows[level].itertuples():
        panel.axhspan(row.low, row.high, color="black", alpha=0.1, lw=0)
        panel.axhline(row.value, color="black", lw=1.2, ls=":", label="LTH0s of two seeds")


def _level_in(frame: pd.DataFrame) -> str:
    """What the dotted line is; begins with a space."""
    between = frame[frame["ticket"] == OTHER_SEED]
    if between.empty:
        return " How far LTH0s of two seeds are apart takes several `seeds`."
    count = int(between["seeds"].max())
    pairs = f"mean of {count} pairs, grey from the lowest to the highest" if count > 1 else "1 pair"
    return f" Dotted: LTH0s of two seeds, which share nothing but their text ({pairs})."
