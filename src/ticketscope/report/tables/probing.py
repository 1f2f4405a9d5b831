"""The numbers in the figures of section 4, and the paper's beside them.

Replicates are averaged first, then seeds. The untrained encoder is never one of the tickets.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ticketscope.plan.names import ticket_numbers
from ticketscope.plan.paper_tickets import stands_for
from ticketscope.probing.layers import best_layers, over_replicates, tasks_at_floor, z_scores
from ticketscope.probing.settings import UNTRAINED
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.shared import (
    DENSE,
    PAPER,
    in_order,
    insert_places,
    over_seeds,
    over_seeds_as,
    series_of,
)

# Tasks of arc prediction, whose codelength is shown.
ARCS = ("SynPred", "SemPred")
GROUPS = ("POS", "Syntax", "Semantics")
# Names of the families of probes on figures and tables.
NAMES = {"linear": "linear", "mlp": "MLP"}
# Sections of paper_values.json with the scores of each family of probes.
PRINTED = {"linear": "table_a2_linear", "mlp": "table_a3_mlp"}


def suite_of(*tables: pd.DataFrame) -> str:
    """The suite of all tables.

    Raises:
        ValueError: There are two, or none; scores of different corpora cannot be compared.
    """
    suites = sorted({suite for table in tables for suite in table["suite"].unique()})
    if len(suites) != 1:
        raise ValueError(f"tables of one suite are needed, found {', '.join(suites) or 'none'}")
    return str(suites[0])


def corpora(suite: str) -> str:
    """Whether the paper's numbers are of the same corpora as ours, in words."""
    if suite == "paper":
        return "the same corpora as here"
    return f"other corpora than the {suite} suite's here: compare shapes, not heights"


def printed_tasks(section: str) -> pd.DataFrame:
    """A grid of the paper by task and ticket number (tasks, LTH0 to LTH8)."""
    values = paper_values(section)
    return pd.DataFrame(values["rows_LTH0_to_LTH8"], columns=values["columns"]).T


def printed_layers(section: str) -> pd.DataFrame:
    """A grid of the paper by layer and ticket number (layers 1 to 6, LTH0 to LTH8)."""
    rows = paper_values(section)["rows_layer_1_to_6"]
    return pd.DataFrame(rows, index=range(1, len(rows) + 1))


def tasks_of(table: pd.DataFrame) -> dict[str, list[str]]:
    """Tasks by group, both in the paper's order; a user's own groups and tasks come last."""
    order = {task: place for place, task in enumerate(TASKS)}
    groups = dict.fromkeys([*GROUPS, *sorted(table["group"].unique())])
    tasks = {group: table.loc[table["group"] == group, "task"].unique() for group in groups}
    return {
        group: sorted(names, key=lambda task: (order.get(task, len(order)), task))
        for group, names in tasks.items()
        if len(names)
    }


def z_table(probes: pd.DataFrame, probe: str, series: str) -> pd.DataFrame:
    """z of each task, layer and ticket of a series, over all these cells and LTH0's together.

    Args:
        probes: tables/probes.csv.
        probe: linear or mlp.
        series: Its LTH0 is that of `dense`.

    Returns:
        Columns task, group, layer, k, test, z and sd, the size of 1 z in the unit of the score.
    """
    rows = probes["series"].isin([DENSE, series]) & (probes["layer"] > 0)
    scores = over_replicates(probes[rows & (probes["probe"] == probe)])
    keys = ["task", "group", "layer", "ticket"]
    cells = scores.groupby(keys, as_index=False)["test"].mean()
    task = cells.groupby("task")["test"]
    return cells.assign(
        k=ticket_numbers(cells["ticket"]),
        z=task.transform(lambda test: z_scores(test.to_numpy())),
        sd=task.transform("std", ddof=0),
    ).drop(columns="ticket")


def best_layer_z(probes: pd.DataFrame, probe: str, printed: pd.DataFrame) -> pd.DataFrame:
    """z of the best layer of each task and ticket (Figures 1 and 2).

    Args:
        probes: tables/probes.csv.
        probe: linear or mlp.
        printed: The paper's figure (tasks, tickets).

    Returns:
        Columns series, group, task, k, z, points (1 z, in points of 100) and seeds. The series
        `paper` has what the paper prints for the tasks that were probed.
    """
    suite_of(probes)
    columns = ["series", "group", "task", "k", "z", "points", "seeds"]
    probes = probes[probes["probe"] == probe]
    if probes.empty:
        return pd.DataFrame(columns=columns)
    parts = []
    for series in series_of(probes):
        z = z_table(probes, probe, series).assign(points=lambda cells: 100 * cells["sd"])
        keys = ["group", "task", "k", "points"]
        parts.append(z.groupby(keys, as_index=False)["z"].max().assign(series=series))
    groups = {task: group for group, tasks in tasks_of(probes).items() for task in tasks}
    paper = _long(printed.reindex([task for task in groups if task in printed.index]), "task")
    parts.append(paper.assign(series=PAPER, group=paper["task"].map(groups)))
    return pd.concat(parts, ignore_index=True).assign(seeds=probes["seed"].nunique())[columns]


def layer_z(
    probes: pd.DataFrame, groups: Sequence[str], printed: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Mean z over a group's tasks of each layer and ticket, linear probes (Figures 3 and A3).

    As in the claims, tasks with a probe that never left its floor are left out.

    Args:
        probes: tables/probes.csv.
        groups: Groups of tasks.
        printed: The paper's figure by group (layers, tickets).

    Returns:
        Columns series, group, tasks (their number), left_out (names), layer, k, z and seeds, for
        the groups that were probed. The series `paper` has what the paper prints.
    """
    columns = ["series", "group", "tasks", "left_out", "layer", "k", "z", "seeds"]
    probes = probes[(probes["probe"] == "linear") & probes["group"].isin(groups)]
    stuck = probes["task"].isin(tasks_at_floor(probes))
    left_out = {g: " and ".join(names) for g, names in tasks_of(probes[stuck]).items()}
    probes = probes[~stuck]
    if probes.empty:
        return pd.DataFrame(columns=columns)
    suite_of(probes)
    counts = {group: len(tasks) for group, tasks in tasks_of(probes).items()}
    keys = ["group", "layer", "k"]
    parts = [
        z_table(probes, "linear", s).groupby(keys, as_index=False)["z"].mean().assign(series=s)
        for s in series_of(probes)
    ]
    parts += [_long(printed[group], "layer").assign(series=PAPER, group=group) for group in counts]
    cells = in_order(pd.concat(parts, ignore_index=True), ["group"], group=list(counts))
    return cells.assign(
        tasks=cells["group"].map(counts),
        left_out=cells["group"].map(lambda group: left_out.get(group, "")),
        seeds=probes["seed"].nunique(),
    )[columns]


def score_lines(differences: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Each ticket's score with its interval, on the layer that is best on dev.

    The interval is that of the difference from LTH0, around LTH0's score: it contains LTH0's score
    unless the two differ. With several seeds it is over the seeds' differences.

    Args:
        differences: tables/probe_differences.csv of one probe.
        sparsity: Columns seed, series, ticket, sparsity_excl.

    Returns:
        Columns task, series, ticket, x_percent (place by sparsity), and test with what `over_seeds`
        adds; each series starts at LTH0.
    """
    rows = differences[differences["series"] != DENSE]
    rows = rows.assign(dense=rows["test"] - rows["difference"])
    keys = ["task", "series", "ticket"]
    tickets = over_seeds(rows, keys, "test")
    ends = over_seeds(rows, keys, "difference")[["low", "high"]]
    tickets[["low", "high"]] = ends.add(over_seeds(rows, keys, "dense")["dense"], axis=0)
    lth0 = over_seeds(rows, keys[:2], "dense").rename(columns={"dense": "test"})
    lth0 = lth0.assign(ticket="LTH0", low=lth0["test"], high=lth0["test"])
    insert_places(tickets, 3, sparsity)
    lines = pd.concat([lth0.assign(x_percent=0.0), tickets])[tickets.columns]
    return lines.sort_values(["task", "series", "x_percent"], kind="stable", ignore_index=True)


def shortest_codes(probes: pd.DataFrame) -> pd.DataFrame:
    """Online code of the layer with the shortest one, by task, probe, series and ticket.

    The layer is chosen for each seed separately, after replicates are averaged. The interval of one
    seed is the range over its replicates.

    Args:
        probes: tables/probes.csv.

    Returns:
        Columns task, probe, series, ticket, labels, uniform (bits per label), seeds, and for bits
        (per label) and compression the mean with what `over_seeds` adds, as `bits_low` and so on.
    """
    rows = probes[(probes["layer"] > 0) & (probes["series"] != UNTRAINED)]
    rows = rows.dropna(subset=["codelength_bits"])
    rows = rows.assign(bits=rows["codelength_bits"] / rows["n_train"])
    rows["uniform"] = rows["bits"] * rows["compression"]
    ticket = ["task", "probe", "series", "ticket"]
    mean = rows.groupby([*ticket, "seed", "layer"], as_index=False)["bits"].mean()
    best = mean.loc[mean.groupby([*ticket, "seed"])["bits"].idxmin()].drop(columns="bits")
    chosen = rows.merge(best, on=[*ticket, "seed", "layer"])
    codes = chosen.groupby(ticket, as_index=False).agg(
        labels=("n_train", "max"), uniform=("uniform", "mean"), seeds=("seed", "nunique")
    )
    for name in ("bits", "compression"):
        by_seed = chosen.groupby([*ticket, "seed"], as_index=False).agg(
            **{name: (name, "mean")}, low=(name, "min"), high=(name, "max")
        )
        codes = codes.merge(over_seeds_as(by_seed, ticket, name).drop(columns="seeds"), on=ticket)
    return codes


def task_scores(
    probes: pd.DataFrame,
    differences: pd.DataFrame,
    sparsity: pd.DataFrame,
    probe: str,
    printed: pd.DataFrame,
) -> pd.DataFrame:
    """Scores of every task and ticket beside what probes score without a trained encoder.

    Args:
        probes: tables/probes.csv, for the baselines.
        differences: tables/probe_differences.csv.
        sparsity: Columns seed, series, ticket, sparsity_excl.
        probe: linear or mlp.
        printed: The paper's table (tasks, tickets).

    Returns:
        Columns of `score_lines`, and by task group, metric, n_test (labels), majority and untrained
        (baselines); paper is of the ticket with the same sparsity, layer chosen on test.
    """
    suite_of(probes, differences)
    differences = differences[(differences["probe"] == probe) & (differences["series"] != DENSE)]
    if differences.empty:
        return pd.DataFrame(columns=["task", "group", "series"])
    lines = score_lines(differences, sparsity)
    probes = probes[probes["probe"] == probe]
    tasks = [_about(probes[probes["task"] == task]) for task in lines["task"].unique()]
    lines = lines.merge(pd.DataFrame(tasks), on="task")
    excl = sparsity.groupby(["series", "ticket"])["sparsity_excl"].mean()

    def paper(task: str, series: str, k: int) -> float:
        same = k == 0 or (series == "magnitude" and stands_for(k, excl[series, f"LTH{k}"]))
        return printed.loc[task, k] if same and task in printed.index and k in printed else math.nan

    cells = zip(lines["task"], lines["series"], ticket_numbers(lines["ticket"]), strict=True)
    return lines.assign(paper=[paper(*cell) for cell in cells])


def arc_codes(probes: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """`shortest_codes` of arc prediction with the place of each ticket, x_percent.

    Where codelength was not measured all bits are NaN.
    """
    suite_of(probes)
    probes = probes[probes["task"].isin(ARCS)]
    codes = shortest_codes(probes)
    if codes.empty:
        tickets = probes.loc[probes["series"] != UNTRAINED, ["task", "probe", "series", "ticket"]]
        codes = tickets.drop_duplicates(ignore_index=True).reindex(columns=codes.columns)
    insert_places(codes, 4, sparsity)
    return codes


def task_trends(trends: pd.DataFrame, classes: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """Change of each task's scores with sparsity, its class, and the paper's class.

    Args:
        trends: tables/probe_trends.csv.
        classes: The paper's tasks by class, of linear probes.

    Returns:
        Columns series, group, task, probe, against, tickets, seeds, change, low, high, class and
        paper.
    """
    if len(trends):
        suite_of(trends)
    of_paper = {task: name for name, tasks in classes.items() for task in tasks}
    columns = ["series", "group", "task", "probe", "against", "tickets", "seeds", "change", "low"]
    columns += ["high", "class"]
    return trends[columns].assign(
        paper=trends["task"].map(of_paper).where(trends["probe"] == "linear")
    )


def _long(grid: pd.DataFrame, rows: str) -> pd.DataFrame:
    """A printed grid (rows, tickets) as a row a cell."""
    named = grid.rename_axis(rows).rename_axis(columns="k")
    return named.reset_index().melt(rows, var_name="k", value_name="z").astype({"k": int})


def _about(probes: pd.DataFrame) -> dict[str, object]:
    """What is the same for all tickets of a task; baselines are means over seeds.

    The random encoder's layer is chosen on dev, as the tickets' layers are.
    """
    first, untrained = probes.iloc[0], probes[probes["series"] == UNTRAINED]
    level = best_layers(untrained)["clean_test"].mean() if len(untrained) else math.nan
    return {
        **{name: first[name] for name in ("task", "group", "metric", "n_test")},
        "majority": float(probes["majority"].mean()),
        UNTRAINED: float(level),
    }
