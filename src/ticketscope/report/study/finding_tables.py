"""The page's tables of verdicts: a column an experiment, or a row for each."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from ticketscope.claims.columns import DECIDED, REFERENCES, TESTED, Reference
from ticketscope.claims.judge import NONE_NEAR
from ticketscope.claims.model import claims
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.study.markdown import table
from ticketscope.report.study.outcomes import (
    COUNTED,
    ENOUGH,
    OUTCOMES,
    SIZED_FOR,
    contradictions,
    counts,
    found_in,
)
from ticketscope.report.study.power import open_rows

NAMES: Mapping[Reference, str] = {
    "paper": "as in the paper",
    "equal_training": "at equal training",
    "equal_sparsity": "at equal sparsity",
}
# Outcomes whose sentences are listed with their effects; of the others the names alone.
LISTED, NAMED = OUTCOMES[:4], OUTCOMES[4:]
_NOT_SUPPORTED = "–"
_ELSEWHERE, _DEPENDS = "†", "§"
_MARKS = MARKS | {SIZED_FOR: "‡"}
# What the control does, as a claim's note tells it.
_CONTROL = re.compile(r"Further training without pruning has (\S+(?: \[.+?\])?) in its place")
# How to read a verdict as in the paper beside another one at equal training.
_MAY_BE = "not shown against the control: it may be an effect of further training"
_MOSTLY = "small against the control: most of it may be an effect of further training"
_CONTROL_TOO = "not shown of the tickets alone: part of it is what the control does"
_MARGIN = "undecided against the control: on which side of the margin it is, is not shown"
_READINGS = {
    ("supported", "open"): _MAY_BE,
    ("supported", "negligible"): _MOSTLY,
    ("supported", "contradicted"): "the opposite against the control: further training does more",
    ("contradicted", "open"): _MAY_BE,
    ("contradicted", "negligible"): _MOSTLY,
    ("contradicted", "supported"): "holds against the control: further training hides it",
    ("open", "supported"): _CONTROL_TOO,
    ("open", "contradicted"): _CONTROL_TOO,
    ("open", "negligible"): "too small to matter against the control",
    ("negligible", "open"): "too small to matter against LTH0",
    ("negligible", "supported"): _CONTROL_TOO,
    ("negligible", "contradicted"): _CONTROL_TOO,
}


def findings(
    rows: pd.DataFrame,
    extensions: pd.DataFrame,
    complete: Collection[str],
    registered: Collection[str],
) -> dict[str, Any]:
    """All of them as Markdown, and the counts, by their names in the template.

    Args:
        rows: `outcomes.verdict_rows`, with the experiments' labels as their names.
        extensions: The same of the extension's claims.
        complete: Experiments of which no seed is missing.
        registered: Experiments whose verdicts are findings without the plan's amendment too.
    """
    at_least = min(ENOUGH, rows["experiment"].nunique())

    def decided(experiments: Collection[str], at_least: int = ENOUGH) -> int:
        part = rows[rows["experiment"].isin(experiments)]
        return int((found_in(part, DECIDED) >= at_least).sum())

    by_outcome = counts(rows).rename(columns=NAMES).rename_axis("outcome")
    return {
        "sentences": rows["id"].nunique(),
        "counts": table(by_outcome.reset_index()),
        "decided": decided(set(rows["experiment"]), at_least),
        "complete": len(complete),
        "decided_in_complete": decided(complete),
        "decided_as_registered": decided(registered),
        "decided_by": table(_decided(rows)),
        "lists": {
            column: {name: table(_list(rows, column, name)) for name in LISTED}
            for column in REFERENCES
        },
        "unlisted": {
            (column, name): ", ".join(f"`{i}`" for i in _ids(rows, column, name))
            for column in REFERENCES
            for name in NAMED
        },
        "contradictions": contradictions(rows).rename(index=NAMES).to_dict("index"),
        "controls_counts": table(_controls(rows)),
        "controls": table(_supported_as_in_the_paper(rows)),
        "columns_differ": table(_columns_differ(rows)),
        "every_sentence": table(_every_sentence(rows)),
        "not_supported": _NOT_SUPPORTED,
        "elsewhere": _ELSEWHERE,
        "depends": _DEPENDS if rows["depends"].any() else "",
        "sized_for": _MARKS[SIZED_FOR] if (rows["verdict"] == SIZED_FOR).any() else "",
        "extensions": table(_extensions(extensions)),
        "open": table(_open(rows)),
        "not_measurable": table(_not_measurable(rows)),
    }


def _decided(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences tested and decided: a row an experiment and, if there are several, one of two."""
    names = list(rows["experiment"].unique())
    parts = [(name, rows[rows["experiment"] == name], 1) for name in names]
    if len(names) >= ENOUGH:
        parts.append((f"in {ENOUGH} at least", rows, ENOUGH))

    def count(part: pd.DataFrame, at_least: int, *of: Any) -> int:
        return int((found_in(part, *of) >= at_least).sum())

    return pd.DataFrame(
        {
            "experiment": name,
            "tested, in either column": count(part, at_least, TESTED),
            "decided, in either column": count(part, at_least, DECIDED),
        }
        | {
            f"decided {NAMES[column]}": count(part, at_least, DECIDED, [column])
            for column in COUNTED
        }
        for name, part, at_least in parts
    )


def _ids(rows: pd.DataFrame, column: Reference, outcome: str) -> list[str]:
    chosen = rows[(rows["column"] == column) & (rows["outcome"] == outcome)]
    return [str(name) for name in chosen["id"].unique()]


def _cell(row: Mapping[Any, Any]) -> str:
    effect = with_interval(row["effect"], row["low"], row["high"])
    marks = [_ELSEWHERE] * (NONE_NEAR in str(row["note"])) + [_DEPENDS] * bool(row["depends"])
    at_last = pd.notna(row["last"])
    last = f"<br>LTH{row['last_ticket']:.0f}: {row['last']:.3g}" if at_last else ""
    return " ".join([_MARKS[row["verdict"]], effect, *marks]).strip() + last


def _list(rows: pd.DataFrame, column: Reference, outcome: str) -> pd.DataFrame:
    """A row a sentence, its effects side by side."""
    chosen = rows[(rows["column"] == column) & (rows["outcome"] == outcome)]
    names = list(rows["experiment"].unique())
    lines = []
    for _, part in chosen.groupby("id", sort=False):
        first, cells = part.iloc[0], {r["experiment"]: _cell(r) for r in part.to_dict("records")}
        paper = "" if pd.isna(first["paper"]) else first["paper"]
        lines.append(
            {"sentence": _sentence(first, f", {first['section']}"), "paper": paper}
            | {name: cells.get(name, "") for name in names}
        )
    return pd.DataFrame(lines)


def _sentence(row: Mapping[Any, Any], more: str = "") -> str:
    """What a claim says and, in a line of its own, its unit; a column less in a wide table."""
    return f"{row['sentence']} (`{row['id']}`{more})<br>*{row['unit']}*"


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Verdicts (id, experiment) by column."""
    wide = rows.pivot(index=["id", "experiment"], columns="column", values="verdict")
    return wide.reindex(columns=REFERENCES).fillna("not asked")


def _controls(rows: pd.DataFrame) -> pd.DataFrame:
    held = _wide(rows).query("paper == 'supported'")
    verdicts = [*DECIDED, "open", "not measurable", "not asked"]
    lines = []
    for name in rows["experiment"].unique():
        of_one = held[held.index.get_level_values("experiment") == name]["equal_training"]
        counts = of_one.value_counts()
        lines.append(
            {"experiment": name, "supported as in the paper": len(of_one)}
            | {
                f"{'at equal training: ' * (verdict == verdicts[0])}{verdict}": int(
                    counts.get(verdict, 0)
                )
                for verdict in verdicts
            }
        )
    return pd.DataFrame(lines)


def _supported_as_in_the_paper(rows: pd.DataFrame) -> pd.DataFrame:
    wide = _wide(rows)
    names = list(rows["experiment"].unique())
    lines = []
    for name in rows["id"].unique():
        part = wide.loc[[name]]
        held = part[part["paper"] == "supported"]["equal_training"].droplevel("id")
        if len(held) and (held != "not asked").any():
            cells = {e: held.get(e, _NOT_SUPPORTED) for e in names}
            lines.append({"claim": f"`{name}`"} | cells)
    return pd.DataFrame(lines)


def _columns_differ(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences whose verdict is another one at equal training: a row for each experiment."""
    lines = []
    for name, of_one in rows.groupby("id", sort=False):
        for experiment, part in of_one.groupby("experiment", sort=False):
            cells = {row["column"]: row for row in part.to_dict("records")}
            if not cells.keys() >= {*COUNTED}:
                continue
            verdicts = cells["paper"]["verdict"], cells["equal_training"]["verdict"]
            if verdicts in _READINGS:
                control = _CONTROL.search(str(cells["paper"]["note"]))
                lines.append(
                    {"claim": f"`{name}`", "experiment": experiment}
                    | {NAMES[column]: _cell(cells[column]) for column in COUNTED}
                    | {"the control alone": control[1] if control else ""}
                    | {"reading": _reading(str(name), *verdicts)}
                )
    return pd.DataFrame(lines)


def _reading(name: str, as_in_the_paper: str, at_equal_training: str) -> str:
    (claim,) = (claim for claim in claims() if claim.id == name)
    if (claim.within is not None or claim.above) and at_equal_training == "open":
        return _MARGIN
    return _READINGS[as_in_the_paper, at_equal_training]


def _every_sentence(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each sentence and experiment, a column for each column of verdicts."""
    lines = []
    for _, of_one in rows.groupby("id", sort=False):
        first = of_one.iloc[0]
        paper = "" if pd.isna(first["paper"]) else first["paper"]
        told = {"sentence": _sentence(first, f", {first['section']}"), "paper": paper}
        for experiment, part in of_one.groupby("experiment", sort=False):
            cells = {row["column"]: _cell(row) for row in part.to_dict("records")}
            lines.append(
                told
                | {"experiment": experiment}
                | {NAMES[column]: cells.get(column, "") for column in REFERENCES}
            )
            told = {"sentence": "", "paper": ""}  # in its first row alone
    return pd.DataFrame(lines)


def _extensions(extensions: pd.DataFrame) -> pd.DataFrame:
    names = list(extensions["experiment"].unique())
    lines = []
    for (_, column), part in extensions.groupby(["id", "column"], sort=False):
        first = part.iloc[0]
        cells = {r["experiment"]: _cell(r) for r in part.to_dict("records")}
        lines.append(
            {"sentence": _sentence(first)}
            | {"column": "as it says" if column == "paper" else NAMES[column]}
            | {"outcome": first["outcome"]}
            | {name: cells.get(name, "") for name in names}
        )
    sentences = list(dict.fromkeys(line["sentence"] for line in lines))
    lines.sort(key=lambda line: sentences.index(line["sentence"]))
    table = pd.DataFrame(lines)
    # A sentence stands in the first of its rows alone.
    return table.assign(sentence=table["sentence"].mask(table["sentence"].duplicated(), ""))


def _open(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each open verdict, in the order of the paper."""
    place = {name: i for i, name in enumerate(rows["id"].unique())}
    unresolved = open_rows(rows)
    order = unresolved.assign(place=unresolved["id"].map(place)).sort_values(
        ["place", "column"], kind="stable", ascending=[True, False]
    )
    unresolved = unresolved.loc[order.index]
    return pd.DataFrame(
        {
            "claim": [f"`{name}`" for name in unresolved["id"]],
            "column": unresolved["column"].map(NAMES),
            "experiment": unresolved["experiment"],
            "seeds": unresolved["seeds"],
            "could have seen": unresolved["resolvable"].map("{:.2g}".format),
            "half of the paper's effect": unresolved["half"].map(
                "{:.2g}".format, na_action="ignore"
            ),
            "seeds for it": unresolved["needed"],
            "unit": unresolved["unit"],
        }
    )


def _not_measurable(rows: pd.DataFrame) -> pd.DataFrame:
    unmeasured = rows[(rows["column"] == "paper") & (rows["verdict"] == "not measurable")]
    return pd.DataFrame(
        {
            "claim": [f"`{name}`" for name in unmeasured["id"]],
            "experiment": unmeasured["experiment"],
            "why": unmeasured["note"],
        }
    )
