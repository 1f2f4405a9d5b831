"""The study as a Markdown page: tables in, text out; the prose is in study.md beside this file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ticketscope.claims.columns import TESTED, Reference
from ticketscope.claims.model import claims
from ticketscope.claims.tables import SHUFFLED
from ticketscope.errors import InputError
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.study import (
    deviations,
    experiment_tables,
    last_ticket,
    other_choices,
    probe_classes,
    said,
)
from ticketscope.report.study.experiment import Finished
from ticketscope.report.study.finding_tables import every_sentence, findings, marks
from ticketscope.report.study.markdown import table
from ticketscope.report.study.outcomes import COUNTED, ENOUGH, HEADINGS, NAMES, Outcome
from ticketscope.report.study.settings import Study
from ticketscope.report.study.templates import environment
from ticketscope.report.titles import BEHAVIOUR
from ticketscope.stats.classes import MARGIN
from ticketscope.stats.seeds import LEAST_SEEDS

# Figures that the page shows of each experiment, if their claim (where there is one) could be
# measured in it.
_PICTURES = {
    "contrasts_kept": "contrast-lost",
    "contrasts_probes": "contrast-follows-probe",
    "words_by_frequency": "",
    "flips": "",
}

_INTERVAL = ("effect", "low", "high")
_CONTROL = ("control", "control_low", "control_high")
_LAST = ("last", "last_low", "last_high")


class EffectTexts:
    """Numbers for the texts of study.yaml, by claim, experiment and column of verdicts.

    `times`: a factor, such as -1 for how much something falls, or 100 for percent.
    """

    _KEYS: ClassVar = ["id", "experiment", "column"]

    def __init__(self, rows: pd.DataFrame, experiments: Sequence[Finished]) -> None:
        if rows.empty:  # no experiment has verdicts
            rows = pd.DataFrame(columns=[*self._KEYS, "outcome", *_INTERVAL, *_CONTROL, *_LAST])
        self._rows = rows.set_index(self._KEYS)
        self._experiments = {e.name: e for e in experiments}

    def effect(
        self, claim: str, experiment: str, column: Reference = "paper", times: float = 1
    ) -> str:
        """An effect with its interval."""
        return self._with_interval(_INTERVAL, times, claim, experiment, column)

    def control(self, claim: str, experiment: str, times: float = 1) -> str:
        """The control's own change from LTH0 in a claim's measure."""
        return self._with_interval(_CONTROL, times, claim, experiment, "paper")

    def last(
        self, claim: str, experiment: str, column: Reference = "paper", times: float = 1
    ) -> str:
        """What a trend's measure has changed by at the last ticket."""
        return self._with_interval(_LAST, times, claim, experiment, column)

    def in_layer(
        self,
        claim: str,
        experiment: str,
        layer: int,
        column: Reference = "paper",
        times: float = 1,
    ) -> str:
        """A claim's effect in a layer that it is not about. No verdict rests on it."""
        self._number("effect", claim, experiment, column)  # names what study.yaml has wrong
        (known,) = (each for each in claims() if each.id == claim)
        effect = last_ticket.in_layer(self._experiments[experiment].tables, known, column, layer)
        value, *ends = (times * number for number in effect)
        return with_interval(value, *sorted(ends))

    def relative_to(self, control: str, claim: str, experiment: str, times: float = 1) -> str:
        """An effect at equal training with a further control in the place of the control."""
        self._number("effect", claim, experiment, "equal_training")  # as in `in_layer`
        judged = self._experiments[experiment].by_further_control.get(control)
        row = pd.Series() if judged is None else judged.set_index("id").loc[claim]
        value, *ends = (times * row.get(f"{name}_equal_training", np.nan) for name in _INTERVAL)
        if np.isnan(value):
            raise InputError(
                f"study.yaml: {experiment} has no effect of {claim} relative to {control}"
            )
        return with_interval(value, *sorted(ends))

    def come_out(self, column: Reference, outcome: Outcome) -> int:
        """Sentences with an outcome over all experiments."""
        of_column = self._rows.reset_index().query("column == @column and outcome == @outcome")
        return int(of_column["id"].nunique())

    def _with_interval(self, names: Sequence[str], times: float, *key: str) -> str:
        value, *ends = (times * self._number(name, *key) for name in names)
        return with_interval(value, *sorted(ends))

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
        rows: `outcomes.verdict_rows` of the trusted experiments with enough seeds; empty if there
            is none.
        extensions: The same of the extension's claims.
        out: Folder of the page's figures and published reports.
    """
    judged = [e for e in experiments if e.has_verdicts and e.is_trusted]
    trusted = [e for e in judged if not e.missing]
    context: dict[str, Any] = {
        "study": study, "experiments": experiments, "trusted": trusted, "judged": judged,
        "waiting": [p for p in study.experiments if p.name not in {e.name for e in experiments}],
        "interim": [e for e in experiments if e.missing],
        "untrusted": [e for e in experiments if not e.is_trusted],
        "amended": [e for e in trusted if not e.is_trusted_as_registered],
        "least": LEAST_SEEDS,
        "shuffled": [e for e in trusted if SHUFFLED in e.record["config"]["pruning"]["series"]],
        "names": NAMES, "marks": ", ".join(f"{mark} {name}" for name, mark in MARKS.items()),
        "pictures": [
            (f"{e.title} ({e.status}): {BEHAVIOUR[name]}", path)
            for name, claim in _PICTURES.items()
            for e, path in _shown(name, experiments, out)
            if not claim or e.has_measured(claim)
        ],
        "bleu": {e.name: path for e, path in _shown("bleu_sparsity", experiments, out)},
        "signatures": {e.results.tables["table_a1"]["signature"].iloc[0] for e in experiments},
        "headings": HEADINGS, "out": out.name, "enough": ENOUGH,
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
    classes = probe_classes.probe_classes(trusted)
    texts, effects = environment().from_string, EffectTexts(rows, experiments)
    tasks = probe_classes.TaskTexts(classes)
    by_class = {"tasks": tasks.tasks, "task_names": tasks.task_names}
    told = ("effect", "control", "last", "in_layer", "relative_to", "come_out")
    insert = {name: getattr(effects, name) for name in told} | by_class
    context["inserted"] = lambda text: texts(text).render(**insert)
    context |= by_class | {
        "task_classes": table(probe_classes.counts(classes)),
        "classes_by_task": table(probe_classes.by_task(classes)),
        "classified": [e for e in trusted if e.name in {*classes["experiment"]}],
        "margin": MARGIN,
    }
    if len(rows):
        labels = {e.name: e.label for e in experiments}
        rows, extensions = (each.replace({"experiment": labels}) for each in (rows, extensions))
        context |= marks(rows) | {"every_sentence": every_sentence(rows)}
    if trusted:
        said.check([*study.summary, *study.remarks], trusted)
        registered = [e.label for e in trusted if e.is_trusted_as_registered]
        rows, extensions = (each[each["complete"]] for each in (rows, extensions))
        context |= findings(rows, extensions, registered)
        others = {e.label: e.other_verdicts for e in trusted if not e.missing}
        context |= other_choices.tables(rows, others)
        context["placebo_covers"] = _placebo_covers(trusted, rows)
    return environment().get_template("study.md").render(has_verdicts=bool(trusted), **context)


def _placebo_covers(trusted: Sequence[Finished], rows: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Of each experiment with a placebo: sentences that it tests, and all that are tested."""
    tested = rows[rows["verdict"].isin(TESTED) & rows["column"].isin(COUNTED)]
    numbers = tested.groupby("experiment")["id"].nunique()
    return [(e.title, len(e.placebos[0].effects), numbers[e.label]) for e in trusted if e.placebos]


def _shown(name: str, experiments: Sequence[Finished], out: Path) -> list[tuple[Finished, str]]:
    """A figure of each experiment that has drawn it, by its address from the page."""
    paths = [(e, Path(e.name, f"figures/{name}.svg")) for e in experiments]
    return [(e, f"{out.name}/{path}") for e, path in paths if (out / path).is_file()]
