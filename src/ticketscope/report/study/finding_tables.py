"""The page's tables of verdicts: a column an experiment, or a row for each."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from ticketscope.claims.columns import DECIDED, REFERENCES, TESTED, Reference
from ticketscope.claims.model import claims
from ticketscope.report.page.claims import PARTS
from ticketscope.report.study import control_tables
from ticketscope.report.study.cells import (
    CONTROL_MOSTLY,
    DEPENDS,
    SEEDS_ALONE,
    SMALL,
    UNKNOWN,
    VERDICT_MARKS,
    cell,
    is_mostly_control,
    sentence,
    share,
)
from ticketscope.report.study.markdown import table
from ticketscope.report.study.outcomes import (
    COUNTED,
    ENOUGH,
    FAR,
    HEADINGS,
    NAMES,
    OUTCOMES,
    SIZED_FOR,
    alike,
    contradictions,
    counts,
    experiments_with,
)
from ticketscope.report.study.parts import paper_text
from ticketscope.report.study.power import open_rows

# Outcomes whose sentences are listed with their effects; of the others the names alone.
LISTED, NAMED = OUTCOMES[:4], OUTCOMES[4:]


def findings(
    rows: pd.DataFrame, extensions: pd.DataFrame, registered: Collection[str]
) -> dict[str, Any]:
    """All of them as Markdown, and the counts, by their names in the template.

    Args:
        rows: `outcomes.verdict_rows` of complete experiments, with their labels as their names.
        extensions: The same of the extension's claims.
        registered: Experiments whose verdicts are findings without the plan's amendment too.
    """
    at_least = min(ENOUGH, rows["experiment"].nunique())
    in_enough = experiments_with(rows, DECIDED) >= at_least
    as_registered = experiments_with(rows[rows["experiment"].isin(registered)], DECIDED) >= ENOUGH
    by_outcome = counts(rows).rename(index=HEADINGS, columns=NAMES).rename_axis("sentences")
    elsewhere = contradictions(rows).rename(columns=NAMES).rename_axis("contradicted somewhere")
    return {
        "sentences": rows["id"].nunique(),
        "counts": table(by_outcome.reset_index()),
        "decided": int(in_enough.sum()),
        "decided_as_registered": int(as_registered.sum()),
        "tested_in_enough": int((experiments_with(rows, TESTED) >= at_least).sum()),
        "decided_by": table(_decided(rows)),
        "decided_where": where_decided(rows),
        "decided_sections": _by_section(in_enough.index[in_enough]),
        "alike": {
            NAMES[column]: {
                "decided": int((experiments_with(rows, DECIDED, [column]) >= ENOUGH).sum()),
                "alike": alike(rows, column),
            }
            for column in COUNTED
        },
        "small": _small(rows),
        "lists": {
            column: {name: table(_list(rows, column, name)) for name in LISTED}
            for column in REFERENCES
        },
        "unlisted": {
            (column, name): ", ".join(f"`{i}`" for i in _ids(rows, column, name))
            for column in REFERENCES
            for name in NAMED
        },
        "contradictions": table(elsewhere.reset_index()),
        **control_tables.tables(rows),
        "extensions": table(_extensions(extensions)),
        "open": table(_open(rows)),
        "not_measurable": table(_not_measurable(rows, extensions)),
    }


def marks(rows: pd.DataFrame) -> dict[str, str]:
    """Marks that some cell has, by their names in the template; else empty."""
    has = {
        "elsewhere": (VERDICT_MARKS[FAR], rows["verdict"] == FAR),
        "sized_for": (VERDICT_MARKS[SIZED_FOR], rows["verdict"] == SIZED_FOR),
        "depends": (DEPENDS, rows["depends"]),
        "seeds_alone": (SEEDS_ALONE, rows["seeds_alone"]),
        "unknown": (UNKNOWN, rows["unknown"] != ""),
        "control_mostly": (CONTROL_MOSTLY, rows.apply(is_mostly_control, axis=1)),
    }
    return {name: mark if applies.any() else "" for name, (mark, applies) in has.items()} | {
        "small_mark": SMALL
    }


def where_decided(rows: pd.DataFrame) -> str:
    """How many sentences which experiments decide, two at least; empty if there are only two."""
    names = list(rows["experiment"].unique())
    if len(names) <= ENOUGH:
        return ""
    decided = rows[rows["column"].isin(COUNTED) & rows["verdict"].isin(DECIDED)]
    is_decided = pd.crosstab(decided["id"], decided["experiment"]).reindex(columns=names) > 0
    groups = is_decided[is_decided.sum(axis=1) >= ENOUGH].value_counts()
    told = []
    for group, number in groups.items():
        of = [name for name, is_in in zip(names, group, strict=True) if is_in]
        told.append(f"{number} {'in all' if of == names else 'on ' + ' and '.join(of)}")
    return ", ".join(told)


def _by_section(names: Collection[str]) -> str:
    """How many of these sentences are in each section of the paper."""
    sections = {claim.id: claim.section for claim in claims()}
    by_section = []
    for number, (title, _) in PARTS.items():
        decided, known = (
            sum(sections[name].startswith(number) for name in part) for part in (names, sections)
        )
        by_section.append(f"{title} ({number}) {decided} of {known}")
    return ", ".join(by_section)


def _small(rows: pd.DataFrame) -> dict[str, str]:
    """How large effects are that are supported as in the paper, as shares of the paper's."""
    supported = rows[(rows["column"] == "paper") & (rows["verdict"] == "supported")]
    shares = pd.Series([share(row) for row in supported.to_dict("records")]).dropna()
    if shares.empty:
        return {}
    return {
        "effects": str(len(shares)),
        "small": str((shares < 0.5).sum()),
        "from": f"{shares.min():.0%}",
        "to": f"{shares.max():.0%}",
    }


def _decided(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences tested and decided: a row an experiment and, if there are several, one of two."""
    names = list(rows["experiment"].unique())
    parts = [(name, rows[rows["experiment"] == name], 1) for name in names]
    if len(names) >= ENOUGH:
        parts.append((f"in at least {ENOUGH}", rows, ENOUGH))

    def count(part: pd.DataFrame, at_least: int, *of: Any) -> int:
        return int((experiments_with(part, *of) >= at_least).sum())

    return pd.DataFrame(
        {
            "sentences": name,
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


def _list(rows: pd.DataFrame, column: Reference, outcome: str) -> pd.DataFrame:
    """A row a sentence, its effects side by side."""
    chosen = rows[(rows["column"] == column) & (rows["outcome"] == outcome)]
    names = list(rows["experiment"].unique())
    lines = []
    for _, part in chosen.groupby("id", sort=False):
        first = part.iloc[0]
        cells = {row["experiment"]: cell(row) for row in part.to_dict("records")}
        lines.append(
            {"sentence": sentence(first, f", {first['section']}"), "paper": _paper(first["id"])}
            | {name: cells.get(name, "") for name in names}
        )
    return pd.DataFrame(lines)


def _paper(name: str) -> str:
    (claim,) = (claim for claim in claims() if claim.id == name)
    return paper_text(claim)


def every_sentence(rows: pd.DataFrame) -> str:
    """A row for each sentence and experiment, a column for each column of verdicts.

    Args:
        rows: `outcomes.verdict_rows`, also of experiments that lack seeds.
    """
    lines = []
    for _, of_sentence in rows.groupby("id", sort=False):
        first = of_sentence.iloc[0]
        heading = {"sentence": sentence(first, f", {first['section']}")}
        heading |= {"paper": _paper(first["id"])}
        for experiment, part in of_sentence.groupby("experiment", sort=False):
            verdicts = {row["column"]: cell(row) for row in part.to_dict("records")}
            lines.append(
                heading
                | {"experiment": experiment}
                | {NAMES[column]: verdicts.get(column, "") for column in REFERENCES}
            )
            heading = {"sentence": "", "paper": ""}  # in its first row alone
    return table(pd.DataFrame(lines))


def _extensions(extensions: pd.DataFrame) -> pd.DataFrame:
    names = list(extensions["experiment"].unique())
    lines = []
    for (_, column), part in extensions.groupby(["id", "column"], sort=False):
        first = part.iloc[0]
        verdicts = {row["experiment"]: cell(row) for row in part.to_dict("records")}
        lines.append(
            {"sentence": sentence(first)}
            | {"column": "as it says" if column == "paper" else NAMES[column]}
            | {"outcome": HEADINGS[first["outcome"]]}
            | {name: verdicts.get(name, "") for name in names}
        )
    sentences = list(dict.fromkeys(line["sentence"] for line in lines))
    lines.sort(key=lambda line: sentences.index(line["sentence"]))
    listed = pd.DataFrame(lines)
    # A sentence stands in the first of its rows alone.
    return listed.assign(sentence=listed["sentence"].mask(listed["sentence"].duplicated(), ""))


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


def _not_measurable(rows: pd.DataFrame, extensions: pd.DataFrame) -> pd.DataFrame:
    both = pd.concat([rows.assign(whose="the paper's"), extensions.assign(whose="ours")])
    unmeasured = both[(both["column"] == "paper") & (both["verdict"] == "not measurable")]
    return pd.DataFrame(
        {
            "claim": [f"`{name}`" for name in unmeasured["id"]],
            "whose": unmeasured["whose"],
            "experiment": unmeasured["experiment"],
            "why": unmeasured["note"],
        }
    )
