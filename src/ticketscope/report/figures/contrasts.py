"""Contrastive pairs beside BLEU and beside probes.

Each function draws the table that the function of the same name in `tables.contrasts` returns.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from ticketscope.claims.behaviour import LEAST_PAIRS
from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.labels import name_dots
from ticketscope.report.figures.style import colour
from ticketscope.report.tables.contrasts import BLEU, CHANCE, PAIRED_AT, UNKNOWN, about_unknown
from ticketscope.report.tables.shared import seed_columns, series_of

ITEMS = "95 % bootstrap over sentences or pairs"
# Marker and colour of a group of tasks: no colour of a series.
GROUPS = {"Syntax": ("o", "#56B4E9"), "Semantics": ("D", "#CC79A7"), "POS": ("^", "#E69F00")}
OTHER_GROUP = ("s", "#BBBBBB")
# Inside of the marks of what LTH0 does not know.
HOLLOW = "white"


def contrasts_kept(frame: pd.DataFrame) -> Drawing:
    """BLEU, then a panel a phenomenon, against sparsity."""
    figure, panels = _small_multiples(frame, "accuracy")
    bleu, *others = panels.values()
    rows, names = frame[frame["measure"] == BLEU], series_of(frame)
    for series in names:
        of, shade = rows[rows["series"] == series], colour(series, names)
        forms.paper_marks(bleu, of["x_percent"], of["paper"], f"paper, {series}", shade)
    bleu.set_ylabel("BLEU / LTH0's BLEU")
    if rows["value"].isna().all():
        bleu.text(0.5, 0.5, "LTH0 has no BLEU", ha="center", transform=bleu.transAxes)
    accuracy = frame[frame["measure"] != BLEU]
    drawn = accuracy[["value", *seed_columns(accuracy)]]
    bottom, top = (min(drawn.min(axis=None), CHANCE), max(drawn.max(axis=None), CHANCE))
    for panel in others:
        panel.axhline(CHANCE, color="#333333", lw=1, ls="--", label="chance")
        panel.set_ylim(bottom - 0.04, min(top + 0.04, 1.02))
    others[0].set_ylabel("accuracy")
    _legend_small_multiples(figure, panels, frame)
    return figure, (
        "First panel: BLEU as a share of LTH0's of the same seed. Others: share of pairs whose "
        "correct translation has the larger log-probability, n pairs a phenomenon; "
        f"{forms.curves_in(frame, ITEMS)}{_unknown_in(frame)}"
    )


def contrast_margins(frame: pd.DataFrame) -> Drawing:
    """A panel a phenomenon, against sparsity, each with its own scale."""
    figure, panels = _small_multiples(frame, "nats")
    for panel in panels.values():
        panel.axhline(0, color="#333333", lw=1, ls="--", label="no preference")
        panel.margins(y=0.1)
    _legend_small_multiples(figure, panels, frame)
    return figure, (
        "Log-probability of the correct translation less that of the incorrect one, mean over n "
        f"pairs; each panel has its own scale; {forms.curves_in(frame)}{_unknown_in(frame)}"
    )


def _fill(rows: pd.DataFrame) -> dict[str, str]:
    """How markers of a phenomenon are filled: not at all, if LTH0 does not know it."""
    return {"mfc": HOLLOW} if rows["known"].eq(False).any() else {}


def _unknown_in(frame: pd.DataFrame) -> str:
    """What the dagger and hollow marks mean, if there are any; begins with a space."""
    if not _fill(frame):
        return ""
    return about_unknown(int(frame["seeds"].max()), f"{UNKNOWN}, hollow")


def _small_multiples(frame: pd.DataFrame, unit: str) -> tuple[Figure, dict[str, Axes]]:
    """A panel with its lines for each name in the column `panel`; the left ones say the unit."""
    figure, panels = forms.small_multiples(list(frame["panel"].unique()), 2.5, 1.9)
    for name, panel in panels.items():
        rows = frame[frame["panel"] == name]
        forms.series_lines(panel, rows, series_of(frame), "value", **_fill(rows))
        count, mark = rows["n"].iloc[0], UNKNOWN if _fill(rows) else ""
        panel.set_title(name if pd.isna(count) else f"{name}{mark} (n = {count:,.0f})")
    for panel in list(panels.values())[:: forms.SIDE_BY_SIDE]:
        panel.set_ylabel(unit)
    return figure, panels


def _legend_small_multiples(
    figure: Figure, panels: Mapping[str, Axes], frame: pd.DataFrame
) -> None:
    """A legend whose marks are those of the known phenomena, if there are any."""
    hollow = {name: bool(_fill(frame[frame["panel"] == name])) for name in panels}
    known_first = [panels[name] for name in sorted(panels, key=hollow.__getitem__)]
    forms.legend(figure, list(forms.labelled_in(known_first).values()))


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
    names = [
        f"{row.task}: {row.phenomenon}{'' if row.known else UNKNOWN}" for row in frame.itertuples()
    ]
    name_dots(axes, frame[["score", "accuracy"]].to_numpy(float), names, size)
    axes.grid(True, axis="x")
    axes.set_xlabel("change of the linear probe's score, magnitude less control (points of 100)")
    axes.set_ylabel("change of the contrasts' accuracy, magnitude less control (points of 100)")
    handles = list(forms.labelled_in([axes]).values())
    forms.legend(figure, handles)
    correlated = ""
    if len(frame) >= LEAST_PAIRS:
        mean = ", mean of the seeds" if _seeds(frame) else ""
        correlated = (
            f" Rank correlation over {len(frame)} pairs: {rank_correlation(frame):.2f}{mean}."
        )
    return figure, (
        f"{frame['ticket'].iloc[0]}, which stands for the paper's LTH{PAIRED_AT}, less "
        "the control of the same iteration; both in points of 100 (accuracy, F1 or r), layer best "
        f"on dev in LTH0; {forms.averages_in(frame, 'Bars', single='Thin marks')}{correlated} "
        f"Below and left of the lines, both lose.{_unknown_in(frame)}"
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
    # Filled ones first: the legend has the first of a label.
    for known, part in sorted(rows.groupby("known"), reverse=True):
        fill = shade if known else HOLLOW
        edge, width = ("#333333", 0.6) if known else (shade, 1.4)
        axes.plot(
            part["score"], part["accuracy"], marker, mfc=fill, mec=edge, mew=width, ms=6, ls="",
            label=group, zorder=3,
        )  # fmt: skip


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
