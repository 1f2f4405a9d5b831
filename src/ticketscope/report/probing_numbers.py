"""What the figures of section 4 show, as tables: which numbers, and in which order.

Replicates are averaged first, then seeds. The untrained encoder is never one of the tickets.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ticketscope.probing.layers import best_layers, over_replicates, z_scores
from ticketscope.probing.settings import UNTRAINED
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.report.frames import PAPER, number_of, over_seeds, series_of, ticket_places
from ticketscope.report.paper import stands_for

# Tasks whose codelength is asked for.
ARCS = ("SynPred", "SemPred")
GROUPS = ("POS", "Syntax", "Semantics")
# Of the families of probes, for readers.
NAMES = {"linear": "linear", "mlp": "MLP"}


def suite_of(*tables: pd.DataFrame) -> str:
    """The one suite that the tables are of.

    Raises:
        ValueError: There are two, or none; scores of different corpora cannot be compared.
    """
    suites = sorted({suite for table in tables for suite in table["suite"].unique()})
    if len(suites) != 1:
        raise ValueError(f"tables of one suite are needed, found {', '.join(suites) or 'none'}")
    return str(suites[0])


def tasks_of(table: pd.DataFrame) -> dict[str, list[str]]:
    """Tasks by group, both in the paper's order; a user's own groups and tasks come last."""
    known = list(TASKS)
    groups: dict[str, list[str]] = {}
    for group in dict.fromkeys([*GROUPS, *sorted(table["group"].unique())]):
        found = table.loc[table["group"] == group, "task"].unique()
        order = sorted(found, key=lambda t: (known.index(t) if t in known else len(known), t))
        if order:
            groups[group] = order
    return groups


def z_table(probes: pd.DataFrame, probe: str, series: str) -> pd.DataFrame:
    """z of each task, layer and ticket of a series, over all these cells and LTH0's together.

    Args:
        probes: tables/probes.csv.
        probe: linear or mlp.
        series: Its LTH0 is that of `dense`.

    Returns:
        Columns task, group, layer, k, test, z and sd, which is what 1 z is worth in the score.
    """
    own = probes["series"].isin(["dense", series]) & (probes["layer"] > 0)
    scores = over_replicates(probes[own & (probes["probe"] == probe)])
    keys = ["task", "group", "layer", "ticket"]
    cells = scores.groupby(keys, as_index=False)["test"].mean()
    task = cells.groupby("task")["test"]
    return cells.assign(
        k=number_of(cells["ticket"]),
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
        Columns series, group, task, k, z, points (what 1 z is worth, in points of 100) and seeds.
        The series `paper` is what the paper prints of the tasks that were probed.
    """
    suite_of(probes)
    own = probes[probes["probe"] == probe]
    columns = ["series", "group", "task", "k", "z", "points", "seeds"]
    if own.empty:
        return pd.DataFrame(columns=columns)
    parts = []
    for name in series_of(own):
        z = z_table(own, probe, name).assign(points=lambda cells: 100 * cells["sd"])
        keys = ["group", "task", "k", "points"]
        parts.append(z.groupby(keys, as_index=False)["z"].max().assign(series=name))
    groups = {task: group for group, tasks in tasks_of(own).items() for task in tasks}
    theirs = _long(printed.reindex([task for task in groups if task in printed.index]), "task")
    parts.append(theirs.assign(series=PAPER, group=theirs["task"].map(groups)))
    found = pd.concat(parts, ignore_index=True).assign(seeds=own["seed"].nunique())
    return found[columns]


def layer_z(
    probes: pd.DataFrame, groups: Sequence[str], printed: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Mean z over a group's tasks of each layer and ticket, linear probes (Figures 3 and A3).

    Args:
        probes: tables/probes.csv.
        groups: Which ones.
        printed: The paper's figure by group (layers, tickets).

    Returns:
        Columns series, group, tasks (their number), layer, k, z and seeds; of the groups that were
        probed. The series `paper` is what the paper prints.
    """
    own = probes[(probes["probe"] == "linear") & probes["group"].isin(groups)]
    columns = ["series", "group", "tasks", "layer", "k", "z", "seeds"]
    if own.empty:
        return pd.DataFrame(columns=columns)
    suite_of(own)
    counts = {group: len(tasks) for group, tasks in tasks_of(own).items()}
    parts = [
        z_table(own, "linear", name)
        .groupby(["group", "layer", "k"], as_index=False)["z"]
        .mean()
        .assign(series=name)
        for name in series_of(own)
    ]
    parts += [_long(printed[group], "layer").assign(series=PAPER, group=group) for group in counts]
    found = pd.concat(parts, ignore_index=True)
    found = found.sort_values(
        "group", key=lambda names: names.map(list(counts).index), kind="stable", ignore_index=True
    )
    return found.assign(tasks=found["group"].map(counts), seeds=own["seed"].nunique())[columns]


def score_lines(differences: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Each ticket's score with its interval, on the layer that is best on dev.

    The interval is that of the difference from LTH0, around LTH0's score: it holds LTH0 if the two
    do not differ. Seeds are averaged; the difference's interval holds for each of them.

    Args:
        differences: tables/probe_differences.csv of one probe.
        sparsity: Columns seed, series, ticket, sparsity_excl.

    Returns:
        Columns task, series, ticket, x_percent (place by sparsity), test, low and high; each series
        starts at LTH0.
    """
    rows = differences[differences["series"] != "dense"]
    rows = rows.assign(dense=rows["test"] - rows["difference"])
    keys = ["task", "series", "ticket"]
    mean = over_seeds(rows, keys, "test").drop(columns="seeds")
    dense = rows.groupby(keys, sort=False)["dense"].mean().to_numpy()
    mean[["low", "high"]] = mean[["low", "high"]].add(dense, axis=0)
    first = mean.assign(dense=dense).groupby(["task", "series"], as_index=False)["dense"].mean()
    ends = dict.fromkeys(("test", "low", "high"), first.pop("dense"))
    first = first.assign(ticket="LTH0", **ends, x_percent=0.0)
    places = ticket_places(sparsity)
    mean["x_percent"] = [places[key] for key in zip(mean["series"], mean["ticket"], strict=True)]
    lines = pd.concat([first, mean])
    return lines.sort_values(["task", "series", "x_percent"], kind="stable", ignore_index=True)


def shortest_codes(probes: pd.DataFrame) -> pd.DataFrame:
    """Online code of the layer with the shortest one, by task, probe, series and ticket.

    The layer is chosen after averaging replicates, for each seed by itself.

    Args:
        probes: tables/probes.csv.

    Returns:
        Columns task, probe, series, ticket, labels, uniform (bits per label), and of bits (per
        label) and compression the mean with the lowest and highest of all replicates and seeds.
    """
    rows = probes[(probes["layer"] > 0) & (probes["series"] != UNTRAINED)]
    rows = rows.dropna(subset=["codelength_bits"])
    rows = rows.assign(bits=rows["codelength_bits"] / rows["n_train"])
    rows["uniform"] = rows["bits"] * rows["compression"]
    ticket = ["task", "probe", "series", "ticket"]
    mean = rows.groupby([*ticket, "seed", "layer"], as_index=False)["bits"].mean()
    best = mean.loc[mean.groupby([*ticket, "seed"])["bits"].idxmin()].drop(columns="bits")
    found = rows.merge(best, on=[*ticket, "seed", "layer"]).groupby(ticket, as_index=False)
    return found.agg(
        labels=("n_train", "max"),
        uniform=("uniform", "mean"),
        **{
            f"{name}{suffix}": (name, function)
            for name in ("bits", "compression")
            for suffix, function in (("", "mean"), ("_low", "min"), ("_high", "max"))
        },
    )


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
        (baselines), seeds; paper is of the ticket with the same sparsity, layer chosen on test.
    """
    suite_of(probes, differences)
    found = differences[(differences["probe"] == probe) & (differences["series"] != "dense")]
    if found.empty:
        return pd.DataFrame(columns=["task", "group", "series"])
    own = probes[probes["probe"] == probe]
    lines = score_lines(found, sparsity)
    about = pd.DataFrame([_about(own[own["task"] == task]) for task in lines["task"].unique()])
    lines = lines.merge(about, on="task")
    excl = sparsity.groupby(["series", "ticket"])["sparsity_excl"].mean()
    beside = [
        task in printed.index
        and (k == 0 or (name == "magnitude" and stands_for(k, excl[name, f"LTH{k}"])))
        and k in printed
        for task, name, k in zip(
            lines["task"], lines["series"], number_of(lines["ticket"]), strict=True
        )
    ]
    theirs = [
        printed.loc[task, int(ticket.removeprefix("LTH"))] if stands else math.nan
        for task, ticket, stands in zip(lines["task"], lines["ticket"], beside, strict=True)
    ]
    return lines.assign(seeds=found["seed"].nunique(), paper=theirs)


def arc_codes(probes: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """`shortest_codes` of arc prediction with the place of each ticket, x_percent, and seeds.

    Where codelength was not measured all bits are NaN.
    """
    suite_of(probes)
    own = probes[probes["task"].isin(ARCS)]
    codes = shortest_codes(own)
    if codes.empty:
        asked = own.loc[own["series"] != UNTRAINED, ["task", "probe", "series", "ticket"]]
        codes = asked.drop_duplicates(ignore_index=True).reindex(columns=codes.columns)
    places = ticket_places(sparsity)
    keys = zip(codes["series"], codes["ticket"], strict=True)
    codes.insert(4, "x_percent", [places[key] for key in keys])
    return codes.assign(seeds=own["seed"].nunique())


def task_trends(trends: pd.DataFrame, classes: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """Rank correlation of each task's scores with sparsity, its class, and the paper's class.

    Args:
        trends: tables/probe_trends.csv.
        classes: The paper's tasks by class, of linear probes.

    Returns:
        Columns series, group, task, probe, tickets, rho, class, paper.
    """
    if len(trends):
        suite_of(trends)
    theirs = {task: name for name, tasks in classes.items() for task in tasks}
    paper = trends["task"].map(theirs).where(trends["probe"] == "linear")
    columns = ["series", "group", "task", "probe", "tickets", "rho", "class"]
    return trends[columns].assign(paper=paper)


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
