"""What tickets do without what a probe reads of a task (docs/steps/erasure.md)."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables import erasure as numbers
from ticketscope.report.tables.contrasts import UNKNOWN, about_unknown, known_to_lth0
from ticketscope.report.tables.shared import DENSE, series_of

UNITS = {
    "kl": "predictions moved\n(KL, nats a subword)",
    "bleu": "BLEU lost\n(greedy translations)",
    "contrasts": "paired contrasts lost\n(points of accuracy)",
}
# Kinds by where they stand beside a ticket's place, and what a legend calls them.
KINDS = {"erased": (-0.14, "the task"), "random": (0.14, "a random subspace of equal rank")}


@dataclass(frozen=True)
class Tables:
    """What the figure is drawn from: erasure.csv, and contrasts.csv if there is a contrast set."""

    paper_model = "Transformer-Big, WMT16"
    erasure: pd.DataFrame
    contrasts: pd.DataFrame | None = None


def plots() -> dict[str, Plot[Tables]]:
    """The figure by file name."""

    def erased(t: Tables) -> pd.DataFrame:
        known = None if t.contrasts is None else known_to_lth0(t.contrasts)
        return numbers.erased_tasks(t.erasure, known)

    return by_name(Plot("erasure", erased, erased_tasks))


def erased_tasks(frame: pd.DataFrame) -> Drawing:
    """`erased_tasks`: a column a task; a place on the axis for each ticket."""
    tasks = list(frame["task"].unique())
    tickets = list(dict.fromkeys(zip(frame["series"], frame["ticket"], strict=True)))
    width = 0.55 * len(tickets) + 0.9
    # What the contrasts lack is said in their panels.
    measures = [name for name in numbers.MEASURES if name in {"contrasts", *frame["measure"]}]
    size = (max(6.4, width * len(tasks) + 0.8), 1.0 + 2.1 * len(measures))
    figure, axes = forms.panels(len(measures), len(tasks), *size, sharey="row")
    for task, column in zip(tasks, axes.T, strict=True):
        about = frame[frame["task"] == task]
        for measure, panel in zip(measures, column, strict=True):
            _tickets(panel, about[about["measure"] == measure], tickets, series_of(frame))
        low, high = (f"{rank:.0f}" for rank in (about["rank"].min(), about["rank"].max()))
        rank = low if low == high else f"{low} to {high}"
        column[0].set_title(f"{task}\n(rank {rank} of {about['dim'].iloc[0]:.0f})")
        column[-1].set_xticks(
            range(len(tickets)),
            [ticket if name == DENSE else f"{name} {ticket}" for name, ticket in tickets],
            rotation=90,
        )
    for panel, measure in zip(axes[:, 0], measures, strict=True):
        panel.set_ylabel(UNITS[measure])
    kinds = [
        forms.mark(f"erased: {name}", marker="o", color="#555555", ls="", mfc=_inside(kind))
        for kind, (_, name) in KINDS.items()
    ]
    forms.legend(figure, kinds)
    moved = frame[frame["measure"] == "kl"]
    unknown = about_unknown(int(moved["seeds"].max())) if frame["unknown"].any() else ""
    within = "95 % bootstrap over sentences, of predictions and BLEU"
    return figure, (
        "The task is erased from the encoder's output of each ticket before decoding; "
        f"{forms.averages_in(moved, 'Bars', within, single='Small dots')} A ticket uses what a "
        "probe reads of a task if the filled mark lies above the hollow one. If a task labels few "
        f"words, erasing it changes little else: look at the contrasts.{unknown}"
    )


def _tickets(
    axes: Axes, rows: pd.DataFrame, tickets: list[tuple[str, str]], names: list[str]
) -> None:
    axes.axhline(0, color="#777777", lw=0.8)
    if rows.empty:
        axes.text(
            0.5, 0.5, "no paired\ncontrasts", ha="center", va="center", transform=axes.transAxes,
            fontsize=8, color="#555555",
        )  # fmt: skip
        return
    if n := rows["unknown"].iloc[0]:
        note = f"{n} of {rows['phenomena'].iloc[0]} phenomena {UNKNOWN}"
        axes.set_title(note, fontsize=8, loc="right", color="#555555")
    for place, (series, ticket) in enumerate(tickets):
        look = forms.look_of(series, names)
        here = rows[(rows["series"] == series) & (rows["ticket"] == ticket)]
        for kind, (offset, _) in KINDS.items():
            row = here[here["kind"] == kind]
            fill = _inside(kind) or look["color"]
            forms.dots(axes, [place + offset] * len(row), row, "value", ls="", mfc=fill, **look)


def _inside(kind: str) -> str | None:
    """The colour inside a mark; None: its own."""
    return "white" if kind == "random" else None
