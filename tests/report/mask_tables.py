"""Tables of masks that were made up: of real masks, tickets whose overlap is planted."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tests.tickets.made_up_masks import HEADS, random_mask, shapes
from ticketscope.plan.names import TicketName
from ticketscope.report.figures.masks import Tables
from ticketscope.tickets.dead_units import dead_units
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.overlap import COLUMNS, mask_overlap
from ticketscope.tickets.ranks import matrix_ranks

SIZES = shapes(16, 24)
KEEP = {1: 0.5, 2: 0.2}


def mask_of(name: TicketName) -> Mask:
    """`magnitude` keeps the same in all seeds but for a tenth; `random` anything."""
    if name.series in ("dense", "control"):
        return Mask.full(SIZES)
    own = random_mask(100 * name.seed + name.k, KEEP[name.k], SIZES)
    if name.series == "random":
        return own
    shared, swaps = random_mask(name.k, KEEP[name.k], SIZES), random_mask(name.seed, 0.1, SIZES)
    kept = {n: np.where(swaps.kept[n], own.kept[n], shared.kept[n]).astype(bool) for n in SIZES}
    kept["encoder.layers.0.fc1.weight"][: 6 * name.k] = False  # a quarter of the side's neurons
    return Mask(kept)


def mask_tables(
    seeds: Sequence[int], series: Sequence[str] = ("magnitude", "random", "control")
) -> Tables:
    """Tables of LTH0 and two tickets of each series, as the rules make them."""
    names = [
        TicketName(seed, name, k)
        for seed in seeds
        for name, k in [("dense", 0), *((name, k) for name in series for k in KEEP)]
    ]
    masks = {name: mask_of(name) for name in names}
    pruned = [name for name in names if name.series in ("magnitude", "random")]
    overlap = [
        mask_overlap(masks[name], masks[other], HEADS).assign(
            **name.columns, other_seed=other.seed, other_series=other.series
        )
        for place, name in enumerate(pruned)
        for other in pruned[:place]
        if name.k == other.k and (name.seed == other.seed or name.series == other.series)
    ]
    first = ["seed", "series", "ticket", "k", "other_seed", "other_series"]
    draw = np.random.default_rng(1)
    weights = {n: draw.normal(size=size).astype(np.float32) for n, size in SIZES.items()}
    return Tables(
        (pd.concat(overlap) if overlap else pd.DataFrame()).reindex(columns=[*first, *COLUMNS]),
        pd.concat([dead_units(masks[name], HEADS).assign(**name.columns) for name in names]),
        pd.concat([matrix_ranks(masks[name], weights).assign(**name.columns) for name in names]),
        pd.DataFrame([name.columns | {"sparsity_excl": masks[name].sparsity} for name in names]),
    )
