"""The page of a comparison, made of the report's parts."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from ticketscope.report.claims.experiment import percent
from ticketscope.report.compare import changes, summary
from ticketscope.report.compare.comparison import Comparison
from ticketscope.report.compare.matching import Compared
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.page.parts import Section, Table
from ticketscope.report.page.render import render

# Rows of a table on the page; its file has all.
MOST = 100
# 100 wide with zero in the middle: the interval as a line, the difference as a mark 2.4 wide.
_BAR = Markup(
    '<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
    '<path d="M50 0V12" stroke-width=".5"/>{}'
    '<rect x="{}" y="3" width="2.4" height="6" stroke="none"/></svg>'
)
_INTERVAL = Markup('<path d="M{} 6H{}" stroke-width="1.5"/>')


def page(comparison: Comparison) -> str:
    """As HTML; compare.html lies beside the CSV files that it links to."""
    a, b, title = (
        comparison.a,
        comparison.b,
        f"{comparison.a.name} and {comparison.b.name} compared",
    )
    measures = [_measure(part) for part in comparison.compared]
    return render(
        Path(__file__).parent / "compare.html",
        brand=title,
        title=title,
        a=a,
        b=b,
        summary=comparison.summary(),
        measures=measures,
        sections=[
            _changes(comparison),
            _claims(comparison.claims),
            _tickets(comparison.tickets.table()),
            *measures,
            _unmatched(comparison.unmatched),
        ],
    )


def _table(title: str, rows: Iterable[Mapping[str, Any]], note: str = "", **more: Any) -> Table:
    return Table(title, pd.DataFrame(rows, dtype=object), note, text=True, **more)


def _section(anchor: str, title: str, short: str, line: str, tables: Iterable[Table]) -> Section:
    filled = tuple(table for table in tables if len(table.frame))
    return Section(anchor, title, short, (line,) if line else (), filled)


def _changes(comparison: Comparison) -> Section:
    a, b, line = comparison.a, comparison.b, ""
    if unknown := changes.unknown(a, b):
        line = f"No provenance.json in {' and '.join(unknown)}: settings, versions and code cannot "
        line += "be compared."
    elif comparison.changes.empty:
        line = "Settings, versions and code are the same."
    names = {"what": "What", "a": "A", "b": "B"}
    return _section(
        "changes",
        "What differs in how they were made",
        "What differs",
        line,
        [
            _table(
                "Settings, versions and code that differ",
                comparison.changes.rename(columns=names),
                file="changes.csv",
            ),
            _table("Differences in the tables", changes.outlines(a, b).rename(columns=names)),
        ],
    )


def _claims(claims: pd.DataFrame) -> Section:
    same = claims["changed"] == "no"
    # Changed ones first, then those that one experiment alone has.
    other = claims[~same].sort_values("changed", key=lambda text: text != "yes", kind="stable")
    note = (
        "A verdict can change although its number hardly did, if the interval has crossed a "
        "threshold. Compare both numbers. All claims:"
    )
    return _section(
        "claims",
        "The paper's claims",
        "Claims",
        "No verdict changed." if other.empty else "",
        [
            _table("Claims with another verdict, or in one experiment only", _verdicts(other), note,
                   file="claims.csv"),
            _table(f"{same.sum()} claims with the same verdict in both", _verdicts(claims[same]),
                   file="claims.csv", folded=True),
        ],
    )  # fmt: skip


def _verdicts(claims: pd.DataFrame) -> list[dict[str, str]]:
    def cell(row: Mapping[str, Any], side: str) -> str:
        verdict = row[f"verdict_{side}"]
        if not isinstance(verdict, str):
            return "not judged"
        numbers = (row[f"{name}_{side}"] for name in ("measured", "low", "high"))
        mark = f"{MARKS.get(verdict, '')} {verdict}"
        return Markup("<b>{}</b><br>{}").format(mark, with_interval(*numbers))

    return [
        {
            "Section": row["section"],
            "Claim": Markup("{}<br><code>{}</code>").format(row["claim"], row["id"]),
            "A": cell(row, "a"),
            "B": cell(row, "b"),
            "Changed": row["changed"],
        }
        for row in claims.to_dict("records")
    ]


def _tickets(tickets: pd.DataFrame) -> Section:
    def cell(row: Mapping[str, Any], side: str) -> str:
        if not isinstance(row[f"ticket_{side}"], str):
            return "no partner"
        return f"{row[f'ticket_{side}']} ({percent(row[f'sparsity_{side}'])})"

    rows = [{side.upper(): cell(row, side) for side in "ab"} for row in tickets.to_dict("records")]
    line = (
        "Tickets are partners if their sparsities (without embeddings) differ by at most 2 points. "
        "Tables use A's names."
    )
    table = _table("Tickets by sparsity", rows, file="tickets.csv")
    return _section("tickets", "Matching tickets", "Tickets", line, [table])


def _measure(part: Compared) -> Section:
    """A measure's table: the difference, also as a bar, and both values."""
    measure, rows = part.measure, part.counted
    order = rows.assign(size=rows["difference"].abs()).sort_values(
        ["outside", "size"], ascending=False, kind="stable"
    )
    shown = order.head(MOST) if len(rows) > MOST else rows
    ends = shown[["difference", "low", "high"]].abs().max(axis=None) if len(shown) else 0
    reach = float(ends) if ends > 0 else 1.0
    counts = rows["interval"].replace("", "none").value_counts()
    note = (
        f"{measure.note} Intervals: {'; '.join(f'{how}: {n}' for how, n in counts.items())}. Bold: "
        "the interval excludes zero; *: also with Bonferroni's correction."
    )
    if len(shown) < len(rows):
        note += (
            f" Shown are {len(shown)} of {len(rows)} rows, those whose interval excludes zero "
            "first, large differences before small ones."
        )
    table = Table(
        f"Differences in {measure.title}",
        pd.DataFrame([_row(row, part, reach) for row in shown.to_dict("records")], dtype=object),
        note,
        {"0": "The difference and its interval; zero is in the middle."},
        f"{measure.name}.csv",
    )
    line = summary.of_largest(part)
    return _section(measure.name, measure.title, measure.title, line, [table])


def _row(row: dict[str, Any], part: Compared, reach: float) -> dict[str, str]:
    digits = part.measure.digits
    label = part.label(row)
    if row["ticket_b"] != row["ticket"]:
        label += f" (in B {row['ticket_b']})"
    difference, low, high = (row[name] for name in ("difference", "low", "high"))
    interval, line = "", ""
    if not math.isnan(low):
        interval = Markup('<span title="{}">{}</span>').format(
            row["interval"], f"{low:.{digits}f} to {high:.{digits}f}"
        )
        line = _INTERVAL.format(*(round(50 + 48 * end / reach, 1) for end in (low, high)))
    bold = Markup("<b>{}</b>") if row["outside"] else Markup("{}")
    return {
        "Of": bold.format(label),
        "B minus A": bold.format(f"{difference:+.{digits}f}{'*' if row['corrected'] else ''}"),
        "0": bold.format(_BAR.format(line, round(48.8 + 48 * difference / reach, 1))),
        "95 % interval": bold.format(interval),
        **{side.upper(): f"{row[side]:.{digits}f}" for side in "ab"},
        **{
            f"{name} {side.upper()}": _short(row[f"{name}_{side}"])
            for name in part.measure.beside
            for side in "ab"
        },
    }


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _unmatched(rows: pd.DataFrame) -> Section:
    """A row a table and side: how many, and what the other lacks."""
    groups = []
    for (table, side), part in rows.groupby(["table", "only_in"], sort=False):
        counts = part["why"].value_counts(sort=False)
        missing = [f"{why} ({n})" if len(counts) > 1 else why for why, n in counts.items()]
        groups.append(
            {"Table": table, "Only in": side, "Rows": len(part),
             "Missing in the other": ", ".join(missing)}
        )  # fmt: skip
    table = _table("Rows without a partner", groups, file="unmatched.csv")
    line = "" if groups else "There are none."
    return _section("unmatched", "Rows without a partner", "Without a partner", line, [table])
