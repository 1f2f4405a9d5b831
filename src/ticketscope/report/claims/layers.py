"""Section 4.4: in which layers sparse and dense encoders hold syntax, semantics, word classes."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ticketscope.probing.layers import over_replicates
from ticketscope.report.claims.experiment import MAGNITUDE, Experiment, NotMeasurable
from ticketscope.report.claims.findings import (
    HOW_SHARE,
    HOW_TREND,
    over,
    share_finding,
    trend_finding,
)
from ticketscope.report.claims.model import Claim, Finding
from ticketscope.report.claims.probing import NEARLY_ALL, best_of
from ticketscope.report.paper import paper_values

_Z = (
    "Linear probes' mean z over the {group} tasks (z over all layers and tickets of LTH0 and the "
    "magnitude series, task by task) {where}: at 83 % minus LTH0. " + HOW_TREND
)


def claims() -> list[Claim]:
    """In the order of the paper."""
    return [
        Claim(
            "last-layer-best",
            "4.4",
            "The last layer always has the highest accuracy.",
            "1",
            "Linear probes, layer best on test. Share of cells (tasks, tickets with LTH0) where it "
            f"is the last. {HOW_SHARE} {NEARLY_ALL}.",
            _last_best,
        ),
        Claim(
            "syntax-lower-layers-rise",
            "4.4, Figure 3",
            "Below the last layer, probes do better on syntactic tasks as sparsity increases.",
            f"{_below('figure_3_syntax'):+.2f}",
            _Z.format(group="syntactic", where="and the layers below the last"),
            partial(_layers, select="Syntax", where=_below_last, sign=1),
        ),
        Claim(
            "syntax-last-layer-equal",
            "4.4, Figure 3",
            "In the last layer, syntactic tasks gain less than in lower layers.",
            f"{_below('figure_3_syntax') - _at_last('figure_3_syntax'):+.2f}",
            _Z.format(group="syntactic", where="below the last layer minus in it"),
            partial(_layers, select="Syntax", where=_gap, sign=1),
        ),
        Claim(
            "pos-lower-layers-rise",
            "4.4, Figure A3",
            "Below the last layer, part-of-speech tagging improves as sparsity increases.",
            f"{_below('figure_a3'):+.2f}",
            _Z.format(group="POS", where="and the layers below the last"),
            partial(_layers, select="POS", where=_below_last, sign=1),
        ),
        Claim(
            "pos-last-layer-equal",
            "4.4, Figure A3",
            "In the last layer, part-of-speech tagging gains less than in lower layers.",
            f"{_below('figure_a3') - _at_last('figure_a3'):+.2f}",
            _Z.format(group="POS", where="below the last layer minus in it")
            + " The paper's text makes this claim; its figure shows the opposite.",
            partial(_layers, select="POS", where=_gap, sign=1),
        ),
        Claim(
            "semantics-last-layer-falls",
            "4.4, Figure 3",
            "In the last layer, probes of dense models do better on semantic tasks.",
            f"{_at_last('figure_3_semantics'):+.2f}",
            _Z.format(group="semantic", where="in the last layer"),
            partial(_layers, select="Semantics", where=_last_layer, sign=-1),
        ),
    ]


def _below(figure: str) -> float:
    rows = np.array(paper_values(figure)["rows_layer_1_to_6"])
    return float((rows[:-1, -1] - rows[:-1, 0]).mean())


def _at_last(figure: str) -> float:
    row = paper_values(figure)["rows_layer_1_to_6"][-1]
    return float(row[-1] - row[0])


def _last_best(experiment: Experiment) -> Finding:
    def cells(series: str) -> list[bool]:
        best = best_of(experiment, series, "linear")
        last = experiment.of("probes", series)["layer"].max()
        if last < 2:
            raise NotMeasurable("needs two layers")
        return [bool(layer == last) for layer in best["layer"]]

    return share_finding(cells, over(experiment, "probes", "cell"), bar=NEARLY_ALL)


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
