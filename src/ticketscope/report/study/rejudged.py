"""An experiment judged by other rules or older software: these verdicts are not the study's."""

from collections.abc import Mapping

import pandas as pd

from ticketscope.claims.columns import REFERENCES, Reference, suffix
from ticketscope.claims.judge import judge
from ticketscope.claims.model import Claim, claims
from ticketscope.claims.tables import CONTROL, SHUFFLED
from ticketscope.report.tables.claims import sentences

Tables = Mapping[str, pd.DataFrame]

LAST = "trends judged at the last ticket"
RESAMPLED = "test instances of probes resampled"
RANDOM = "random pruning as the reference at equal sparsity"


def with_control(tables: Tables, name: str) -> dict[str, pd.DataFrame]:
    """The tables with a further control in the place of the control.

    Args:
        tables: Of an experiment, by name as in `claims.tables.COLUMNS`.
        name: Series of the further control.
    """
    return {
        key: t[t["series"] != CONTROL].replace({"series": {name: CONTROL}}) if "series" in t else t
        for key, t in tables.items()
    }


def judged_with(tables: Tables, control: str) -> pd.DataFrame:
    """claims.csv at equal training, with a further control in the place of the control."""
    return judge(with_control(tables, control), _asked("equal_training"))[0]


def judged_at_last_ticket(tables: Tables) -> pd.DataFrame:
    """claims.csv with the change at the last ticket in the place of a slope over all.

    Of trends in what has no reference in the paper there is no such change; they stay trends.
    """
    changed = [
        claim.model_copy(update={"statistic": "last"})
        if claim.statistic == "trend" and claim.against != "nothing"
        else claim
        for claim in claims()
    ]
    return judge(tables, changed)[0]


def judged_without_shuffled(tables: Tables) -> pd.DataFrame:
    """claims.csv at equal sparsity, with the random series as the reference."""
    without = {key: t[t["series"] != SHUFFLED] if "series" in t else t for key, t in tables.items()}
    return judge(without, _asked("equal_sparsity"))[0]


def _asked(reference: Reference) -> list[Claim]:
    """Claims that are asked in a column, without the third one."""
    return [
        claim.model_copy(update={"references": ["paper", reference]})
        for claim in claims()
        if reference in claim.references
    ]


def other_verdicts(
    tables: Tables, by_control: Tables, resampled: Tables, superseded: Tables
) -> pd.DataFrame:
    """Verdicts of an experiment by other choices.

    Args:
        tables: By name as in `claims.tables.COLUMNS`.
        by_control: `judged_with` each further control.
        resampled: `probe_resamples`, if there are probes.
        superseded: claims.csv before a mistake was mended, by what this is called.

    Returns:
        A row for each sentence, choice and column of verdicts that the choice is about: choice, id,
        column, verdict.
    """
    judged: list[tuple[str, pd.DataFrame, tuple[Reference, ...]]] = [
        (LAST, judged_at_last_ticket(tables), REFERENCES),
        *(
            (f"relative to `{control}`", table, ("equal_training",))
            for control, table in by_control.items()
        ),
    ]
    if resampled:
        judged.append((RESAMPLED, judge({**tables, **resampled})[0], REFERENCES))
    if any(SHUFFLED in set(t["series"]) for t in tables.values() if "series" in t):
        judged.append((RANDOM, judged_without_shuffled(tables), ("equal_sparsity",)))
    judged += [(name, table, REFERENCES) for name, table in superseded.items()]
    rows = [
        table[["id"]].assign(
            choice=choice, column=column, verdict=table[f"verdict{suffix(column)}"]
        )
        for choice, all_rows, columns in judged
        for table in [sentences(all_rows)]
        for column in columns
    ]
    return pd.concat(rows, ignore_index=True)[["choice", "id", "column", "verdict"]]
