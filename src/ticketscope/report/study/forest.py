"""The forest plot of a study: each sentence's effects in all experiments, on one scale."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ticketscope.claims.columns import Reference
from ticketscope.claims.model import claims as all_claims
from ticketscope.report.figures import forms
from ticketscope.report.figures.claims import LOOKS
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.study.cells import DEPENDS
from ticketscope.report.study.outcomes import COUNTED, FAR, SIZED_FOR

# Where intervals are cut off, in a row's scale, so that a wide one shrinks no other experiment's.
EDGE = 1.5
_LOOKS = LOOKS | dict.fromkeys((SIZED_FOR, FAR), LOOKS["described"])
# In the legend, which stands alone.
_LABELS = {SIZED_FOR: "not counted", FAR: "not counted"}
_AGAINST: Mapping[Reference, str] = {
    "paper": "as in the paper (mostly against LTH0)",
    "equal_training": "at equal training (against the control of the same iteration)",
}


def points(rows: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """A row for each measured sentence and experiment.

    `scale` is the largest effect of the sentence without its sign: in all experiments, as in the
    paper and at equal training, the paper's own included. `at`, `at_low`, `at_high` and `at_paper`
    are the numbers divided by it. The paper's is of the part that decides. The sentence holds
    between `holds_from` and `holds_to`.

    Args:
        rows: `outcomes.verdict_rows`.
        reference: The column of verdicts.
    """
    known = rows[rows["effect"].notna()]
    known = known.assign(paper=known["paper_of_part"])
    counted = known[known["column"].isin(COUNTED)]
    sizes = counted[["effect", "paper"]].abs().max(axis=1).groupby(counted["id"]).max()
    drawn = known[known["column"] == reference].copy()
    drawn["scale"] = drawn["id"].map(sizes).replace(0, 1.0)
    for name, column in {"": "effect", "_low": "low", "_high": "high", "_paper": "paper"}.items():
        drawn[f"at{name}"] = drawn[column] / drawn["scale"]
    margins = {claim.id: (claim.above, claim.within) for claim in all_claims()}
    ends = [margins[name] for name in drawn["id"]]
    drawn["holds_from"] = [above if within is None else -within for above, within in ends]
    drawn["holds_from"] /= drawn["scale"]
    drawn["holds_to"] = [float("inf") if within is None else within for _, within in ends]
    drawn["holds_to"] /= drawn["scale"]
    drawn["section"] = drawn["section"].astype(str).str.split(",").str[0]
    return drawn[_COLUMNS].reset_index(drop=True)


_COLUMNS = [
    "id", "section", "sentence", "unit", "paper", "column", "experiment", "seeds", "planned",
    "effect", "low", "high", "verdict", "depends", "scale", "at", "at_low", "at_high", "at_paper",
    "holds_from", "holds_to",
]  # fmt: skip


def forest(drawn: pd.DataFrame, titles: Mapping[str, str]) -> Drawing:
    """`points`: a row a sentence in the order of the paper, a panel an experiment.

    Args:
        drawn: Of one column of verdicts.
        titles: Of the panels, by experiment.
    """
    if drawn.empty:
        return forms.nothing("No claim could be measured.")
    order = [claim.id for claim in all_claims() if (drawn["id"] == claim.id).any()]
    places = {name: y for y, name in enumerate(order)}
    sections = drawn.drop_duplicates("id").set_index("id")["section"].reindex(order)
    size = (2.3 + 1.75 * len(titles), 1.3 + 0.165 * len(order))
    figure, axes = forms.panels(1, len(titles), *size)
    for panel, (name, title) in zip(axes[0], titles.items(), strict=True):
        rows = drawn[drawn["experiment"] == name]
        _panel(panel, rows, rows["id"].map(places))
        panel.set_title(title, fontsize=9)
        for y in range(1, len(order)):
            if sections.iloc[y] != sections.iloc[y - 1]:
                panel.axhline(y - 0.5, color="#BBBBBB", lw=0.5, zorder=0.5)
    first = axes[0, 0]
    first.set_ylim(len(order) - 0.4, -0.6)
    first.set_xlim(-EDGE - 0.1, EDGE + 0.1)
    first.set_xticks([-1, 0, 1])
    repeated = sections.duplicated()
    labels = [f"{'' if repeated[name] else f'{sections[name]}   '}{name}" for name in order]
    first.set_yticks(range(len(order)), labels, fontsize=7)
    shown = [verdict for verdict in _LOOKS if (drawn["verdict"] == verdict).any()]
    looks = {_LABELS.get(verdict, verdict): _LOOKS[verdict] for verdict in shown}
    handles = [forms.mark(label, ls="", ms=5, **look) for label, look in looks.items()]
    if drawn["paper"].notna().any():
        handles.append(forms.mark("the paper's effect", ls="", marker="|", ms=9, color="black"))
    forms.legend(figure, handles, columns=5 if len(titles) > 1 else 3)
    (reference,) = drawn["column"].unique()
    depends = f"{DEPENDS}: the verdict depends on the control. " if drawn["depends"].any() else ""
    return figure, (
        f"Effects {_AGAINST[reference]}. Bars: 95 % intervals over seeds (Student's t, with what "
        "the sentences add where the tables tell it), before correction; an arrow: it goes on. "
        "Verdicts are corrected, so that an open effect may lie beyond the shading. Shaded: where "
        "the paper's sentence holds. The paper's effect is against LTH0. Not counted: the "
        "experiment was sized for it, or has no ticket as sparse as the sentence says. "
        f"{depends}Units "
        "differ: each row has its own scale, the same in all panels, on which the largest effect "
        "of the row (any experiment's or the paper's) lies at 1 or -1. Lengths compare within a "
        "row, not between rows. A trend's effect is a slope that is extended to the dense model: "
        "where only sparse tickets were measured, it may be larger than what the last one shows, "
        "or have another sign."
    )


def _panel(panel: Axes, rows: pd.DataFrame, places: pd.Series) -> None:
    edge = EDGE + 0.1
    for y, row in zip(places, rows.to_dict("records"), strict=True):
        start, end = max(row["holds_from"], -edge), min(row["holds_to"], edge)
        if start < end:
            panel.barh(y, end - start, left=start, height=0.8, color="#E3EEF5", zorder=0)
        if pd.notna(row["at_paper"]):
            panel.plot(row["at_paper"], y, "|", ms=9, mew=1.5, color="black", zorder=3)
        look: dict[str, Any] = _LOOKS[row["verdict"]]
        if pd.notna(row["at_low"]):
            low, high = max(row["at_low"], -EDGE), min(row["at_high"], EDGE)
            panel.plot([low, high], [y, y], lw=1.1, color=look["color"], zorder=2)
            for is_cut, x, arrow in (
                (row["at_low"] < low, low, "<"),
                (row["at_high"] > high, high, ">"),
            ):
                if is_cut:
                    panel.plot(x, y, arrow, ms=3.5, color=look["color"], zorder=2)
        panel.plot(row["at"], y, ls="", ms=4.5, zorder=4, **look)
        if row["depends"]:
            panel.text(edge, y, f" {DEPENDS}", ha="left", va="center", fontsize=7)
    panel.axvline(0, color="#333333", lw=0.8, zorder=1)
    panel.grid(False)
    panel.set_xlabel("effect / largest of the row")
