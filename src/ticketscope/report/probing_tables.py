"""Tables A2 and A3, and the paper's numbers beside them."""

import pandas as pd

from ticketscope.probing.layers import best_layers
from ticketscope.probing.settings import UNTRAINED
from ticketscope.report.frames import series_of
from ticketscope.report.probing_numbers import NAMES, suite_of, tasks_of
from ticketscope.report.probing_paper import PRINTED, corpora, printed_tasks

# The rule of `probing.classes.classify`, for readers.
TRENDS_NOTE = (
    "A task is degrading (improving) if its score on the layer chosen on dev falls (rises) with "
    "sparsity by Spearman's rho over all tickets, and the last ticket is below (above) LTH0 by a "
    "paired bootstrap over test sentences; p_corrected is the larger p of both, Holm over tasks. "
    "Invariant: no trend was shown. Undecided: so few tickets could not have shown one. The "
    "control is ranked by ticket."
)


def table_a2(probes: pd.DataFrame) -> pd.DataFrame:
    """Scores of the best layer of each ticket, linear probes, of all tasks (Table A2).

    Args:
        probes: tables/probes.csv, of one suite.

    Returns:
        Columns series, ticket, selection and one a task; LTH0 is `dense`. Rows with the selection
        `test` follow the paper, whose best layer is the one that is best on test; those with `dev`
        choose it on dev. Replicates are averaged before a layer is chosen, seeds afterwards.
    """
    return _scores(probes, "linear")


def table_a3(probes: pd.DataFrame) -> pd.DataFrame:
    """The same of MLP probes (Table A3)."""
    return _scores(probes, "mlp")


def beside_the_paper(table: pd.DataFrame, probe: str) -> pd.DataFrame:
    """A table as text, with the paper's rows, series `paper`, below: of the tasks that ours has.

    Args:
        table: As `table_a2` or `table_a3` gives it.
        probe: linear or mlp, to choose the paper's table.
    """
    theirs = printed_tasks(PRINTED[probe]).T
    rows = theirs.assign(
        series="paper", ticket=[f"LTH{k}" for k in theirs.index], selection="test"
    ).reindex(columns=table.columns)
    both = pd.concat([table, rows], ignore_index=True)
    tasks = both.columns[3:]
    both[tasks] = both[tasks].map(lambda value: "" if pd.isna(value) else f"{value:.3f}")
    return both


def table_note(suite: str, probe: str) -> str:
    """What is to be said below a table beside the paper's."""
    name = PRINTED[probe].split("_")[1].upper()
    return (
        f"Best of layers 1 and up, {NAMES[probe]} probes: chosen on test as the paper does, "
        f"or on dev. Rows `paper` are Movva & Zhao 2020, Table {name} (Transformer-Big, WMT16; "
        f"{corpora(suite)})."
    )


def page_tables(
    suite: str, a2: pd.DataFrame, a3: pd.DataFrame, trends: pd.DataFrame
) -> dict[str, tuple[pd.DataFrame, str]]:
    """Tables of section 4 for the page: by title, each with its note.

    Args:
        suite: That they are of.
        a2: As `table_a2` gives it.
        a3: As `table_a3` gives it.
        trends: tables/probe_trends.csv.
    """
    return {
        "Table A2: linear probes, best layer": (
            beside_the_paper(a2, "linear"),
            table_note(suite, "linear"),
        ),
        "Table A3: MLP probes, best layer": (beside_the_paper(a3, "mlp"), table_note(suite, "mlp")),
        "Trend of each task with sparsity": (trends, TRENDS_NOTE),
    }


def _scores(probes: pd.DataFrame, probe: str) -> pd.DataFrame:
    suite_of(probes)
    own = probes[(probes["probe"] == probe) & (probes["series"] != UNTRAINED)]
    keys = ["series", "ticket", "selection"]
    if own.empty:
        return pd.DataFrame(columns=keys)
    best = best_layers(own).rename(columns={"clean_test": "dev"})
    rows = best.melt([*keys[:2], "task"], ["test", "dev"], "selection", "score")
    table = rows.pivot_table("score", keys, "task").reset_index()
    order = ["dense", *series_of(own)].index
    places = pd.DataFrame(
        {
            "series": table["series"].map(order),
            "k": table["ticket"].str.removeprefix("LTH").astype(int),
            "selection": table["selection"] != "test",
        }
    ).sort_values(["series", "k", "selection"])
    tasks = [task for group in tasks_of(own).values() for task in group]
    return table.loc[places.index, [*keys, *tasks]].reset_index(drop=True).rename_axis(columns=None)
