"""Sections 4.2 and 4.3: which tasks change with sparsity, for linear and for MLP probes."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from ticketscope.probing.layers import best_layers
from ticketscope.report.claims.experiment import (
    CONTROL,
    DENSE,
    MAGNITUDE,
    Experiment,
    NotMeasurable,
)
from ticketscope.report.claims.findings import (
    HOW_SHARE,
    NO_CONTROL,
    cells_of,
    counted,
    explained,
    over,
    share_finding,
    spread_note,
)
from ticketscope.report.claims.model import (
    AGREES,
    DIFFERS,
    UNDECIDED,
    Claim,
    Estimate,
    Finding,
    Verdict,
)
from ticketscope.report.claims.rules import LEVEL, by_class, by_equivalence
from ticketscope.report.paper import paper_values

# The smallest change of a linear probe that the paper calls a trend: SynPred, .905 to .921.
MARGIN = 0.016
# "Always", "across the board": share of cells that has to be exceeded.
NEARLY_ALL = 0.9
# Tasks of pairs of words: prediction of arcs, and their classification.
ARCS = {"SynPred": "SynClass", "SemPred": "SemClass"}
_CLASS = (
    "Test score of {probe} probes on the layer that is best on dev, replicates averaged: last "
    "ticket minus LTH0, paired bootstrap over test sentences. Class as in docs/steps/probing.md "
    "(Spearman's correlation with sparsity over tickets, and this difference; Holm's correction "
    "over tasks, p < .05). "
)


def claims() -> list[Claim]:
    """In the order of the paper."""
    classes = paper_values("probing")["classes"]
    linear = _changes("table_a2_linear")
    mlp = _changes("table_a3_mlp")
    return [
        *(_invariant(task) for task in classes["invariant"]),
        *(_trending(task, "degrading", "linear", linear[task]) for task in classes["degrading"]),
        *(_trending(task, "improving", "linear", linear[task]) for task in classes["improving"]),
        Claim(
            "prediction-below-classification",
            "4.2",
            "Probes predict syntactic and semantic arcs less accurately than they classify them.",
            "1",
            "Linear probes on the layer best on dev. Share of cells (tickets with LTH0, two kinds "
            f"of arcs). {HOW_SHARE} one half.",
            _prediction_below,
        ),
        Claim(
            "semantics-before-bleu",
            "4.2, abstract",
            "Pruning loses complex semantic information (PS-Fxn, PS-Role, Coref) before it loses "
            "BLEU.",
            "1",
            "Share of the three tasks whose score at 79 % is below LTH0's with its 95 % interval "
            "(paired bootstrap over test sentences). Agrees if two or more are, and BLEU is not "
            "significantly below LTH0's; differs if BLEU is and at most one task; else undecided.",
            _semantics_first,
        ),
        Claim(
            "mlp-higher",
            "4.3, Table A3",
            "MLP probes score higher than linear probes on all tasks and tickets.",
            "1",
            "Layer best on dev. Share of cells (Table A3's tasks, tickets with LTH0). "
            f"{HOW_SHARE} {NEARLY_ALL}.",
            _mlp_higher,
        ),
        *(
            Claim(
                f"mlp-no-gain-{task}",
                "4.3",
                f"The gain of linear probes on {task} with sparsity is absent for MLP probes.",
                f"{mlp[task]:+.3f} (linear {linear[task]:+.3f})",
                f"{_CLASS.format(probe='MLP')}Agrees if the task improves for linear probes and "
                "not for MLPs; differs if it improves for MLPs; undecided if there is no gain that "
                "an MLP could remove.",
                partial(_no_gain, task=task),
            )
            for task in classes["improving"]
        ),
        *(_trending(task, "degrading", "mlp", mlp[task]) for task in classes["degrading"]),
    ]


def _changes(table: str) -> dict[str, float]:
    """LTH8's score minus LTH0's, by task."""
    values = paper_values(table)
    first, *_, last = values["rows_LTH0_to_LTH8"]
    return dict(zip(values["columns"], np.subtract(last, first).tolist(), strict=True))


def _invariant(task: str) -> Claim:
    return Claim(
        f"invariant-{task}",
        "4.2",
        f"Linear-probe accuracy on {task} does not change with sparsity.",
        "no trend",
        f"{_CLASS.format(probe='linear')}Agrees if no trend is found and the interval lies within "
        f"{MARGIN} (the smallest change that the paper calls a trend); differs if it degrades or "
        "improves; else undecided.",
        partial(_of_class, task=task, probe="linear", claimed="invariant"),
    )


def _trending(task: str, claimed: str, probe: str, change: float) -> Claim:
    verb = {"degrading": "falls", "improving": "rises"}[claimed]
    name, text = {
        "linear": (f"{claimed}-{task}", f"Linear-probe accuracy on {task} {verb}"),
        "mlp": (f"mlp-no-rescue-{task}", f"MLP-probe accuracy on {task} also {verb}"),
    }[probe]
    return Claim(
        name,
        "4.2, Table A2" if probe == "linear" else "4.3, Table A3",
        f"{text} as sparsity increases.",
        f"{change:+.3f}",
        f"{_CLASS.format(probe={'linear': 'linear', 'mlp': 'MLP'}[probe])}Agrees if the class is "
        f"{claimed}, differs if it is the opposite one; undecided if no trend is found.",
        partial(_of_class, task=task, probe=probe, claimed=claimed),
    )


def _trend(experiment: Experiment, task: str, probe: str, series: str) -> pd.Series:
    rows = experiment.of("probe_trends", series)
    rows = rows[rows["task"] == task]
    if rows.empty:
        raise NotMeasurable(f"the task {task} was not probed")
    rows = rows[rows["probe"] == probe]
    if rows.empty:
        raise NotMeasurable(f"{task} has no {probe} probe")
    return rows.iloc[0]


def _difference(row: pd.Series) -> Estimate:
    return Estimate(*(float(row[name]) for name in ("difference", "low", "high")))


def _seeds(experiment: Experiment) -> str:
    return counted(experiment.of("probes", MAGNITUDE)["seed"].nunique(), "seed")


def _of_class(experiment: Experiment, task: str, probe: str, claimed: str) -> Finding:
    row = _trend(experiment, task, probe, MAGNITUDE)
    found, difference = str(row["class"]), _difference(row)
    verdict = (
        by_equivalence(found, difference, MARGIN)
        if claimed == "invariant"
        else by_class(found, claimed)
    )
    return Finding(
        difference,
        f"{_seeds(experiment)}, {counted(int(row['tickets']), 'ticket')}",
        verdict,
        f"{_class_text(row)} {_control_class(experiment, task, probe, row)} "
        f"{_seed_note(experiment, task, probe, difference.value)}",
    )


def _class_text(row: pd.Series) -> str:
    if row["class"] == "undecided":
        return "Too few tickets for any trend to be significant."
    return (
        f"Class: {row['class']} (rho = {row['rho']:.2f}, corrected p = {row['p_corrected']:.2g})."
    )


def _control_class(experiment: Experiment, task: str, probe: str, own: pd.Series) -> str:
    """What the control, ranked by epochs, has; whether that explains the class."""
    try:
        row = _trend(experiment, task, probe, CONTROL)
    except NotMeasurable:
        return NO_CONTROL
    text = (
        f"The control (same epochs, nothing pruned) changes by {row['difference']:+.3f} "
        f"({row['class']})"
    )
    if own["class"] not in ("degrading", "improving"):
        return f"{text}."
    effect = float(own["difference"])
    return f"{text}: {explained(effect, float(row['difference']), 1 if effect > 0 else -1)}."


def _seed_note(experiment: Experiment, task: str, probe: str, change: float) -> str:
    best = best_of(experiment, MAGNITUDE, probe)
    dense = best[(best["series"] == DENSE) & (best["task"] == task)]
    return spread_note(dense["clean_test"], change)


def _no_gain(experiment: Experiment, task: str) -> Finding:
    linear = _trend(experiment, task, "linear", MAGNITUDE)
    row = _trend(experiment, task, "mlp", MAGNITUDE)
    verdict: Verdict = UNDECIDED
    if row["class"] == "improving":
        verdict = DIFFERS
    elif linear["class"] == "improving" and row["class"] != "undecided":
        verdict = AGREES
    return Finding(
        _difference(row),
        f"{_seeds(experiment)}, {counted(int(row['tickets']), 'ticket')}",
        verdict,
        f"MLP: {_class_text(row)} Linear: {linear['difference']:+.3f}, {linear['class']}. "
        f"{_control_class(experiment, task, 'mlp', row)}",
    )


def best_of(experiment: Experiment, series: str, probe: str) -> pd.DataFrame:
    """`best_layers` of LTH0 and a series, layer 1 and up.

    Raises:
        NotMeasurable: there is no such probe.
    """
    rows = experiment.with_dense("probes", series).dropna(subset=["dev", "test"])
    rows = rows[(rows["probe"] == probe) & (rows["layer"] > 0)]
    if rows.empty:
        raise NotMeasurable(f"the table probes.csv has no {probe} probe of the series {series}")
    return best_layers(rows)


def _pivot(best: pd.DataFrame, column: str) -> pd.DataFrame:
    """Index task, a column a seed and ticket."""
    return best.pivot_table(column, "task", ["seed", "series", "ticket"])


def _prediction_below(experiment: Experiment) -> Finding:
    def cells(series: str) -> list[bool]:
        scores = _pivot(best_of(experiment, series, "linear"), "clean_test")
        arcs = [(a, b) for a, b in ARCS.items() if a in scores.index and b in scores.index]
        if not arcs:
            raise NotMeasurable("no kind of arcs was both predicted and classified")
        return [
            bool(cell)
            for prediction, classification in arcs
            for cell in scores.loc[prediction] < scores.loc[classification]
        ]

    note = "Chance levels differ: two classes for prediction, many for classification."
    return share_finding(cells, over(experiment, "probes", "cell"), note=note)


def _semantics_first(experiment: Experiment) -> Finding:
    tasks = paper_values("probing")["classes"]["degrading"]
    rows = experiment.of("probe_differences", MAGNITUDE)
    rows = rows[(rows["probe"] == "linear") & rows["task"].isin(tasks)]
    if rows["task"].nunique() < len(tasks):
        raise NotMeasurable(f"not all of {', '.join(tasks)} were probed")
    bleu = experiment.of("table_a1", MAGNITUDE)
    ticket = experiment.ticket(7, set(rows["k"]) & set(bleu["k"]))
    bleu, dense = bleu[bleu["k"] == ticket.k], experiment.of("table_a1", DENSE)
    # In every seed: with several, one that holds by chance is not enough.
    lower = rows[rows["k"] == ticket.k].groupby("task")["high"].max() < 0
    fallen = bool(
        bleu["bleu"].mean() < dense["bleu"].mean() and (bleu["bleu_p_vs_lth0"] < LEVEL).all()
    )
    lost = int(lower.sum())
    verdict: Verdict = UNDECIDED
    if not fallen and lost >= 2:
        verdict = AGREES
    elif fallen and lost <= 1:
        verdict = DIFFERS
    changes = rows[rows["k"] == ticket.k].groupby("task")["difference"].mean()
    means = ", ".join(f"{task} {changes[task]:+.3f}" for task in tasks)
    text = "significantly below" if fallen else "not significantly below"
    return Finding(
        Estimate(lost / len(tasks)),
        f"{_seeds(experiment)}, {len(tasks)} tasks",
        verdict,
        f"{ticket.note} {means}; BLEU is {text} LTH0's. "
        f"{_control_losses(experiment, tasks, ticket.k)}",
    )


def _control_losses(experiment: Experiment, tasks: Sequence[str], k: int) -> str:
    try:
        rows = experiment.of("probe_differences", CONTROL)
    except NotMeasurable:
        return NO_CONTROL
    rows = rows[(rows["probe"] == "linear") & rows["task"].isin(tasks) & (rows["k"] == k)]
    lost = int((rows.groupby("task")["high"].max() < 0).sum())
    return f"The control (same epochs, nothing pruned) has lost {lost} of them."


def _mlp_higher(experiment: Experiment) -> Finding:
    tasks = paper_values("table_a3_mlp")["columns"]

    def cells(series: str) -> list[bool]:
        linear, mlp = (
            _pivot(best_of(experiment, series, probe), "clean_test") for probe in ("linear", "mlp")
        )
        common = [task for task in tasks if task in linear.index and task in mlp.index]
        return cells_of(mlp.loc[common] > linear.loc[common])

    return share_finding(cells, over(experiment, "probes", "cell"), bar=NEARLY_ALL)
