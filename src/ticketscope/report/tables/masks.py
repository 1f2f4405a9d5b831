"""Masks compared, and what they leave, as the figures show them; of weights without biases."""

import numpy as np
import pandas as pd

from ticketscope.report.tables.shared import (
    DENSE,
    in_order,
    insert_places,
    over_seeds,
    series_of,
    ticket_places,
)
from ticketscope.report.tables.sparsity import in_network_order
from ticketscope.tickets.overlap import pool_overlap

BETWEEN = ("seeds", "series")
MEASURES = ("neurons", "heads", "structural_rank", "effective_rank")
_PAIR = ["between", "series", "other_series", "ticket", "k"]
_SEEDS = ["seed", "other_seed"]
_MODULE = ["side", "layer", "block", "part"]
_TICKET = ["series", "ticket", "k"]


def overlaps(overlap: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Overlap above chance of whole masks, by pair of series and ticket.

    Args:
        overlap: tables/mask_overlap.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns between (`seeds` or `series`), series, other_series (the same between seeds),
        ticket, k, x_percent (sparsity, mean of both), value (% of the largest overlap above
        chance) with what `over_seeds` adds, chance (its standard deviation at chance, of one pair
        of masks, %). Between seeds a seed's value is its mean with each of the others; these share
        their pairs, so there is no interval.
    """
    frame = _over_pairs(overlap, [])
    places = ticket_places(sparsity)
    x = [
        places.reindex(pd.MultiIndex.from_frame(frame[[series, "ticket"]])).to_numpy(float)
        for series in ("series", "other_series")
    ]
    frame.insert(len(_PAIR), "x_percent", (x[0] + x[1]) / 2)
    return frame


def module_overlaps(overlap: pd.DataFrame) -> pd.DataFrame:
    """Overlap above chance of each matrix, at the last ticket of each pair of series.

    Args:
        overlap: tables/mask_overlap.csv.

    Returns:
        As `overlaps`, without x_percent and with side, layer, block and part, in the network's
        order.
    """
    last = overlap.groupby(["series", "other_series"])["k"].transform("max")
    return in_network_order(_over_pairs(overlap[overlap["k"] == last], _MODULE))


def _over_pairs(overlap: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Overlap of weights above chance over pairs of seeds, or over seeds, by series and `keys`.

    Of many series each is compared with the first: all pairs of six would be fifteen lines.
    """
    weights = overlap[overlap["kind"] == "weight"]
    between = np.where(weights["seed"] == weights["other_seed"], "series", "seeds")
    weights = weights.assign(between=between)
    first = weights.loc[weights["between"] == "series", "other_series"].head(1)
    weights = weights[(weights["between"] == "seeds") | weights["other_series"].isin(first)]
    pooled = pool_overlap(weights, [*_PAIR, *_SEEDS, *keys])
    pooled = pooled.assign(value=100 * pooled["above_chance"], chance=100 * pooled["chance_sd"])
    pooled = pooled.dropna(subset=["value"])
    apart = pooled[pooled["between"] == "seeds"]
    turned = apart.assign(seed=apart["other_seed"])
    frame = over_seeds(pd.concat([pooled, turned]), [*_PAIR, *keys], "value")
    frame.loc[frame["between"] == "seeds", ["low", "high"]] = np.nan
    spread = pooled.groupby([*_PAIR, *keys])["chance"].mean()
    return frame.join(spread, on=[*_PAIR, *keys])


def what_is_left(units: pd.DataFrame, ranks: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Dead units and ranks by ticket.

    Args:
        units: tables/dead_units.csv.
        ranks: tables/ranks.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns measure, series, ticket, k, x_percent, value with what `over_seeds` adds, n (units,
        or matrices). Measures: `neurons` and `heads`, the % that is dead; `structural_rank` and
        `effective_rank`, the sum over matrices as % of the sum of their smaller sides.
    """
    keys = ["seed", *_TICKET]
    dead = units.groupby([*keys, "unit"], sort=False, as_index=False)[["dead", "units"]].sum()
    parts = [
        rows.assign(value=100 * rows["dead"] / rows["units"], measure=f"{unit}s", n=rows["units"])
        for unit, rows in dead.groupby("unit", sort=False)
    ]
    groups = ranks.groupby(keys, sort=False)
    sums = groups[["full_rank", *MEASURES[2:]]].sum().assign(n=groups.size()).reset_index()
    parts += [
        sums.assign(value=100 * sums[measure] / sums["full_rank"], measure=measure)
        for measure in MEASURES[2:]
    ]
    table = pd.concat(parts)
    frame = over_seeds(table, ["measure", *_TICKET], "value")
    frame = frame.join(table.groupby("measure")["n"].first(), on="measure")
    insert_places(frame, 4, sparsity)
    names = [DENSE, *series_of(frame)]
    return in_order(frame, ["measure", "series", "k"], measure=MEASURES, series=names)
