"""How each probing task changes with sparsity, beside the paper's classes (section 4.2)."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ticketscope.claims.columns import Reference
from ticketscope.claims.tables import CONTROL, MAGNITUDE, RANDOM
from ticketscope.errors import InputError, hint
from ticketscope.plan.names import DENSE
from ticketscope.probing.comparison import AT_FLOOR
from ticketscope.report.page.claims import with_interval
from ticketscope.report.paper import paper_values
from ticketscope.report.study.cells import UNKNOWN
from ticketscope.report.study.experiment import Finished
from ticketscope.report.tables.probing import tasks_of

OPEN = "open"
CLASSES = ("no change", "degrading", "improving", OPEN, AT_FLOOR)
# The paper's classes, each with the one of ours that says the same.
PAPER_CLASSES: Mapping[str, str] = {
    "invariant": "no change",
    "degrading": "degrading",
    "improving": "improving",
}
_BY_TASK: dict[tuple[str, Reference], str] = {
    (MAGNITUDE, "paper"): "magnitude, as in the paper",
    (MAGNITUDE, "equal_training"): "magnitude, at equal training",
    (RANDOM, "equal_training"): "random, at equal training",
}
_LABELS: dict[tuple[str, Reference], str] = {
    (CONTROL, "paper"): "control, against LTH0",
    **_BY_TASK,
}
_PROBE = "linear"  # those that the paper's classes are of
_COLUMNS = [
    "experiment", "series", "column", "task", "group", "change", "low", "high", "class", "paper",
    "known",
]  # fmt: skip


def probe_classes(experiments: Sequence[Finished]) -> pd.DataFrame:
    """The class of each task, linear probes: a row a task, series and column of verdicts.

    At equal training, and of the control, it is that of tables/probe_trends.csv. As in the paper it
    is made here by the same rules, from the differences between magnitude's tickets and LTH0.

    Args:
        experiments: Those without probes are left out.

    Returns:
        Columns experiment (its name), series, column, task, group; change with its interval (low,
        high) in the score's unit; class, one of `CLASSES`; paper (the paper's class, empty if it
        has none); known (whether LTH0 is shown to know the task).
    """
    of_paper = {
        task: name
        for name, tasks in paper_values("probing")["classes"].items()
        if name in PAPER_CLASSES
        for task in tasks
    }
    parts = []
    for e in experiments:
        tables = e.results.tables
        if "probe_trends" not in tables or "probe_separation" not in tables:
            continue
        trends = tables["probe_trends"].query("probe == @_PROBE")
        at_equal_training = trends[trends["against"] == CONTROL].assign(column="equal_training")
        of_control = trends[trends["series"] == CONTROL].assign(column="paper")
        rows = pd.concat([_as_in_the_paper(e), at_equal_training, of_control])
        separation = tables["probe_separation"].query("probe == @_PROBE")
        known = separation.set_index("task")["separated"]
        parts.append(
            rows.assign(
                experiment=e.name,
                paper=rows["task"].map(of_paper).fillna(""),
                known=rows["task"].map(known).astype(bool),
            )[_COLUMNS]
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def _as_in_the_paper(e: Finished) -> pd.DataFrame:
    """`Comparison.trends` of magnitude, which is against LTH0 where it sees no control."""
    probes = e.results.tables["probes"]
    probes = probes[(probes["probe"] == _PROBE) & probes["series"].isin([DENSE, MAGNITUDE])]
    with e.comparison(probes) as comparison:
        level = e.record["config"]["probing"]["level"]
        trends = comparison.trends(e.results.tables["sparsity"], level)
    return trends.assign(column="paper")


def counts(classes: pd.DataFrame) -> pd.DataFrame:
    """How many tasks have each class, and what those of the paper's classes have: for the page.

    A row an experiment, series and column.

    Args:
        classes: `probe_classes`, with the experiments' labels as their names.
    """
    lines = []
    for experiment, of_experiment in classes.groupby("experiment", sort=False):
        for (series, column), label in _LABELS.items():
            chosen = (of_experiment["series"] == series) & (of_experiment["column"] == column)
            rows = of_experiment[chosen]
            if rows.empty:
                continue
            half = (rows["high"] - rows["low"])[rows["class"] != AT_FLOOR].median() / 2
            lines.append(
                {"experiment": experiment, "tickets": label}
                | {name: _counted(rows, name) for name in CLASSES}
                | {"half-width, median": f"{half:.2g}"}
                | {f"the paper's {name} tasks": _told(rows, name) for name in PAPER_CLASSES}
            )
    return pd.DataFrame(lines)


def _counted(rows: pd.DataFrame, name: str) -> str:
    """How many tasks have a class and, except for open ones, which."""
    found = _in_order(rows[rows["class"] == name])
    return f"{len(found)}: {', '.join(found)}" if found and name != OPEN else str(len(found))


def _told(rows: pd.DataFrame, paper: str) -> str:
    """How many of the tasks of one of the paper's classes have which class."""
    found = rows.loc[rows["paper"] == paper, "class"]
    return ", ".join(f"{(found == name).sum()} {name}" for name in CLASSES if name in {*found})


def by_task(classes: pd.DataFrame) -> pd.DataFrame:
    """A row a task, a column for each experiment, series and column of verdicts: for the page.

    Args:
        classes: `probe_classes`, with the experiments' labels as their names.
    """
    if classes.empty:
        return pd.DataFrame()
    order = _in_order(classes)
    columns: dict[str, object] = {"task": order}
    columns["in the paper"] = classes.drop_duplicates("task").set_index("task")["paper"][order]
    for experiment, of_experiment in classes.groupby("experiment", sort=False):
        for (series, column), label in _BY_TASK.items():
            chosen = (of_experiment["series"] == series) & (of_experiment["column"] == column)
            cells = {row["task"]: _cell(row) for _, row in of_experiment[chosen].iterrows()}
            if cells:
                columns[f"{experiment}: {label}"] = [cells.get(task, "") for task in order]
    return pd.DataFrame(columns)


def _cell(row: pd.Series) -> str:
    mark = "" if row["known"] else f"\u00a0{UNKNOWN}"
    if row["class"] == AT_FLOOR:
        return AT_FLOOR + mark
    return f"{row['class']}{mark}<br>{with_interval(row['change'], row['low'], row['high'])}"


def _in_order(rows: pd.DataFrame) -> list[str]:
    """Names of tasks in the paper's order."""
    return [task for tasks in tasks_of(rows).values() for task in tasks]


class TaskTexts:
    """Numbers and names of tasks by class, for the texts of study.yaml.

    Args:
        classes: `probe_classes`.
    """

    def __init__(self, classes: pd.DataFrame) -> None:
        self._classes = classes

    def tasks(
        self,
        experiment: str,
        column: Reference,
        named: str = "",
        *,
        paper: str = "",
        series: str = MAGNITUDE,
    ) -> str:
        """How many tasks have a class.

        Args:
            experiment: Its name.
            column: `paper` or `equal_training`.
            named: One of `CLASSES`; empty: any.
            paper: One of `PAPER_CLASSES`, of whose tasks alone; empty: of all.
            series: Whose tickets.
        """
        return str(len(self._rows(experiment, column, named, paper, series)))

    def task_names(
        self,
        experiment: str,
        column: Reference,
        named: str = "",
        *,
        paper: str = "",
        series: str = MAGNITUDE,
    ) -> str:
        """Their names, such as `POS, CCG and ST`; `none` if there is no such task."""
        *first, last = _in_order(self._rows(experiment, column, named, paper, series)) or ["none"]
        return f"{', '.join(first)} and {last}" if first else last

    def _rows(
        self, experiment: str, column: Reference, named: str, paper: str, series: str
    ) -> pd.DataFrame:
        for name, known in ((named, CLASSES), (paper, PAPER_CLASSES)):
            if name and name not in known:
                raise InputError(f"study.yaml: no class of tasks is {name}; {hint(name, known)}")
        rows = self._classes
        for key, value in (("experiment", experiment), ("column", column), ("series", series)):
            rows = rows[rows[key] == value]
        if rows.empty:
            raise InputError(
                f"study.yaml: {experiment} has no classes of tasks of {series} in the column "
                f"{column}"
            )
        chosen = rows["class"].isin([named] if named else CLASSES)
        return rows[chosen & (rows["paper"] == paper)] if paper else rows[chosen]
