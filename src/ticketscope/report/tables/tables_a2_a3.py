"""Tables A2 and A3, and the paper's numbers beside them."""

from functools import partial

import pandas as pd

from ticketscope.plan.names import ticket_numbers
from ticketscope.probing.layers import best_layers
from ticketscope.probing.settings import UNTRAINED
from ticketscope.report.tables.probing import (
    NAMES,
    PRINTED,
    corpora,
    printed_tasks,
    suite_of,
    tasks_of,
)
from ticketscope.report.tables.shared import (
    DENSE,
    PAPER,
    in_order,
    mean_and_sd,
    series_of,
)
from ticketscope.stats.classes import MARGIN
from ticketscope.stats.seeds import LEAST_SEEDS

# The rule of `stats.classes`, for readers.
TREND_CLASSES = (
    "Degrading, improving: over seeds, the change differs from 0. No change: it is shown to lie "
    f"within ±{MARGIN}. Open: neither. All are corrected for the number of tasks. Described: fewer "
    f"than {LEAST_SEEDS} seeds, from which there are no classes. At floor: a ticket's probe never "
    "beat a constant prediction."
)
TRENDS_NOTE = (
    "change: the slope of the score (layer chosen on dev) on sparsity, minus the control's slope "
    "(column against), times the last ticket's sparsity. The change of the control itself, and of "
    f"series without one, is measured from LTH0: further training may cause it. {TREND_CLASSES}"
)


def table_a2(probes: pd.DataFrame) -> pd.DataFrame:
    """Scores of the best layer of each ticket, linear probes, of all tasks (Table A2).

    Args:
        probes: tables/probes.csv, of one suite.

    Returns:
        Columns seed, series, ticket, selection and one a task; LTH0 is `dense`. Rows with the
        selection `test` follow the paper, whose best layer is the one that is best on test; those
        with `dev` choose it on dev. Replicates are averaged before a layer is chosen.
    """
    return _scores(probes, "linear")


def table_a3(probes: pd.DataFrame) -> pd.DataFrame:
    """The same for MLP probes (Table A3)."""
    return _scores(probes, "mlp")


def beside_the_paper(table: pd.DataFrame, probe: str) -> pd.DataFrame:
    """Means and standard deviations over seeds as text, then the paper's rows for these tasks.

    Args:
        table: As `table_a2` or `table_a3` returns it.
        probe: linear or mlp, to choose the paper's table.

    Returns:
        Columns series (`paper` for the paper's), ticket, selection and one a task.
    """
    paper = printed_tasks(PRINTED[probe]).T
    rows = paper.assign(series=PAPER, ticket=[f"LTH{k}" for k in paper.index], selection="test")
    both = pd.concat([table, rows.reindex(columns=table.columns)], ignore_index=True)
    tickets = both.drop(columns="seed").groupby(["series", "ticket", "selection"], sort=False)
    return tickets.agg(partial(mean_and_sd, digits=".3f")).reset_index()


def table_note(suite: str, probe: str, seeds: int = 1) -> str:
    """The note below a table that has the paper's rows.

    Args:
        suite: Suite of the probing tasks.
        probe: linear or mlp.
        seeds: Their number.
    """
    name = PRINTED[probe].split("_")[1].upper()
    means = f" Means ± standard deviation over {seeds} seeds." if seeds > 1 else ""
    return (
        f"Best of layers 1 and up, {NAMES[probe]} probes.{means} The layer is chosen on test, as "
        f"in the paper, or on dev (column selection). Rows `paper` are Movva & Zhao 2020, Table "
        f"{name} (Transformer-Big, WMT16; {corpora(suite)})."
    )


def page_tables(
    suite: str, a2: pd.DataFrame, a3: pd.DataFrame, trends: pd.DataFrame
) -> dict[str, tuple[pd.DataFrame, str]]:
    """Tables of section 4 for the page: by title, each with its note.

    Args:
        suite: Suite of the probing tasks.
        a2: As `table_a2` returns it.
        a3: As `table_a3` returns it.
        trends: tables/probe_trends.csv.
    """
    return {
        f"Table {name}: {NAMES[probe]} probes, best layer": (
            beside_the_paper(table, probe),
            table_note(suite, probe, table["seed"].nunique()),
        )
        for name, probe, table in (("A2", "linear", a2), ("A3", "mlp", a3))
    } | {"Trend of each task with sparsity": (trends, TRENDS_NOTE)}


def _scores(probes: pd.DataFrame, probe: str) -> pd.DataFrame:
    suite_of(probes)
    probes = probes[(probes["probe"] == probe) & (probes["series"] != UNTRAINED)]
    keys = ["seed", "series", "ticket", "selection"]
    if probes.empty:
        return pd.DataFrame(columns=keys)
    best = best_layers(probes).rename(columns={"clean_test": "dev"})
    rows = best.melt([*keys[:3], "task"], ["test", "dev"], "selection", "score")
    table = rows.pivot_table("score", keys, "task").reset_index()
    table = in_order(
        table.assign(k=ticket_numbers(table["ticket"])),
        ["series", "k", "selection", "seed"],
        series=[DENSE, *series_of(probes)],
        selection=["test", "dev"],
    )
    tasks = [task for group in tasks_of(probes).values() for task in group]
    return table[[*keys, *tasks]].rename_axis(columns=None)
