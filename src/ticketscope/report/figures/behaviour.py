"""Behaviour beyond BLEU: contrasts (`contrasts`), words by frequency, lengths, flips, predictions.

Each function draws the table that the function of the same name in `tables.behaviour` returns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from ticketscope.claims.tables import Tables as ClaimTables
from ticketscope.report.figures import contrasts as drawn
from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables import behaviour as numbers
from ticketscope.report.tables import contrasts
from ticketscope.report.tables.behaviour import KINDS
from ticketscope.report.tables.contrasts import UNKNOWN, about_unknown, known_to_lth0
from ticketscope.report.tables.shared import DENSE, OTHER_SEED, seed_columns, series_of

BOOTSTRAP = "95 % bootstrap over sentences"
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

    def pairs(t: Tables) -> pd.DataFrame:
        assert t.contrasts is not None
        return contrasts.pair_changes(t.of_pairs, known_to_lth0(t.contrasts))

    def flips(t: Tables) -> pd.DataFrame:
        known = None if t.contrasts is None else known_to_lth0(t.contrasts)
        return numbers.item_flips(t.flips, t.sparsity, known)

    return by_name(
        Plot("contrasts_kept", kept, drawn.contrasts_kept),
        Plot("contrasts_probes", pairs, drawn.pair_changes),
        Plot("contrast_margins", margins, drawn.contrast_margins),
        Plot("words_by_frequency", lambda t: numbers.word_scores(t.words, t.sparsity), word_scores),
        Plot(
            "bleu_by_length", lambda t: numbers.length_scores(t.lengths, t.sparsity), length_scores
        ),
        Plot("flips", flips, item_flips),
        Plot(
            "predictions",
            lambda t: numbers.departures(t.probabilities, t.decoding, t.sparsity),
            departures,
        ),
    )


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
        f"{forms.curves_in(frame, BOOTSTRAP)}"
    )


def length_scores(frame: pd.DataFrame) -> Drawing:
    """BLEU against sparsity, a panel a series, a shade a bucket."""
    if frame.empty:
        return forms.nothing("The test text has no sentences.")
    figure, axes = _buckets(frame, "bleu", frame["length"] + " words")
    axes[0, 0].set_ylim(bottom=0)
    forms.label_axes(axes, forms.SPARSITY, ["BLEU"])
    return figure, f"By words of the reference; n: sentences; {forms.curves_in(frame, BOOTSTRAP)}"


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
            forms.against_other_seeds(panel, rows[rows["measure"] == way], series_of(frame))
        count, of = rows["n"].iloc[0], {"contrast": "phenomena", "linear": "tasks"}.get(kind)
        notes = [f"mean of {count} {of}"] if count > 1 else []
        notes += [f"{n} {UNKNOWN}" for n in rows["n_unknown"].unique() if n]
        column[0].set_title(KINDS[kind] + (f"\n({', '.join(notes)})" if notes else ""))
    axes[0, 0].set_ylim(bottom=0)
    forms.label_axes(axes, forms.SPARSITY, list(WAYS.values()))
    forms.legend(figure)
    tickets = frame[frame["ticket"] != OTHER_SEED]
    unknown = about_unknown(int(tickets["seeds"].max())) if frame["n_unknown"].any() else ""
    return figure, (
        "Each ticket against LTH0 of its seed. Above: items that flip in one direction, offset by "
        "as many in the other. Sentences: well translated or not; probes: label "
        f"right or not; {forms.curves_in(tickets)}{_level_in(frame)}{unknown}"
    )


def departures(frame: pd.DataFrame) -> Drawing:
    """Predictions on the left, free translations on the right."""
    if frame.empty:
        return forms.nothing("No ticket was compared with LTH0.")
    figure, axes = forms.panels(2, 2, 8.4, 5.4, sharey=False)
    for panel, (measure, unit) in zip(axes.T.ravel(), MEASURES.items(), strict=True):
        rows = frame[frame["measure"] == measure]
        forms.against_other_seeds(panel, rows, series_of(frame))
        panel.set_ylabel(unit)
        panel.set_ylim(0, None if measure == "kl" else 1)
    n = frame.groupby("measure")["n"].max()
    axes[0, 0].set_title(f"next word of the reference (n = {n.get('kl', 0):,})")
    axes[0, 1].set_title(f"the ticket's own translation (n = {n.get('identical', 0):,})")
    for panel in axes[1]:
        panel.set_xlabel(forms.SPARSITY)
    forms.legend(figure)
    tickets = frame[frame["ticket"] != OTHER_SEED]
    within = f"{BOOTSTRAP}, of the divergence"
    return figure, (
        "Each ticket against LTH0 of its seed. Left: both read the same words of the reference. "
        f"Right: each goes on from its own words; {forms.curves_in(tickets, within)}"
        f"{_level_in(frame)}"
    )


def _level_in(frame: pd.DataFrame) -> str:
    """What the dotted line is; begins with a space."""
    between = frame[frame["ticket"] == OTHER_SEED]
    if between.empty:
        return " How far LTH0s of two seeds are apart takes several `seeds`."
    count = int(between["seeds"].max())
    pairs = f"mean of {count} pairs, grey from the lowest to the highest" if count > 1 else "1 pair"
    return f" Dotted: LTH0s of two seeds, which share nothing but their text ({pairs})."
