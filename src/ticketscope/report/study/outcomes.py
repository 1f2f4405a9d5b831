"""How each claim comes out over the experiments."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import pandas as pd

from ticketscope.claims.columns import DECIDED, REFERENCES, TESTED, Reference, suffix
from ticketscope.claims.model import claims, extensions
from ticketscope.claims.tables import Tables
from ticketscope.report.study.experiment import Finished, is_far
from ticketscope.report.study.last_ticket import at_last_ticket
from ticketscope.report.study.limits import limits

# The first two columns, in which sentences are counted as decided.
COUNTED: tuple[Reference, ...] = ("paper", "equal_training")
NAMES: Mapping[Reference, str] = {
    "paper": "as in the paper",
    "equal_training": "at equal training",
    "equal_sparsity": "at equal sparsity",
}
# Experiments in which a sentence should be decided.
ENOUGH = 2

# In the place of a verdict that is not counted: the experiment was sized for what the sentence
# says, or has no ticket of the sparsity that the sentence is about.
SIZED_FOR = "sized for it"
FAR = "no ticket as sparse"

# `no verdict`: no experiment could test the sentence.
Outcome = Literal["on all", "on some", "on none", "contradicted somewhere", "open", "no verdict"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
# What the page calls them.
HEADINGS: Mapping[Outcome, str] = {
    name: f"supported {name}" if name.startswith("on ") else name for name in OUTCOMES
}

# How sentences that are contradicted somewhere come out in other experiments.
ELSEWHERE = (
    "supported in another one",
    "contradicted wherever they were tested, in at least two",
    "contradicted in at least two, and open or negligible elsewhere",
    "contradicted in one, and nowhere else supported or contradicted",
)


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
        Columns `_COLUMNS`, those of `limits` among them. `complete`: all seeds of the experiment
        are in; `outcome` is of these experiments alone, and the same in all rows of a sentence and
        column. `verdict` is `SIZED_FOR` or `FAR` where the registered one is not counted.
        `depends`: it is another one relative to a further control.
    """
    parts = []
    known = extensions() if extension else claims()
    by_id = {claim.id: claim for claim in known}
    for experiment in experiments:
        judged, all_rows = experiment.judged(extension), experiment.claim_rows(extension)
        separation = experiment.results.tables.get("probe_separation")
        read = Tables(experiment.tables)
        last = at_last_ticket(experiment.tables, known, COUNTED)
        depends = [] if extension else experiment.beside_controls["id"].unique()
        for reference in REFERENCES:
            end = suffix(reference)
            part = judged[["id", "section", "sentence", "unit", "paper", "seeds", "note"]].assign(
                column=reference,
                experiment=experiment.name,
                complete=not experiment.missing,
                planned=len(experiment.planned.seeds) - len(experiment.planned.left_out),
                resolvable=judged.get(f"resolvable{end}"),
                **{name: judged[f"{name}{end}"] for name in _ESTIMATE},
            )
            tested = part["verdict"].isin(TESTED)
            is_sized_for = tested & part["id"].isin(experiment.planned.sized_for)
            part["verdict"] = (
                part["verdict"].mask(tested & is_far(part), FAR).mask(is_sized_for, SIZED_FOR)
            )
            part = part.merge(last, "left", ["id", "column"])
            part = part.merge(limits(all_rows, by_id, reference, separation, read), "left", "id")
            part["depends"] = part["id"].isin(depends) & (reference == "equal_training")
            parts.append(part[part["verdict"] != ""])
    rows = pd.concat(parts, ignore_index=True)
    counted = rows["verdict"].where(rows["complete"])
    by_sentence = counted.groupby([rows["id"], rows["column"]], sort=False)
    rows["outcome"] = by_sentence.transform(lambda verdicts: outcome(list(verdicts.dropna())))
    return rows[_COLUMNS]


_ESTIMATE = ("effect", "low", "high", "p", "verdict")
_COLUMNS = [
    "id", "section", "sentence", "unit", "paper", "column", "outcome", "experiment", "complete",
    "seeds", "planned", "effect", "low", "high", "last", "last_low", "last_high", "last_ticket",
    "control", "control_low", "control_high", "resolvable", "p", "verdict", "part",
    "paper_of_part", "unmeasured", "unknown", "depends", "seeds_alone", "note",
]  # fmt: skip


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences by outcome (index) and column of verdicts (columns)."""
    sentences = rows.drop_duplicates(["id", "column"])
    table = sentences.groupby(["outcome", "column"]).size().unstack("column")
    table = table.reindex(index=OUTCOMES, columns=REFERENCES)
    return table.fillna(0).astype(int)


def contradictions(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences that are contradicted somewhere, by how they come out elsewhere (index, all of
    `ELSEWHERE`) and column of verdicts (columns)."""
    kinds = rows.groupby(["id", "column"], sort=False)["verdict"].agg(_elsewhere).reset_index()
    table = pd.crosstab(kinds["verdict"], kinds["column"])
    return table.reindex(index=ELSEWHERE, columns=REFERENCES, fill_value=0)


def _elsewhere(verdicts: pd.Series) -> str | None:
    """The first of `ELSEWHERE` that is true; none if no experiment contradicts the sentence."""
    tested = [verdict for verdict in verdicts if verdict in TESTED]
    contradicted = tested.count("contradicted")
    if not contradicted:
        return None
    if "supported" in tested:
        return ELSEWHERE[0]
    if contradicted < ENOUGH:
        return ELSEWHERE[3]
    return ELSEWHERE[1] if contradicted == len(tested) else ELSEWHERE[2]


def experiments_with(
    rows: pd.DataFrame, verdicts: Sequence[str], columns: Sequence[Reference] = COUNTED
) -> pd.Series:
    """In how many experiments each sentence has such a verdict in one of these columns, by id."""
    chosen = rows[rows["column"].isin(columns) & rows["verdict"].isin(verdicts)]
    return chosen.groupby("id")["experiment"].nunique().reindex(rows["id"].unique(), fill_value=0)


def alike(rows: pd.DataFrame, column: Reference) -> int:
    """Sentences that several experiments decide in a column, all with the same verdict."""
    decided = rows[(rows["column"] == column) & rows["verdict"].isin(DECIDED)]
    by_sentence = decided.groupby("id")["verdict"].agg(["size", "nunique"])
    return int(((by_sentence["size"] >= ENOUGH) & (by_sentence["nunique"] == 1)).sum())
