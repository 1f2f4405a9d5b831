"""Every figure and table of section 4: what the paper found there, and how it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from dissect.probing.layers import best_layers
from dissect.probing.settings import UNTRAINED
from dissect.report import probing_figures as draw
from dissect.report import probing_numbers as numbers
from dissect.report.entry import Entry
from dissect.report.frames import series_of
from dissect.report.paper import paper_values
from dissect.report.probing_numbers import ARCS, suite_of, tasks_of

# The suite of the corpora that the paper used.
PAPER_SUITE = "paper"
# The rule of `probing.statistics.classify`, for readers.
TRENDS_NOTE = (
    "A task is degrading (improving) if its score on the layer chosen on dev falls (rises) with "
    "sparsity by Spearman's rho over all tickets, and the last ticket is below (above) LTH0 by a "
    "paired bootstrap over test sentences; p_corrected is the larger p of both, Holm over tasks. "
    "Invariant: no trend was shown. Undecided: so few tickets could not have shown one. The "
    "control is ranked by ticket."
)
# Where the paper prints the scores of each family of probes.
PRINTED = {"linear": "table_a2_linear", "mlp": "table_a3_mlp"}


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: the experiment's tables of these names.

    `probes`, `differences` and `trends` are probes.csv, probe_differences.csv and probe_trends.csv;
    `sparsity` has seed, series, ticket and sparsity_excl, as table_a1.csv has them.
    """

    probes: pd.DataFrame
    differences: pd.DataFrame
    trends: pd.DataFrame
    sparsity: pd.DataFrame

    @property
    def suite(self) -> str:
        """The one suite of all tables; two raise ValueError."""
        return suite_of(self.probes, self.differences, self.trends)

    @property
    def theirs(self) -> str:
        """What the paper's numbers are of."""
        return f"Transformer-Big, WMT16; {corpora(self.suite)}"


def corpora(suite: str) -> str:
    """Whether the paper's numbers are of the same corpora as ours, in words."""
    if suite == PAPER_SUITE:
        return "the same corpora as here"
    return f"other corpora than the {suite} suite's here: compare shapes, not heights"


def entries() -> dict[str, Entry[Tables]]:
    """All figures by file name, in the order of their titles."""
    classes = paper_values("probing")["classes"]
    linear, mlp = printed_tasks(PRINTED["linear"]), printed_tasks(PRINTED["mlp"])
    first, second = printed_tasks("figure_1"), printed_tasks("figure_2")
    grids = {
        group: _printed_layers(f"figure_3_{group.lower()}") for group in ("Syntax", "Semantics")
    }
    pos = _printed_layers("figure_a3")
    syntax, semantics = grids.values()
    found = (
        f"invariant {', '.join(classes['invariant'])}; degrading "
        f"{', '.join(classes['degrading'])}; improving {', '.join(classes['improving'])}; "
        f"{', '.join(classes['none'])} in no class"
    )
    return {
        "figure_1": Entry(
            f"z of LTH0 and LTH8: degrading {_ends(first, classes['degrading'])}; improving "
            f"{_ends(first, classes['improving'])}; nearly constant POS {_pair(first.loc['POS'])} "
            f"and {len(classes['invariant']) - 1} others.",
            lambda t: numbers.best_layer_z(t.probes, "linear", first),
            partial(draw.best_layers, probe="linear"),
        ),
        "figure_2": Entry(
            f"z of LTH0 and LTH8: {_ends(second, second.index)}. Six layers allow no more than "
            "√5 = 2.24: 2.0 throughout says that one layer stands out, not that nothing changes.",
            lambda t: numbers.best_layer_z(t.probes, "mlp", second),
            partial(draw.best_layers, probe="mlp"),
        ),
        "figure_3": Entry(
            f"LTH0 and LTH8: syntax, layer 1 {_pair(syntax.loc[1])}, layer 6 "
            f"{_pair(syntax.loc[6])}; semantics, layer 1 {_pair(semantics.loc[1])}, layer 6 "
            f"{_pair(semantics.loc[6])}. Lower layers of sparse models hold more syntax.",
            lambda t: numbers.layer_z(t.probes, list(grids), grids),
            partial(draw.layers_by_ticket, groups=list(grids)),
        ),
        "figure_a3": Entry(
            f"LTH0 and LTH8: layer 1 {_pair(pos.loc[1])}, layer 4 {_pair(pos.loc[4])}, layer 6 "
            f"{_pair(pos.loc[6])}; the best layer is not the last one.",
            lambda t: numbers.layer_z(t.probes[t.probes["task"] == "POS"], ["POS"], {"POS": pos}),
            partial(draw.layers_by_ticket, groups=["POS"]),
        ),
        "probe_scores_linear": Entry(
            f"LTH0 and LTH8, layer chosen on test (Table A2): {_ends(linear, linear.index, 3)}.",
            lambda t: numbers.task_scores(t.probes, t.differences, t.sparsity, "linear", linear),
            partial(draw.scores, probe="linear"),
        ),
        "probe_scores_mlp": Entry(
            f"LTH0 and LTH8, layer chosen on test (Table A3): {_ends(mlp, mlp.index, 3)}.",
            lambda t: numbers.task_scores(t.probes, t.differences, t.sparsity, "mlp", mlp),
            partial(draw.scores, probe="mlp"),
        ),
        "codelength": Entry(
            "the question that section 4.3 leaves open: accuracy of linear probes rises "
            f"({_ends(linear, ARCS, 3)}), that of MLPs does not "
            f"({_ends(mlp, ARCS, 3)}); do sparse and dense models differ in how directly they "
            "encode the arcs?",
            lambda t: numbers.arc_codes(t.probes, t.sparsity),
            draw.codelength,
        ),
        "probe_trends": Entry(
            f"{found}; by eye, of linear probes. With MLPs arc prediction no longer improves.",
            lambda t: numbers.task_trends(t.trends, classes),
            draw.probe_trends,
        ),
    }


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
        f"Best of layers 1 and up, {draw.NAMES[probe]} probes: chosen on test as the paper does, "
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


def printed_tasks(section: str) -> pd.DataFrame:
    """A grid of the paper by task and ticket number (tasks, LTH0 to LTH8)."""
    values = paper_values(section)
    return pd.DataFrame(values["rows_LTH0_to_LTH8"], columns=values["columns"]).T


def _printed_layers(section: str) -> pd.DataFrame:
    """A grid of the paper by layer and ticket number (layers 1 to 6, LTH0 to LTH8)."""
    rows = paper_values(section)["rows_layer_1_to_6"]
    return pd.DataFrame(rows, index=range(1, len(rows) + 1))


def _pair(row: pd.Series, digits: int = 1) -> str:
    return f"{row.iloc[0]:.{digits}f} to {row.iloc[-1]:.{digits}f}"


def _ends(grid: pd.DataFrame, tasks: Iterable[str], digits: int = 1) -> str:
    return ", ".join(f"{task} {_pair(grid.loc[task], digits)}" for task in tasks)


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
