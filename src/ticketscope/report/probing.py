"""Every figure of section 4: what the paper found there, and how it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from ticketscope.report import probing_figures as draw
from ticketscope.report import probing_numbers as numbers
from ticketscope.report.entry import Entry
from ticketscope.report.paper import paper_values
from ticketscope.report.probing_numbers import ARCS, suite_of
from ticketscope.report.probing_paper import PRINTED, corpora, printed_layers, printed_tasks


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


def entries() -> dict[str, Entry[Tables]]:
    """All figures by file name, in the order of their titles."""
    classes = paper_values("probing")["classes"]
    linear, mlp = printed_tasks(PRINTED["linear"]), printed_tasks(PRINTED["mlp"])
    first, second = printed_tasks("figure_1"), printed_tasks("figure_2")
    grids = {
        group: printed_layers(f"figure_3_{group.lower()}") for group in ("Syntax", "Semantics")
    }
    pos = printed_layers("figure_a3")
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


def _pair(row: pd.Series, digits: int = 1) -> str:
    return f"{row.iloc[0]:.{digits}f} to {row.iloc[-1]:.{digits}f}"


def _ends(grid: pd.DataFrame, tasks: Iterable[str], digits: int = 1) -> str:
    return ", ".join(f"{task} {_pair(grid.loc[task], digits)}" for task in tasks)
