"""The page of a comparison: one file, offline, for any width."""

import math
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from ticketscope.report.claims.experiment import percent
from ticketscope.report.compare import changes, summary
from ticketscope.report.compare.comparison import Comparison
from ticketscope.report.compare.matching import Compared
from ticketscope.report.page.claims import MARKS

# Rows of a table on the page; its file has all.
MOST = 100


def page(comparison: Comparison) -> str:
    """As HTML; compare.html lies beside the CSV files that it links to."""
    environment = Environment(
        loader=PackageLoader("ticketscope.report.compare", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    claims = comparison.claims
    return environment.get_template("page.html.j2").render(
        a=comparison.a,
        b=comparison.b,
        summary=comparison.summary(),
        unknown=changes.unknown(comparison.a, comparison.b),
        changes=comparison.changes.to_dict("records"),
        outlines=changes.outlines(comparison.a, comparison.b).to_dict("records"),
        changed=[
            _claim(row)
            for part in (claims["changed"] == "yes", ~claims["changed"].isin(["yes", "no"]))
            for row in claims[part].to_dict("records")
        ],
        same=[_claim(row) for row in claims[claims["changed"] == "no"].to_dict("records")],
        tickets=[_ticket(row) for row in comparison.tickets.table().to_dict("records")],
        sections=[_section(part) for part in comparison.compared],
        unmatched=_unmatched(comparison.unmatched),
    )


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    sides = {}
    for side in "ab":
        verdict = row[f"verdict_{side}"]
        judged = isinstance(verdict, str)
        values = [row[f"{name}_{side}"] for name in ("measured", "low", "high")]
        sides[side] = {
            "verdict": f"{MARKS.get(verdict, '')} {verdict}" if judged else "",
            "measured": _measured(*values) if judged else "",
        }
    return row | sides


def _measured(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return ""
    return f"{value:.3g}" if math.isnan(low) else f"{value:.3g} ({low:.3g} to {high:.3g})"


def _ticket(row: dict[str, Any]) -> dict[str, str]:
    return {
        side: f"{row[f'ticket_{side}']} ({percent(row[f'sparsity_{side}'])})"
        if isinstance(row[f"ticket_{side}"], str)
        else "no partner"
        for side in "ab"
    }


def _section(part: Compared) -> dict[str, Any]:
    """A measure's table: the difference, also as a bar, and both values."""
    measure, rows = part.measure, part.counted
    shown = rows
    if len(rows) > MOST:
        order = rows.assign(size=rows["difference"].abs()).sort_values(
            ["outside", "size"], ascending=False, kind="stable"
        )
        shown = order.head(MOST)
    ends = shown[["difference", "low", "high"]].abs().max(axis=None) if len(shown) else 0
    reach = float(ends) if ends > 0 else 1.0
    return {
        "name": measure.name,
        "title": measure.title,
        "note": measure.note,
        "largest": summary.of_largest(part),
        "intervals": _intervals(rows),
        "beside": measure.beside,
        "total": len(rows),
        "rows": [_row(row, part, reach) for row in shown.to_dict("records")],
    }


def _intervals(rows: pd.DataFrame) -> str:
    counts = rows["interval"].replace("", "none").value_counts()
    return "; ".join(f"{how}: {n}" for how, n in counts.items())


def _row(row: dict[str, Any], part: Compared, reach: float) -> dict[str, Any]:
    digits = part.measure.digits
    known = not math.isnan(row["low"])
    other = f" (in B {row['ticket_b']})"
    return {
        "label": part.label(row) + ("" if row["ticket_b"] == row["ticket"] else other),
        "beside": [
            (_short(row[f"{name}_a"]), _short(row[f"{name}_b"])) for name in part.measure.beside
        ],
        "a": f"{row['a']:.{digits}f}",
        "b": f"{row['b']:.{digits}f}",
        "difference": f"{row['difference']:+.{digits}f}",
        "interval": f"{row['low']:.{digits}f} to {row['high']:.{digits}f}" if known else "",
        "how": row["interval"],
        "outside": row["outside"],
        "corrected": row["corrected"],
        # Of a bar 100 wide with zero in its middle; the difference is a mark 2.4 wide.
        "at": round(48.8 + 48 * row["difference"] / reach, 1),
        "from": round(50 + 48 * row["low"] / reach, 1) if known else None,
        "to": round(50 + 48 * row["high"] / reach, 1) if known else None,
    }


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _unmatched(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """A row a table and side: how many, and what the other lacks."""
    found = []
    for (table, side), part in rows.groupby(["table", "only_in"], sort=False):
        counts = part["why"].value_counts(sort=False)
        names = [f"{why} ({n})" if len(counts) > 1 else why for why, n in counts.items()]
        found.append({"table": table, "side": side, "rows": len(part), "why": ", ".join(names)})
    return found
