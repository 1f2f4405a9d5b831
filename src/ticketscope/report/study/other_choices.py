"""Does what is decided hang on a rule? Counts and verdicts by rules that were not registered."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.claims.columns import DECIDED, TESTED, Reference
from ticketscope.claims.verdicts import LEVEL
from ticketscope.report.study.markdown import table
from ticketscope.report.study.outcomes import COUNTED, ENOUGH, NAMES, experiments_with
from ticketscope.stats.corrections import benjamini_yekutieli

REGISTERED = "as registered"
CORRECTED = "Benjamini-Yekutieli's correction"
# Columns of verdicts whose decisions are counted together.
_SCOPES: Mapping[str, tuple[Reference, ...]] = {
    "in either of the first two columns": COUNTED,
    NAMES["equal_sparsity"]: ("equal_sparsity",),
}
_KEYS = ["id", "column", "experiment"]


def tables(rows: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """All of them, by their names in the template.

    Args:
        rows: `outcomes.verdict_rows` of complete experiments.
        others: `rejudged.other_verdicts` of each, by its name in `rows`.
    """
    if not others:
        return {"other_counts": "", "other_verdicts": "", "qualified": {}}
    changed = other_rows(rows, others)
    lines = [
        _count(chosen[chosen["column"].isin(columns)], choice, scope)
        for scope, columns in _SCOPES.items()
        if rows["column"].isin(columns).any()
        for choice, chosen in changed.groupby("choice", sort=False)
        if (chosen["is_other"] & chosen["column"].isin(columns)).any() or choice == REGISTERED
    ]
    return {
        "other_counts": table(pd.DataFrame(lines)),
        "other_verdicts": table(_changes(changed)),
        "qualified": qualified(rows),
    }


def other_rows(rows: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Verdicts by each choice, the registered one first; the arguments are those of `tables`.

    Returns:
        All rows for each choice: choice, id, column, experiment, registered, verdict (by this
        choice), is_other (whether the choice is about it). Verdicts that are not counted stay.
    """
    registered = rows[[*_KEYS, "verdict"]].rename(columns={"verdict": "registered"})
    made = [each.assign(experiment=name) for name, each in others.items()]
    made.append(_corrected(rows).assign(choice=CORRECTED))
    parts = [registered.assign(choice=REGISTERED, verdict=registered["registered"], is_other=False)]
    for choice, of_choice in pd.concat(made).groupby("choice", sort=False):
        part = registered.merge(of_choice, "left", _KEYS).assign(choice=choice)
        part["is_other"] = part["verdict"].notna() & part["registered"].isin(TESTED)
        part["verdict"] = part["verdict"].where(part["is_other"], part["registered"])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _corrected(rows: pd.DataFrame) -> pd.DataFrame:
    """Verdicts by the other correction: what it does not reject is open."""
    p_values = rows.groupby(["experiment", "column"])["p"]
    adjusted = p_values.transform(lambda p: benjamini_yekutieli(p.to_numpy(float)))
    is_lost = rows["verdict"].isin(DECIDED) & (adjusted > LEVEL)
    return rows[_KEYS].assign(verdict=rows["verdict"].mask(is_lost, "open"))


def _count(chosen: pd.DataFrame, choice: str, scope: str) -> dict[str, Any]:
    """Sentences that are decided by a choice, and verdicts that it changes."""
    columns = list(chosen["column"].unique())
    names = list(chosen["experiment"].unique())
    numbers = {
        name: (experiments_with(part, DECIDED, columns) > 0).sum()
        for name, part in chosen.groupby("experiment", sort=False)
    }
    if len(names) >= ENOUGH:
        enough = experiments_with(chosen, DECIDED, columns) >= ENOUGH
        numbers[f"in at least {ENOUGH}"] = enough.sum()
    pairs = chosen[["registered", "verdict"]]
    is_opposite = pairs.isin(["supported", "contradicted"]).all(axis=1)
    opposite = chosen["id"][is_opposite & (pairs["registered"] != pairs["verdict"])]
    return {
        "rule": choice,
        "decided": scope,
        **numbers,
        "verdicts that change": (pairs["registered"] != pairs["verdict"]).sum(),
        "to the opposite": ", ".join(f"`{name}`" for name in opposite.unique()) or "none",
    }


def _changes(changed: pd.DataFrame) -> pd.DataFrame:
    """A row for each choice, column of verdicts and experiment in which some verdict changes."""
    differing = changed[changed["verdict"] != changed["registered"]]
    lines = []
    for (choice, column, name), part in differing.groupby(
        ["choice", "column", "experiment"], sort=False
    ):
        kinds = part.groupby(["registered", "verdict"], sort=False)["id"]
        lines.append(
            {"rule": choice, "column": NAMES[column], "experiment": name}
            | {
                "registered verdict → other verdict": "<br>".join(
                    f"{before} → {after}: " + ", ".join(f"`{i}`" for i in ids)
                    for (before, after), ids in kinds
                )
            }
        )
    return pd.DataFrame(lines)


def qualified(rows: pd.DataFrame) -> dict[str, int]:
    """How many sentences remain decided in two experiments without some verdicts.

    Args:
        rows: `outcomes.verdict_rows` of complete experiments.

    Returns:
        `sentences`: without those whose interval covers seeds alone; `spread`: without those whose
        interval is a point; `corrected`: by Benjamini and Yekutieli; `all_controls`: without those
        that depend on the control; `all`: without any of these. `equal_training` and
        `equal_training_all_controls` are of the column at equal training.
    """
    covers_sentences = ~rows["seeds_alone"].astype(bool)
    has_spread = rows["low"] < rows["high"]
    is_left = _corrected(rows)["verdict"].isin(DECIDED)
    is_robust = ~rows["depends"].astype(bool)

    def count(kept: pd.Series | bool, columns: tuple[Reference, ...] = COUNTED) -> int:
        return int((experiments_with(rows[kept], DECIDED, columns) >= ENOUGH).sum())

    at_equal_training: tuple[Reference, ...] = ("equal_training",)
    return {
        "sentences": count(covers_sentences),
        "spread": count(has_spread),
        "corrected": count(is_left),
        "all": count(covers_sentences & has_spread & is_left & is_robust),
        "equal_training": count(rows["id"] != "", at_equal_training),
        "equal_training_all_controls": count(is_robust, at_equal_training),
    }
