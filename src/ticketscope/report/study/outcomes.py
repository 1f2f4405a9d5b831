"""How each claim comes out over the experiments."""

from collections.abc import Sequence
from typing import Literal, get_args

import pandas as pd

from ticketscope.claims.columns import REFERENCES, TESTED, Reference, suffix
from ticketscope.claims.model import claims, extensions
from ticketscope.report.study.experiment import Finished
from ticketscope.report.study.last_ticket import at_last_ticket

# The first two columns, in which sentences are counted as decided.
COUNTED: tuple[Reference, ...] = ("paper", "equal_training")
# Experiments in which a sentence should be decided.
ENOUGH = 2

# In the place of the verdict on what the experiment was sized for, which is no finding.
SIZED_FOR = "sized for it"

# `no verdict`: no experiment could test the sentence.
Outcome = Literal["on all", "on some", "on none", "contradicted somewhere", "open", "no verdict"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def outcome(verdicts: Sequence[str]) -> Outcome:
    """How a sentence comes out, from its verdicts in the experiments that are in.

    The first that is true: contradicted in one; supported wherever it was tested, and in two at
    least (in one, if no other is in); supported in one; negligible in one; tested.
    """
    tested = [verdict for verdict in verdicts if verdict in TESTED]
    if not tested:
        return "no verdict"
    if "contradicted" in tested:
        return "contradicted somewhere"
    supported = tested.count("supported")
    if supported == len(tested) and supported >= min(ENOUGH, len(verdicts)):
        return "on all"
    if supported:
        return "on some"
    return "on none" if "negligible" in tested else "open"


def verdict_rows(experiments: Sequence[Finished], extension: bool = False) -> pd.DataFrame:
    """A row for each sentence, column of verdicts and experiment; those not asked are left out.

    Args:
        experiments: At least one.
        extension: Whether of the extension's claims.

    Returns:
        Columns `_COLUMNS`; `outcome` is the same in all rows of a sentence and column. Where the
        experiment was sized for what the sentence says, the verdict is `SIZED_FOR`. `depends`: it
        is another one beside a further control.
    """
    parts = []
    known = extensions() if extension else claims()
    for experiment in experiments:
        judged = experiment.judged(extension)
        last = at_last_ticket(experiment.tables, known, COUNTED)
        depends = [] if extension else experiment.beside_controls["id"].unique()
        for reference in REFERENCES:
            end = suffix(reference)
            part = judged[["id", "section", "sentence", "unit", "paper", "seeds", "note"]].assign(
                column=reference,
                experiment=experiment.name,
                planned=len(experiment.planned.seeds) - len(experiment.planned.left_out),
                resolvable=judged.get(f"resolvable{end}"),
                **{name: judged[f"{name}{end}"] for name in ("effect", "low", "high", "verdict")},
            )
            is_sized_for = part["id"].isin(experiment.planned.sized_for) & (
                part["verdict"].isin(TESTED)
            )
            part["verdict"] = part["verdict"].mask(is_sized_for, SIZED_FOR)
            part = part.merge(last, "left", ["id", "column"])
            part["depends"] = part["id"].isin(depends) & (reference == "equal_training")
            parts.append(part[part["verdict"] != ""])
    rows = pd.concat(parts, ignore_index=True)
    by_sentence = rows.groupby(["id", "column"], sort=False)["verdict"]
    rows["outcome"] = by_sentence.transform(lambda verdicts: outcome(list(verdicts)))
    return rows[_COLUMNS]


_COLUMNS = [
    "id", "section", "sentence", "unit", "paper", "column", "outcome", "experiment", "seeds",
    "planned", "effect", "low", "high", "last", "last_ticket", "resolvable", "verdict", "depends",
    "note",
]  # fmt: skip


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences by outcome (index) and column of verdicts (columns)."""
    sentences = rows.drop_duplicates(["id", "column"])
    table = sentences.groupby(["outcome", "column"]).size().unstack("column")
    table = table.reindex(index=OUTCOMES, columns=REFERENCES)
    return table.fillna(0).astype(int)


def contradictions(rows: pd.DataFrame) -> pd.DataFrame:
    """How sentences that are contradicted somewhere come out elsewhere: numbers, by column.

    Columns: wherever (contradicted in all experiments that tested it, two at least), supported (in
    another one), other (neither).
    """
    lines: dict[str, dict[str, int]] = {}
    for (_, column), part in rows.groupby(["id", "column"], sort=False):
        tested = [verdict for verdict in part["verdict"] if verdict in TESTED]
        if "contradicted" not in tested:
            continue
        wherever = len(tested) >= ENOUGH and set(tested) == {"contradicted"}
        kind = "supported" if "supported" in tested else "wherever" if wherever else "other"
        line = lines.setdefault(column, dict.fromkeys(("wherever", "supported", "other"), 0))
        line[kind] += 1
    return pd.DataFrame(lines).T


def found_in(
    rows: pd.DataFrame, verdicts: Sequence[str], columns: Sequence[Reference] = COUNTED
) -> pd.Series:
    """In how many experiments each sentence has such a verdict in one of these columns, by id."""
    found = rows[rows["column"].isin(columns) & rows["verdict"].isin(verdicts)]
    return found.groupby("id")["experiment"].nunique().reindex(rows["id"].unique(), fill_value=0)
