"""The paper's claims in one figure: a forest plot of their effects."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ticketscope.report.figures import forms
from ticketscope.report.figures.forms import Drawing
from ticketscope.report.figures.plot import Plot, by_name
from ticketscope.report.tables.claims import COMPARISONS, forest_points
from ticketscope.stats.seeds import LEAST_SEEDS

# Told apart by shape and filling, and by colour besides.
LOOKS: dict[str, dict[str, Any]] = {
    "supported": {"color": "#0072B2", "marker": "o"},
    "contradicted": {"color": "#D55E00", "marker": "X"},
    "negligible": {"color": "#555555", "marker": "D", "mfc": "white"},
    "open": {"color": "#555555", "marker": "o", "mfc": "white"},
    "described": {"color": "#000000", "marker": "s", "mfc": "white"},
}
_SIDES = {
    "as in the paper": "as in the paper\n(mostly against LTH0)",
    "at equal training": "at equal training\n(against the control)",
}
# Room for a marker outside of -1 and 1.
_EDGE = 1.12


@dataclass(frozen=True)
class Tables:
    """What the figure is drawn from: claims.csv."""

    paper_model = "Transformer-Big, WMT16"
    claims: pd.DataFrame


def plots() -> dict[str, Plot[Tables]]:
    """The figure by file name."""
    return by_name(Plot("forest", lambda tables: forest_points(tables.claims), forest))


def forest(points: pd.DataFrame) -> Drawing:
    """`forest_points`: a row a sentence, a panel a comparison."""
    if points.empty:
        return forms.nothing("No claim could be measured.")
    claims = points.drop_duplicates("id").reset_index(drop=True)
    places = {name: y for y, name in enumerate(claims["id"])}
    figure, axes = forms.panels(1, 2, 6.6, 1.3 + 0.165 * len(claims))
    for panel, comparison in zip(axes[0], COMPARISONS.values(), strict=True):
        rows = points[points["comparison"] == comparison]
        _panel(panel, rows, rows["id"].map(places))
        panel.set_title(_SIDES[comparison], fontsize=9)
    first = axes[0, 0]
    first.set_ylim(len(claims) - 0.4, -0.6)
    first.set_xlim(-_EDGE, _EDGE)
    first.set_xticks([-1, 0, 1])
    labels = [
        f"{'' if again else f'{section}   '}{name}"
        for section, again, name in zip(
            claims["section"], claims["section"].duplicated(), claims["id"], strict=True
        )
    ]
    first.set_yticks(range(len(claims)), labels, fontsize=7)
    shown = [verdict for verdict in LOOKS if (points["verdict"] == verdict).any()]
    handles = [forms.mark(verdict, ls="", ms=5, **LOOKS[verdict]) for verdict in shown]
    if points["paper"].notna().any():
        handles.append(forms.mark("the paper's effect", ls="", marker="|", ms=9, color="black"))
    forms.legend(figure, handles, columns=3)
    bars = "Bars: 95 % intervals over sentences, where there are any"
    if points["seeds"].max() > 1:
        bars = "Bars: 95 % intervals over seeds (Student's t, with what the sentences add)"
    if points["at_low"].isna().all():
        bars = f"An interval over seeds takes {LEAST_SEEDS}"
    return figure, (
        f"{forms.seeds_in(points).capitalize()}. {bars}. Units "
        "differ: each row has its own scale, the same in both panels, on which the largest number "
        "of the row (effect, end of an interval, the paper's effect) lies at 1 or -1. Shaded: "
        "where the paper's sentence holds. Lengths of different rows cannot be compared."
    )


def _panel(panel: Axes, rows: pd.DataFrame, places: pd.Series) -> None:
    for y, row in zip(places, rows.to_dict("records"), strict=True):
        start, end = max(row["holds_from"], -_EDGE), min(row["holds_to"], _EDGE)
        panel.barh(y, end - start, left=start, height=0.8, color="#E3EEF5", zorder=0)
        if pd.notna(row["at_paper"]):
            panel.plot(row["at_paper"], y, "|", ms=9, mew=1.5, color="black", zorder=3)
        reach = [[row["at"] - row["at_low"]], [row["at_high"] - row["at"]]]
        look = LOOKS[row["verdict"]]
        panel.errorbar(row["at"], y, xerr=reach, ms=4.5, elinewidth=1.1, capsize=0, **look)
    panel.axvline(0, color="#333333", lw=0.8, zorder=1)
    panel.grid(False)
    panel.set_xlabel("effect / largest number of the row")
