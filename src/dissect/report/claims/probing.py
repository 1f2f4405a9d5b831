"""Sections 4.2 to 4.4: what probes read off the encoder."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from dissect.probing.layers import best_layers, over_replicates
from dissect.report.claims.experiment import (
    CONTROL,
    DENSE,
    MAGNITUDE,
    Experiment,
    NotMeasurable,
)
from dissect.report.claims.findings import (
    HOW_SHARE,
    HOW_TREND,
    NO_CONTROL,
    counted,
    explained,
    share_finding,
    spread_note,
    trend_finding,
)
from dissect.report.claims.model import (
    AGREES,
    DIFFERS,
    UNDECIDED,
    Claim,
    Estimate,
    Finding,
    Verdict,
)
from dissect.report.claims.rules import LEVEL, by_class, by_equivalence
from dissect.report.paper import paper_values

# The smallest change of a linear probe that the paper calls a trend: SynPred, .905 to .921.
MARGIN = 0.016
# "Always", "across the board": share of cells that has to be exceeded.
NEARLY_ALL = 0.9
# Tasks of pairs of words: prediction of arcs, and their classification.
ARCS = {"SynPred": "SynClass", "SemPred": "SemClass"}
_CLASS = (
    "Score of {probe} probes on test, on the layer best on dev, replicates averaged: the last "
    "ticket's minus LTH0's, paired bootstrap over test sentences; class by docs/probing.md "
    "(Spearman's correlation with sparsity over tickets and that difference, Holm's correction "
    "over tasks, p < .05). "
)
_Z = (
    "Linear probes' mean z over the {group} tasks (z over all layers and tickets of LTH0 and the "
    "magnitude series, task by task) {where}: at 83 % minus LTH0. " + HOW_TREND
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
            "MLP probes score higher than linear ones across the board.",
            "1",
            "Layer best on dev. Share of cells (Table A3's tasks, tickets with LTH0). "
            f"{HOW_SHARE} {NEARLY_ALL}.",
            _mlp_higher,
        ),
        *(
            Claim(
                f"mlp-no-gain-{task}",
                "4.3",
                f"What {task} gains with sparsity for a linear probe, it does not for an MLP.",
                f"{mlp[task]:+.3f} (linear {linear[task]:+.3f})",
                f"{_CLASS.format(probe='MLP')}Agrees if the task improves for linear probes and "
                "not for MLPs; differs if it improves for MLPs; undecided if there is no gain that "
                "an MLP could remove.",
                partial(_no_gain, task=task),
            )
            for task in classes["improving"]
        ),
        *(_trending(task, "degrading", "mlp", mlp[task]) for task in classes["degrading"]),
        Claim(
            "last-layer-best",
            "4.4",
            "The last layer always has the highest accuracy.",
            "1",
            "Linear probes, layer best on test. Share of cells (tasks, tickets with LTH0) in which "
            f"it is the last. {HOW_SHARE} {NEARLY_ALL}.",
            _last_best,
        ),
        Claim(
            "syntax-lower-layers-rise",
            "4.4, Figure 3",
            "Below the last layer, syntactic tasks are solved better with growing sparsity.",
            f"{_below('figure_3_syntax'):+.2f}",
            _Z.format(group="syntactic", where="and the layers below the last"),
            partial(_layers, select="Syntax", where=_below_last, sign=1),
        ),
        Claim(
            "syntax-last-layer-equal",
            "4.4, Figure 3",
            "In the last layer, syntactic tasks gain less than below it.",
            f"{_below('figure_3_syntax') - _at_last('figure_3_syntax'):+.2f}",
            _Z.format(group="syntactic", where="below the last layer minus in it"),
            partial(_layers, select="Syntax", where=_gap, sign=1),
        ),
        Claim(
            "pos-lower-layers-rise",
            "4.4, Figure A3",
            "Below the last layer, part-of-speech tagging gets better with growing sparsity.",
            f"{_below('figure_a3'):+.2f}",
            _Z.format(group="POS", where="and the layers below the last"),
            partial(_layers, select="POS", where=_below_last, sign=1),
        ),
        Claim(
            "pos-last-layer-equal",
            "4.4, Figure A3",
            "In the last layer, part-of-speech tagging gains less than below it.",
            f"{_below('figure_a3') - _at_last('figure_a3'):+.2f}",
            _Z.format(group="POS", where="below the last layer minus in it")
            + " The paper's text says so; its figure says the contrary.",
            partial(_layers, select="POS", where=_gap, sign=1),
        ),
        Claim(
            "semantics-last-layer-falls",
            "4.4, Figure 3",
            "In the last layer, semantic tasks are solved better by dense models.",
            f"{_at_last('figure_3_semantics'):+.2f}",
            _Z.format(group="semantic", where="in the last layer"),
            partial(_layers, select="Semantics", where=_last_layer, sign=-1),
        ),
    ]


def _changes(table: str) -> dict[str, float]:
    """LTH8's score minus LTH0's, by task."""
    values = paper_values(table)
    first, *_, last = values["rows_LTH0_to_LTH8"]
    return dict(zip(values["columns"], np.subtract(last, first).tolist(), strict=True))


def _below(figure: str) -> float:
    rows = np.array(paper_values(figure)["rows_layer_1_to_6"])
    return float((rows[:-1, -1] - rows[:-1, 0]).mean())


def _at_last(figure: str) -> float:
    row = paper_values(figure)["rows_layer_1_to_6"][-1]
    return float(row[-1] - row[0])


def _invariant(task: str) -> Claim:
    return Claim(
        f"invariant-{task}",
        "4.2",
        f"Sparsity does not change how well a linear probe does {task}.",
        "no trend",
        f"{_CLASS.format(probe='linear')}Agrees if no trend is found and the interval lies within "
        f"{MARGIN} (the smallest change that the paper calls a trend); differs if it degrades or "
        "improves; else undecided.",
        partial(_of_class, task=task, probe="linear", claimed="invariant"),
    )


def _trending(task: str, claimed: str, probe: str, change: float) -> Claim:
    verb = {"degrading": "worse", "improving": "better"}[claimed]
    name, kind = {
        "linear": (f"{claimed}-{task}", "a linear probe does"),
        "mlp": (f"mlp-no-rescue-{task}", "an MLP probe too does"),
    }[probe]
    return Claim(
        name,
        "4.2, Table A2" if probe == "linear" else "4.3, Table A3",
        f"With growing sparsity {kind} {task} {verb}.",
        f"{change:+.3f}",
        f"{_CLASS.format(probe={'linear': 'linear', 'mlp': 'MLP'}[probe])}Agrees if the class is "
        f"{claimed}, differs if it is the opposite one; where no trend is found: undecided.",
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
    best = _best(experiment, MAGNITUDE, probe)
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


def _best(experiment: Experiment, series: str, probe: str) -> pd.DataFrame:
    """`best_layers` of LTH0 and a series."""
    rows = experiment.with_dense("probes", series).dropna(subset=["dev", "test"])
    rows = rows[(rows["probe"] == probe) & (rows["layer"] > 0)]
    if rows.empty:
        raise NotMeasurable(f"the table probes.csv has no {probe} probe of the series {series}")
    return best_layers(rows)


def _pivot(best: pd.DataFrame, column: str) -> pd.DataFrame:
    """Index task, a column a seed and ticket."""
    return best.pivot_table(column, "task", ["seed", "series", "ticket"])


def _cells_n(experiment: Experiment) -> Callable[[int], str]:
    seeds = _seeds(experiment)
    return lambda count: f"{seeds}, {counted(count, 'cell')}"


def _prediction_below(experiment: Experiment) -> Finding:
    def cells(series: str) -> list[bool]:
        scores = _pivot(_best(experiment, series, "linear"), "clean_test")
        arcs = [(a, b) for a, b in ARCS.items() if a in scores.index and b in scores.index]
        if not arcs:
            raise NotMeasurable("no kind of arcs was both predicted and classified")
        return [
            bool(cell)
            for prediction, classification in arcs
            for cell in scores.loc[prediction] < scores.loc[classification]
        ]

    note = "Accuracies of a choice of two and of many classes: chance differs."
    return share_finding(cells, _cells_n(experiment), note=note)


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
            _pivot(_best(experiment, series, probe), "clean_test") for probe in ("linear", "mlp")
        )
        common = [task for task in tasks if task in linear.index and task in mlp.index]
        return (mlp.loc[common] > linear.loc[common]).to_numpy().ravel().tolist()

    return share_finding(cells, _cells_n(experiment), bar=NEARLY_ALL)


def _last_best(experiment: Experiment) -> Finding:
    def cells(series: str) -> list[bool]:
        best = _best(experiment, series, "linear")
        last = experiment.of("probes", series)["layer"].max()
        if last < 2:
            raise NotMeasurable("needs two layers")
        return [bool(layer == last) for layer in best["layer"]]

    return share_finding(cells, _cells_n(experiment), bar=NEARLY_ALL)


def _z(experiment: Experiment, series: str, select: str) -> pd.DataFrame:
    """z of linear probes of a group of tasks; a row a task, layer from 1, seed and ticket."""
    own = _selected(experiment, series, select)
    reference = _selected(experiment, MAGNITUDE, select).groupby(["task", "seed"])["test"]
    scale = reference.agg(mu="mean", sd=lambda cells: cells.std(ddof=0)).reset_index()
    joined = own.merge(scale[scale["sd"] > 0], on=["task", "seed"])
    if joined.empty:
        raise NotMeasurable(f"no score of the {select} tasks varies")
    return joined.assign(z=(joined["test"] - joined["mu"]) / joined["sd"])


def _selected(experiment: Experiment, series: str, group: str) -> pd.DataFrame:
    rows = experiment.with_dense("probes", series).dropna(subset=["test"])
    rows = rows[(rows["probe"] == "linear") & (rows["group"] == group) & (rows["layer"] > 0)]
    if rows.empty:
        raise NotMeasurable(f"no {group} task was probed with a linear probe")
    mean = over_replicates(rows)
    return mean.assign(k=mean["ticket"].str.removeprefix("LTH").astype(int))


# Of z by k and seed, for each layer: the value that a claim is about.
Where = Callable[[dict[int, pd.DataFrame]], Any]


def _mean(tables: Iterable[pd.DataFrame]) -> Any:
    tables = list(tables)
    return sum(tables[1:], start=tables[0]) / len(tables)


def _below_last(z: dict[int, pd.DataFrame]) -> Any:
    return _mean(table for layer, table in z.items() if layer < max(z))


def _last_layer(z: dict[int, pd.DataFrame]) -> Any:
    return z[max(z)]


def _gap(z: dict[int, pd.DataFrame]) -> Any:
    return _below_last(z) - _last_layer(z)


def _layers(experiment: Experiment, select: str, where: Where, sign: int) -> Finding:
    def values(series: str) -> pd.DataFrame:
        z = _z(experiment, series, select)
        layers = {
            int(layer): rows.pivot_table("z", "k", "seed")
            for layer, rows in z.groupby("layer", sort=True)
        }
        if len(layers) < 2:
            raise NotMeasurable("needs two layers")
        return pd.DataFrame(where(layers))

    return trend_finding(experiment, values, sign, 8)
