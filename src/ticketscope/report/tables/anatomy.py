"""Numbers of the figures about segments between tickets and about what tickets need."""

import math

import pandas as pd

from ticketscope.report.tables.shared import DENSE, in_order, insert_places, over_seeds, series_of
from ticketscope.report.tables.sparsity import uneven_series

# Kinds of pairs in the order of the panels.
KINDS = ("previous", "control", "seeds", "orders")
MEASURES = ("barrier", "bleu_drop")
LEVELS = ("sublayers", "heads")
_TICKET = ["series", "ticket", "k"]
_SITE = ["side", "layer", "block"]


def segment_losses(segments: pd.DataFrame) -> pd.DataFrame:
    """Loss along segments, over seeds.

    Args:
        segments: tables/segments.csv.

    Returns:
        Columns kind, series, ticket, k, other_series, alpha, loss with what `_over_seeds` adds;
        ordered by kind, k, series and alpha.
    """
    keys = ["kind", *_TICKET, "other_series", "alpha"]
    return _in_order(_over_seeds(segments, keys, "loss"), segments)


def barrier_heights(barriers: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Barriers, and the drop of BLEU where segments were translated, over seeds.

    Args:
        barriers: tables/barriers.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns measure (`MEASURES`), kind, series, ticket, k, x_percent, other_series, value with
        what `_over_seeds` adds.
    """
    parts = []
    for measure in MEASURES:
        rows = barriers.dropna(subset=[measure]).rename(columns={measure: "value"})
        keys = ["kind", *_TICKET, "other_series"]
        if len(rows):
            points = _in_order(_over_seeds(rows, keys, "value"), barriers)
            insert_places(points, 4, sparsity)
            points.insert(0, "measure", measure)
            parts.append(points)
    return pd.concat(parts, ignore_index=True)


def needed_modules(sensitivity: pd.DataFrame, modules: pd.DataFrame) -> pd.DataFrame:
    """What a module's silence costs, beside how much of it is pruned in the end.

    For each series that prunes some modules more than others: what LTH0, the control and the
    series' own last ticket lose with each module, beside the module's sparsity in that last ticket.
    Of sublayers the means over seeds; head 1 of one training is not head 1 of another, so that each
    seed has its own rows of heads.

    Args:
        sensitivity: tables/sensitivity.csv.
        modules: tables/module_sparsity.csv.

    Returns:
        Columns pruned_series, level (`LEVELS`), series, ticket, k (whose modules are silenced),
        seed (of heads), side, layer, block, head, sparsity_percent, change with what `over_seeds`
        adds, and rho, rho_low, rho_high: the rank correlation of change and sparsity over the
        modules of a level, mean of the seeds and its interval, cut off at -1 and 1.
    """
    parts = []
    for pruned in uneven_series(modules):
        chain = sensitivity[sensitivity["series"] == pruned]
        if chain.empty:
            continue
        last = chain["k"].max()
        site = ["seed", *_SITE, "head"]
        share = chain[chain["k"] == last].assign(sparsity_percent=100 * chain["sparsity"])
        beside = sensitivity.drop(columns="sparsity").merge(
            share[[*site, "sparsity_percent"]], on=site
        )
        shown = (beside["k"] == 0) | (
            (beside["k"] == last) & beside["series"].isin(["control", pruned])
        )
        for level, rows in zip(LEVELS, _by_level(beside[shown]), strict=True):
            if len(rows):
                parts.append(_level(rows, level).assign(pruned_series=pruned, level=level))
    if not parts:
        return pd.DataFrame()
    frame = pd.concat(parts, ignore_index=True)
    first = [
        "pruned_series", "level", *_TICKET, "seed", *_SITE, "head", "sparsity_percent", "change",
    ]  # fmt: skip
    names = [DENSE, "control", *series_of(frame)]
    frame = in_order(frame, ["pruned_series", "k", "series"], series=names)
    return frame[[*first, *frame.columns.difference(first, sort=False)]]


def _by_level(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of sublayers, and of heads."""
    whole = rows["head"].isna()
    return rows[whole], rows[~whole]


def _level(rows: pd.DataFrame, level: str) -> pd.DataFrame:
    """Points of one level, and the rank correlation over its modules."""
    correlations = pd.DataFrame(
        [
            dict(zip([*_TICKET, "seed"], key, strict=True))
            | {"rho": part["change"].corr(part["sparsity_percent"], method="spearman")}
            for key, part in rows.groupby([*_TICKET, "seed"], sort=False)
        ]
    )
    rho = over_seeds(correlations, _TICKET, "rho").assign(
        rho_low=lambda rows: rows["low"].clip(lower=-1),
        rho_high=lambda rows: rows["high"].clip(upper=1),
    )
    if level == "sublayers":
        keys = [*_TICKET, *_SITE]
        points = over_seeds(rows, keys, "change")
        share = rows.groupby(keys, sort=False)["sparsity_percent"].mean()
        points = points.assign(sparsity_percent=share.to_numpy())
    else:
        points = rows[[*_TICKET, "seed", *_SITE, "head", "sparsity_percent", "change"]]
        points = points.assign(seeds=rows["seed"].nunique())
    return points.merge(rho[[*_TICKET, "rho", "rho_low", "rho_high"]], on=_TICKET)


def _over_seeds(table: pd.DataFrame, keys: list[str], value: str) -> pd.DataFrame:
    """`over_seeds`, but `seeds` counts pairs of two seeds, which share seeds: no interval."""
    frame = over_seeds(table, keys, value)
    frame.loc[frame["kind"] == "seeds", ["low", "high"]] = math.nan
    return frame


def _in_order(frame: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Rows by kind, ticket and series, as everywhere; within them in the table's order."""
    names = [DENSE, *series_of(table)]
    return in_order(frame, ["kind", "k", "series"], kind=KINDS, series=names)
