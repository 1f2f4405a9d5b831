"""What the figures of section 4 show, as tables: which numbers, and in which order.

Replicates are averaged first, then seeds. The untrained encoder is never one of the tickets.
"""

import pandas as pd

from dissect.probing.layers import over_replicates, z_scores
from dissect.probing.settings import UNTRAINED
from dissect.probing.tasks.registry import TASKS
from dissect.report.style import COLOURS

GROUPS = ("POS", "Syntax", "Semantics")


def suite_of(*tables: pd.DataFrame) -> str:
    """The one suite that the tables are of.

    Raises:
        ValueError: There are two, or none; scores of different corpora cannot be compared.
    """
    suites = sorted({suite for table in tables for suite in table["suite"].unique()})
    if len(suites) != 1:
        raise ValueError(f"tables of one suite are needed, found {', '.join(suites) or 'none'}")
    return str(suites[0])


def series_of(table: pd.DataFrame) -> list[str]:
    """Series that have tickets of their own, in one order everywhere; `dense` if none has."""
    found = [name for name in table["series"].unique() if name not in ("dense", UNTRAINED)]
    known = [name for name in COLOURS if name in found]
    return known + [name for name in found if name not in known] or ["dense"]


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
        k=cells["ticket"].str.removeprefix("LTH").astype(int),
        z=task.transform(lambda test: z_scores(test.to_numpy())),
        sd=task.transform("std", ddof=0),
    ).drop(columns="ticket")


def ticket_places(sparsity: pd.DataFrame) -> pd.Series:
    """Where tickets stand, by (series, ticket): sparsity without embeddings in %, mean over seeds.

    A ticket of which nothing is pruned stands where the pruned ticket of its number stands, which
    was trained as long, so that the two can be compared.
    """
    mean = 100 * sparsity.groupby(["series", "ticket"])["sparsity_excl"].mean()
    return mean.where(mean > 0, mean.groupby("ticket").transform("max"))


def score_lines(differences: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Each ticket's score with its interval, on the layer that is best on dev.

    The interval is that of the difference from LTH0, around LTH0's score: it holds LTH0 if the two
    do not differ. Of several seeds all is the mean.

    Args:
        differences: tables/probe_differences.csv of one probe.
        sparsity: Columns seed, series, ticket, sparsity_excl.

    Returns:
        Columns task, series, ticket, sparsity in %, test, low and high; each series starts at LTH0.
    """
    rows = differences[differences["series"] != "dense"]
    start = rows["test"] - rows["difference"]
    rows = rows.assign(dense=start, low=start + rows["low"], high=start + rows["high"])
    values = ["dense", "test", "low", "high"]
    mean = rows.groupby(["task", "series", "ticket"], as_index=False)[values].mean()
    first = mean.groupby(["task", "series"], as_index=False)["dense"].mean()
    first = first.assign(ticket="LTH0", **dict.fromkeys(values[1:], first["dense"]), sparsity=0.0)
    places = ticket_places(sparsity)
    mean["sparsity"] = [places[key] for key in zip(mean["series"], mean["ticket"], strict=True)]
    lines = pd.concat([first, mean]).drop(columns="dense")
    return lines.sort_values(["task", "series", "sparsity"], kind="stable", ignore_index=True)


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
