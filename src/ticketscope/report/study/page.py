"""The study as a Markdown page: tables in, text out; the prose is in study.md beside this file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from ticketscope.claims.columns import Reference
from ticketscope.claims.tables import SHUFFLED
from ticketscope.errors import InputError
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.study import deviations, experiment_tables
from ticketscope.report.study.experiment import Finished
from ticketscope.report.study.finding_tables import NAMES, findings
from ticketscope.report.study.markdown import table
from ticketscope.report.study.outcomes import ENOUGH
from ticketscope.report.study.settings import Study
from ticketscope.report.study.templates import environment
from ticketscope.report.titles import BEHAVIOUR
from ticketscope.stats.seeds import LEAST_SEEDS

# Figures that the page shows of each experiment in which their claim could be measured.
_PICTURES = {"contrasts_kept": "contrast-lost", "contrasts_probes": "contrast-follows-probe"}

_INTERVAL = ("effect", "low", "high")


class Told:
    """Numbers for the texts of study.yaml, by claim, experiment and column of verdicts."""

    _KEYS: ClassVar = ["id", "experiment", "column"]

    def __init__(self, rows: pd.DataFrame) -> None:
        if rows.empty:  # no experiment has verdicts
            rows = pd.DataFrame(columns=[*self._KEYS, "effect", "low", "high", "last"])
        self._rows = rows.set_index(self._KEYS)

    def effect(self, claim: str, experiment: str, column: Reference = "paper") -> str:
        """An effect with its interval."""
        numbers = [self._number(name, claim, experiment, column) for name in _INTERVAL]
        return with_interval(*numbers)

    def last(self, claim: str, experiment: str, column: Reference = "paper") -> str:
        """What a trend's measure has changed by at the last ticket."""
        return f"{self._number('last', claim, experiment, column):.2g}"

    def _number(self, name: str, *key: str) -> float:
        value = self._rows[name].get(key, float("nan"))
        if pd.isna(value):
            claim, experiment, column = key
            raise InputError(
                f"study.yaml: {experiment} has no {name} of {claim} in the column {column}"
            )
        return float(value)


def page(
    study: Study,
    experiments: Sequence[Finished],
    rows: pd.DataFrame,
    extensions: pd.DataFrame,
    out: Path,
) -> str:
    """The page.

    Args:
        study: The plan.
        experiments: Those that are in.
        rows: `outcomes.verdict_rows` of the experiments that are trusted; empty if there is none.
        extensions: The same of the extension's claims.
        out: Folder of the page's figures and published reports.
    """
    trusted = [e for e in experiments if e.has_verdicts and e.is_trusted]
    context: dict[str, Any] = {
        "study": study, "experiments": experiments, "trusted": trusted,
        "waiting": [p for p in study.experiments if p.name not in {e.name for e in experiments}],
        "interim": [e for e in experiments if e.missing],
        "untrusted": [e for e in experiments if not e.is_trusted],
        "amended": [e for e in trusted if not e.is_trusted_as_registered],
        "too_few": [e for e in experiments if not e.has_verdicts], "least": LEAST_SEEDS,
        "shuffled": [e for e in trusted if SHUFFLED in e.record["config"]["pruning"]["series"]],
        "names": NAMES, "marks": ", ".join(f"{mark} {name}" for name, mark in MARKS.items()),
        "pictures": [
            (f"{e.title} ({e.status}): {BEHAVIOUR[name]}", f"{out.name}/{e.name}/{path}")
            for name, claim in _PICTURES.items()
            for e in experiments
            if (out / e.name / (path := f"figures/{name}.svg")).is_file() and e.has_measured(claim)
        ],
        "out": out.name, "enough": ENOUGH, "depends": "",
    }  # fmt: skip
    context |= experiment_tables.tables(experiments)
    context |= {
        "convergence": [
            (e, deviations.seeds_not_converged(e), deviations.control_change(e))
            for e in experiments
        ],
        "not_converged": table(deviations.not_converged(experiments)),
        "none_near": table(deviations.none_near(experiments)),
    }
    told = Told(rows)
    texts = environment().from_string
    context["inserted"] = lambda text: texts(text).render(effect=told.effect, last=told.last)
    if len(rows):
        labels = {e.name: e.label for e in experiments}
        rows, extensions = (each.replace({"experiment": labels}) for each in (rows, extensions))
        complete = [e.name for e in trusted if not e.missing]
        registered = [e.label for e in trusted if e.is_trusted_as_registered]
        context |= findings(rows, extensions, complete, registered)
    return environment().get_template("study.md").render(has_verdicts=len(rows) > 0, **context)
