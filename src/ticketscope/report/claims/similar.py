"""Numbers of tables/similarity.csv, by layer, ticket and seed."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from ticketscope.report.claims.experiment import DENSE, Experiment, NotMeasurable
from ticketscope.report.claims.model import Estimate
from ticketscope.report.claims.rules import mean

# Both sides' states, and the three kinds of attention.
STATES = ("encoder", "decoder")
ATTENTION = ("enc_self", "enc_dec", "dec_self")


def rows_of(experiment: Experiment, measure: str, module: str, series: str) -> pd.DataFrame:
    """A series' rows of a measure, layer 1 and up."""
    rows = experiment.of("similarity", series)
    rows = rows[(rows["measure"] == measure) & (rows["module"] == module)]
    rows = rows[(rows["layer"] > 0) & (rows["other_layer"] > 0)]
    if rows.empty and series != DENSE:
        raise NotMeasurable(
            f"the table similarity.csv has no {measure} of {module} in the series {series}"
        )
    return rows


def layers(experiment: Experiment, module: str, series: str) -> int:
    """Number of the last layer."""
    measure = "LayerSim" if module in STATES else "AttentionSim"
    return int(rows_of(experiment, measure, module, series)["layer"].max())


def need(experiment: Experiment, module: str, series: str, least: int) -> int:
    """The number of layers.

    Raises:
        NotMeasurable: there are fewer than `least`.
    """
    count = layers(experiment, module, series)
    if count < least:
        raise NotMeasurable(f"needs {least} layers, {module} has {count}")
    return count


def to_dense(experiment: Experiment, measure: str, module: str, series: str) -> pd.DataFrame:
    """Rows that compare a ticket's layer with a layer of its seed's LTH0."""
    rows = rows_of(experiment, measure, module, series)
    found = rows[
        (rows["other_ticket"] == "LTH0") & (rows["k"] > 0) & (rows["seed"] == rows["other_seed"])
    ]
    if found.empty:
        raise NotMeasurable(f"the table similarity.csv compares no ticket of {series} with LTH0")
    return found


def pair_to_dense(
    experiment: Experiment, module: str, series: str, layer: int, other_layer: int
) -> pd.DataFrame:
    """LayerSim or AttentionSim of a ticket's layer with another of LTH0; index k, columns seeds."""
    measure = "LayerSim" if module in STATES else "AttentionSim"
    rows = to_dense(experiment, measure, module, series)
    rows = rows[(rows["layer"] == layer) & (rows["other_layer"] == other_layer)]
    return rows.pivot_table("value", "k", "seed")


def own_pairs(
    experiment: Experiment, module: str, series: str, pairs: Sequence[tuple[int, int]] | None = None
) -> pd.DataFrame:
    """Mean similarity of different layers of one model, LTH0 as k = 0; index k, columns seeds.

    Args:
        experiment: Whose.
        module: Of states: LayerSim; of attention: AttentionSim.
        series: Beside LTH0.
        pairs: Of layers, the lower first; all that there are if not given.
    """
    measure = "LayerSim" if module in STATES else "AttentionSim"
    parts = [rows_of(experiment, measure, module, name) for name in (DENSE, series)]
    rows = pd.concat(parts)
    rows = rows[(rows["ticket"] == rows["other_ticket"]) & (rows["seed"] == rows["other_seed"])]
    rows = rows[rows["layer"] < rows["other_layer"]]
    if pairs is not None:
        wanted = pd.MultiIndex.from_tuples(pairs)
        rows = rows[pd.MultiIndex.from_frame(rows[["layer", "other_layer"]]).isin(wanted)]
    if rows.empty:
        raise NotMeasurable(f"the table similarity.csv has no pair of layers of {module}")
    return rows.pivot_table("value", "k", "seed")


def same_layer(
    experiment: Experiment,
    measure: str,
    module: str,
    series: str,
    k: int,
    wanted: Iterable[int] | None = None,
) -> list[Estimate]:
    """Similarity with the same layer of LTH0, mean over layers, for each seed.

    Args:
        experiment: Whose.
        measure: Of similarity.csv.
        module: Of similarity.csv.
        series: The ticket's.
        k: LTHk.
        wanted: Layers; all if not given.
    """
    rows = to_dense(experiment, measure, module, series)
    rows = rows[(rows["layer"] == rows["other_layer"]) & (rows["k"] == k)]
    if wanted is not None:
        rows = rows[rows["layer"].isin(list(wanted))]
    if rows.empty:
        raise NotMeasurable(
            f"the table similarity.csv has no {measure} of {module} for LTH{k} of {series}"
        )
    return [
        mean([Estimate(*ends) for ends in part[["value", "low", "high"]].to_numpy(float).tolist()])
        for _, part in rows.groupby("seed")
    ]


def same_layer_by_ticket(
    experiment: Experiment, measure: str, modules: Sequence[str], series: str
) -> pd.DataFrame:
    """Similarity with the same layer of LTH0, mean over layers; index k, columns seeds."""
    parts = [to_dense(experiment, measure, module, series) for module in modules]
    rows = pd.concat(parts)
    return rows[rows["layer"] == rows["other_layer"]].pivot_table("value", "k", "seed")


def unrelated(
    experiment: Experiment,
    measure: str,
    modules: Sequence[str],
    wanted: Iterable[int] | None = None,
) -> float:
    """The same of two LTH0s of different seeds, mean over layers and pairs of seeds.

    Raises:
        NotMeasurable: there is one seed.
    """
    rows = experiment.of("similarity", DENSE)
    rows = rows[(rows["measure"] == measure) & rows["module"].isin(list(modules))]
    rows = rows[(rows["layer"] == rows["other_layer"]) & (rows["layer"] > 0)]
    rows = rows[rows["seed"] != rows["other_seed"]]
    if wanted is not None:
        rows = rows[rows["layer"].isin(list(wanted))]
    if rows.empty:
        raise NotMeasurable("no two seeds were compared")
    return float(np.mean(rows["value"]))


def unrelated_difference(
    experiment: Experiment,
    measure: str,
    modules: Sequence[str],
    wanted: Sequence[Iterable[int] | None] = (None, None),
) -> float:
    """`unrelated` of one module, or of some of its layers, minus that of another.

    Args:
        experiment: Whose.
        measure: Of similarity.csv.
        modules: The two.
        wanted: Layers of each.
    """
    own, other = (
        unrelated(experiment, measure, [module], layers)
        for module, layers in zip(modules, wanted, strict=True)
    )
    return own - other


def tickets(experiment: Experiment, series: str) -> list[int]:
    """Pruned tickets of a series that were compared with LTH0."""
    rows = experiment.of("similarity", series)
    return sorted({int(k) for k in rows[rows["other_ticket"] == "LTH0"]["k"]} - {0})
