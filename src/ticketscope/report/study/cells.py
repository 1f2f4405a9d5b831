"""A verdict in a cell of the page: its mark, its effect, and what limits it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.claims.columns import DECIDED
from ticketscope.claims.model import claims, extensions
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.study.outcomes import FAR, SIZED_FOR

VERDICT_MARKS = MARKS | {SIZED_FOR: "‡", FAR: "†"}
DEPENDS, SEEDS_ALONE, UNKNOWN, SMALL, CONTROL_MOSTLY = "§", "°", "¶", "↓", "◇"


def cell(row: Mapping[Any, Any]) -> str:
    """A row of `outcomes.verdict_rows` as Markdown, in lines."""
    effect = with_interval(row["effect"], row["low"], row["high"])
    if not effect:
        return VERDICT_MARKS[row["verdict"]]
    marks = [mark for mark, applies in _applies(row).items() if applies]
    lines = [f"{VERDICT_MARKS[row['verdict']]} " + "\u00a0".join([effect, *marks])]
    if row["part"]:
        lines.append(f"part: {row['part']}")
    if pd.notna(row["last"]):
        last = with_interval(row["last"], row["last_low"], row["last_high"])
        lines.append(f"LTH{row['last_ticket']:.0f}: {last}")
    if row["column"] == "equal_training" and pd.notna(row["control"]):
        control = with_interval(row["control"], row["control_low"], row["control_high"])
        lines.append(f"control: {control}")
    if row["unmeasured"]:
        lines.append(f"without {row['unmeasured']}")
    if row["unknown"] and row["unknown"] != row["part"]:
        lines.append(f"{UNKNOWN} {row['unknown']}")
    return "<br>".join(lines)


def _applies(row: Mapping[Any, Any]) -> dict[str, bool]:
    return {
        DEPENDS: bool(row["depends"]),
        SEEDS_ALONE: bool(row["seeds_alone"]),
        UNKNOWN: bool(row["unknown"]),
        SMALL: row["column"] == "paper" and row["verdict"] == "supported" and share(row) < 0.5,
        CONTROL_MOSTLY: is_mostly_control(row),
    }


def share(row: Mapping[Any, Any]) -> float:
    """An effect as a share of the paper's, a trend's as measured at the last ticket; else nan.

    Of a part it is a share of the paper's number of this part, if there is one.
    """
    paper = row["paper_of_part"]
    effect = row["effect"] if pd.isna(row["last"]) else row["last"]
    return float(effect / paper) if paper > 0 else float("nan")


def control_share(row: Mapping[Any, Any]) -> float:
    """How much of an effect at equal training is the control's own change.

    The effect is the ticket's change less the control's: more than 1 where the ticket changes
    against the effect's sign, negative where the control does. NaN in other columns, and where the
    control's change is not known.
    """
    if row["column"] != "equal_training" or not row["effect"]:
        return float("nan")
    return float(-row["control"] / row["effect"])


def is_mostly_control(row: Mapping[Any, Any]) -> bool:
    """Whether more than half of a decided effect at equal training is the control's own change."""
    return row["verdict"] in DECIDED and control_share(row) > 0.5


def sentence(row: Mapping[Any, Any], more: str = "") -> str:
    """What a claim says and, in a line of its own, its unit and when it holds."""
    unit = str(row["unit"])
    return f"{row['sentence']} (`{row['id']}`{more})<br>*{unit}; {holds(str(row['id']))}*"


def holds(name: str) -> str:
    """When a claim holds, with the reason for its margin."""
    (claim,) = (each for each in (*claims(), *extensions()) if each.id == name)
    if claim.within is not None:
        rule = f"holds within ±{claim.within:g}"
    else:
        rule = f"holds above {claim.above:g}"
    if claim.negligible:
        rule += f", negligible within ±{claim.negligible:g}"
    return f"{rule} ({claim.reason})" if claim.reason else rule
