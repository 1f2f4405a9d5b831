"""How each claim comes out over the experiments."""

from collections.abc import Sequence
from typing import Literal, get_args

import pandas as pd

from ticketscope.claims.columns import REFERENCES, TESTED, Reference, suffix
from ticketscope.report.study.experiment import Finished

# The first two columns, in which sentences are counted as decided.
COUNTED: tuple[Reference, ...] = ("paper", "equal_training")
# Experiments in which a sentence should be decided.
ENOUGH = 2

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
        Columns `_COLUMNS`; `outcome` is the same in all rows of a sentence and column.
    """
    parts = []
    for experiment in experiments:
        judged = experiment.judged(extension)
        for reference in REFERENCES:
            end = suffix(reference)
            part = judged[["id", "section", "sentence", "unit", "paper", "seeds", "note"]].assign(
                column=reference,
                experiment=experiment.name,
                planned=len(experiment.planned.seeds) - len(experiment.planned.left_out),
                resolvable=judged.get(f"resolvable{end}"),
                **{name: judged[f"{name}{end}"] for name in ("effect", "low", "high", "verdict")},
            )
            parts.append(part[part["verdict"] != ""])
    rows = pd.concat(parts, ignore_index=True)
    by_sentence = rows.groupby(["id", "column"], sort=False)["verdict"]
    rows["outcome"] = by_sentence.transform(lambda verdicts: outcome(list(verdicts)))
    return rows[_COLUMNS]


_COLUMNS = [
    "id", "section", "sentence", "unit", "paper", "column", "outcome", "experiment", "seeds",
    "planned", "effect", "low", "high", "resolvable", "verdict", "note",
]  # fmt: skip


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences by outcome (index) and column of verdicts (columns)."""
    sentences = rows.drop_duplicates(["id", "column"])
    table = sentences.groupby(["outcome", "column"]).size().unstack("column")
    table = table.reindex(index=OUTCOMES, columns=REFERENCES)
    return table.fillna(0).astype(int)


def found_in(
    rows: pd.DataFrame, verdicts: Sequence[str], columns: Sequence[Reference] = COUNTED
) -> pd.Series:
    """In how many experiments each sentence has such a verdict in one of these columns, by id."""
    found = rows[rows["column"].isin(columns) & rows["verdict"].isin(verdicts)]
    return found.groupby("id")["experiment"].nunique().reindex(rows["id"].unique(), fill_value=0)
