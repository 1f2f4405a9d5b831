"""The page of a comparison: all its tables, as the report's template shows them."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from ticketscope.report.compare import changes, summary
from ticketscope.report.compare.comparison import Comparison
from ticketscope.report.compare.matching import Compared
from ticketscope.report.page.claims import COLUMNS as REFERENCES
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.page.parts import Table
from ticketscope.report.page.render import render

# Rows of a table on the page; its file has all.
MOST = 100
# 100 wide with zero in the middle: the interval as a line, the difference as a mark 2.4 wide.
_BAR = Markup(
    '<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
    '<path d="M50 0V12" stroke-width=".5"/>{}'
    '<rect x="{}" y="3" width="2.4" height="6" stroke="none"/></svg>'
)
_LINE = Markup('<path d="M{} 6H{}" stroke-width="1.5"/>')
_INTERVAL = Markup('<span title="{}">{}</span>')


def page(comparison: Comparison) -> str:
    """As HTML; compare.html lies beside the CSV files that it links to."""
    a, b = comparison.a, comparison.b
    title = f"{a.name} and {b.name} compared"
    columns = {"what": "What", "a": "A", "b": "B"}
    return render(
        Path(__file__).parent / "compare.html",
        brand=title,
        title=title,
        a=a,
        b=b,
        summary=comparison.summary(),
        unknown=changes.unknown(a, b),
        changes=_table(
            "Settings, versions and code that differ",
            comparison.changes.rename(columns=columns),
            file="changes.csv",
        ),
        claims=_of_claims(comparison.claims),
        extension=None if comparison.extension.empty else _of_claims(comparison.extension),
        tickets=_table(
            "Tickets by sparsity",
            [
                {side.upper(): _ticket(row, side) for side in "ab"}
                for row in comparison.tickets.table().to_dict("records")
            ],
            file="tickets.csv",
        ),
        measures=[_measure(part) for part in comparison.compared],
        unmatched=_table("Rows by table", _unmatched(comparison.unmatched), file="unmatched.csv"),
    )


def _table(title: str, rows: Iterable[Mapping[str, Any]], **more: Any) -> Table:
    return Table(title, pd.DataFrame(rows, dtype=object), text=True, **more)


def _of_claims(claims: pd.DataFrame) -> dict[str, Table]:
    """Sentences that came out otherwise, those that differ first, and the rest."""
    sentences = claims[claims["part_of"] == ""]
    other = (sentences["verdict"] == "differs") | (sentences["changed"] != "no")
    first = sentences[other].sort_values("verdict", key=lambda v: v != "differs", kind="stable")
    return {
        "changed": _table(
            "Claims whose effect differs, whose verdict changed, or in one experiment only",
            _claims(first),
        ),
        "same": _table(
            f"{len(sentences) - len(first)} claims with the same verdict in both",
            _claims(sentences[~other]),
            folded=True,
        ),
    }


def _claims(claims: pd.DataFrame) -> list[dict[str, str]]:
    """B minus A of each sentence and reference; bold where it differs."""
    return [
        {
            "Section": row["section"],
            "Claim": Markup("{}<br><code>{}</code>").format(row["sentence"], row["id"]),
            "Compared": REFERENCES[row["reference"]],
            **{side.upper(): _verdict(row, side) for side in "ab"},
            "B minus A": _bold(
                row["verdict"] == "differs",
                with_interval(row["difference"], row["low"], row["high"]),
            ),
            "Difference": "" if pd.isna(row["difference"]) else row["verdict"],
        }
        for row in claims.to_dict("records")
    ]


def _verdict(row: Mapping[str, Any], side: str) -> str:
    verdict = row[f"verdict_{side}"]
    if not isinstance(verdict, str):
        return "not judged"
    mark = f"{MARKS.get(verdict, '')} {verdict}"
    return Markup("{}<br>{}").format(mark, with_interval(row[side], math.nan, math.nan))


def _bold(whether: bool, text: str) -> str:
    return Markup("<b>{}</b>").format(text) if whether else text


def _ticket(row: Mapping[str, Any], side: str) -> str:
    if not isinstance(row[f"ticket_{side}"], str):
        return "no partner"
    return f"{row[f'ticket_{side}']} ({row[f'sparsity_{side}']:.1%})"


def _measure(part: Compared) -> dict[str, Any]:
    """A measure's table: the difference, also as a bar, and both values."""
    measure, rows = part.measure, part.differences
    size = rows.assign(size=rows["difference"].abs(), differs=rows["verdict"] == "differs")
    order = size.sort_values(["differs", "size"], ascending=False, kind="stable")
    shown = order.head(MOST) if len(rows) > MOST else rows
    ends = shown[["difference", "low", "high"]].abs().max(axis=None) if len(shown) else 0
    reach = float(ends) if ends > 0 else 1.0
    counts = rows["interval"].replace("", "none").value_counts()
    note = (
        f"{measure.note} Intervals: {'; '.join(f'{how}: {n}' for how, n in counts.items())}. Bold: "
        "a difference over seeds, corrected for the number of rows."
    )
    if len(shown) < len(rows):
        note += (
            f" Shown are {len(shown)} of {len(rows)} rows, those that differ "
            "first, large differences before small ones."
        )
    cells = [_row(row, part, reach) for row in shown.to_dict("records")]
    explanations = {"0": "The difference and its interval; zero is in the middle."}
    table = Table(
        f"Differences in {measure.title}",
        pd.DataFrame(cells, dtype=object),
        note,
        explanations,
        f"{measure.name}.csv",
    )
    return {
        "name": measure.name,
        "title": measure.title,
        "largest": summary.of_largest(part),
        "table": table,
    }


def _row(row: Mapping[str, Any], part: Compared, reach: float) -> dict[str, str]:
    digits = part.measure.digits
    label = part.label(row)
    if row["ticket_b"] != row["ticket"]:
        label += f" (in B {row['ticket_b']})"
    difference, low, high = (row[name] for name in ("difference", "low", "high"))
    interval, line = "", ""
    if not math.isnan(low):
        ends = f"{low:.{digits}f} to {high:.{digits}f}"
        interval = _INTERVAL.format(row["interval"], ends)
        line = _LINE.format(*(round(50 + 48 * end / reach, 1) for end in (low, high)))
    cells = {
        "Of": label,
        "B minus A": f"{difference:+.{digits}f}",
        "0": _BAR.format(line, round(48.8 + 48 * difference / reach, 1)),
        "95 % interval": interval,
    }
    cells = {name: _bold(row["verdict"] == "differs", cell) for name, cell in cells.items()}
    cells |= {side.upper(): f"{row[side]:.{digits}f}" for side in "ab"}
    beside = [(name, side) for name in part.measure.beside for side in "ab"]
    return cells | {f"{n} {side.upper()}": _short(row[f"{n}_{side}"]) for n, side in beside}


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _unmatched(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """A row a table and side: how many, and what the other lacks."""
    cells = []
    for (table, side), part in rows.groupby(["table", "only_in"], sort=False):
        counts = part["why"].value_counts(sort=False)
        missing = [f"{why} ({n})" if len(counts) > 1 else why for why, n in counts.items()]
        row = {"Table": table, "Only in": side, "Rows": len(part)}
        cells.append(row | {"Missing in the other": ", ".join(missing)})
    return cells
