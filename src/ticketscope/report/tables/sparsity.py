"""Sparsities of modules, as the figures of section 3.4 show them; of weights without biases."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ticketscope.plan.paper_tickets import stands_for
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.shared import DENSE, in_order, over_seeds, series_of

# Modules of Figures A1 and A2: side and block of tables/module_sparsity.csv.
MODULES = {
    "encoder FC": ("encoder", "fc"),
    "decoder FC": ("decoder", "fc"),
    "encoder self-attention": ("encoder", "enc-self"),
    "encoder-decoder attention": ("decoder", "enc-dec"),
    "decoder self-attention": ("decoder", "dec-self"),
}
# Order in the network, and within one of its layers.
_SIDES = ("encoder", "decoder")
_BLOCKS = ("embedding", "enc-self", "dec-self", "enc-dec", "fc")
_PARTS = ("embedding", "q", "k", "v", "o", "fc1", "fc2")
# Standard deviations of a binomial: chance alone does not take one of a thousand modules so far.
_CHANCE = 5
_TICKET = ["series", "ticket", "k"]
_MODULE = ["side", "layer", "block", "part"]


def uneven_series(modules: pd.DataFrame) -> list[str]:
    """Series in which some module is cut more or less than chance explains.

    Args:
        modules: tables/module_sparsity.csv.
    """
    weights = modules[modules["kind"] == "weight"]
    sums = weights.groupby(["seed", *_TICKET, *_MODULE])[["pruned", "total"]].sum()
    overall = sums.groupby(["seed", *_TICKET]).transform("sum")
    share = overall["pruned"] / overall["total"]
    deviation = np.sqrt(share * (1 - share) / sums["total"])
    uneven = (sums["pruned"] / sums["total"] - share).abs() > _CHANCE * deviation
    by_series = uneven.groupby("series").any()
    return [series for series in series_of(modules) if by_series[series]]


def layer_sparsities(
    modules: pd.DataFrame, sparsity: pd.DataFrame, names: Sequence[str]
) -> pd.DataFrame:
    """Sparsity of each layer of some modules, and of all their layers together, by ticket.

    Args:
        modules: tables/module_sparsity.csv.
        sparsity: tables/sparsity.csv.
        names: Keys of MODULES.

    Returns:
        Columns series, ticket, k, module, layer ("1", ..., "all"), overall_percent (the ticket's
        sparsity without embeddings), sparsity_percent with what `over_seeds` adds, n (weights),
        paper. Uneven series only, and LTH0 as the series `dense`.
    """
    weights = _uneven_weights(modules)
    parts = []
    for name in names:
        side, block = MODULES[name]
        rows = weights[(weights["side"] == side) & (weights["block"] == block)].assign(module=name)
        parts += [rows, rows.assign(layer="all")]
    shares = _shares(pd.concat(parts).astype({"layer": str}), ["module", "layer"], sparsity)
    # All that the paper gives as a number: encoder-decoder attention at LTH7.
    printed = 100 * paper_values("sparsity")["encdec_at_79_percent"]
    place = ("magnitude", 7, "encoder-decoder attention", "all")
    return shares.assign(
        paper=[
            printed
            if (row.series, row.k, row.module, row.layer) == place
            and stands_for(row.k, row.overall_percent / 100)
            else math.nan
            for row in shares.itertuples()
        ]
    )


def module_sparsities(modules: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Sparsity of every module by ticket, in the network's order.

    Args:
        modules: tables/module_sparsity.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns series, ticket, k, side, layer (0: embedding), block, part, overall_percent,
        sparsity_percent with what `over_seeds` adds, n (weights). Uneven series only.
    """
    weights = _uneven_weights(modules)
    shares = _shares(weights[weights["k"] > 0], _MODULE, sparsity)
    return in_network_order(shares)


def in_network_order(table: pd.DataFrame) -> pd.DataFrame:
    """Sort rows by side, layer, block and part, as the network computes them; else as they are."""
    return in_order(table, _MODULE, side=_SIDES, block=_BLOCKS, part=_PARTS)


def _uneven_weights(modules: pd.DataFrame) -> pd.DataFrame:
    weights, names = modules[modules["kind"] == "weight"], uneven_series(modules)
    return weights[weights["series"].isin([DENSE, *names])] if names else weights.head(0)


def _shares(weights: pd.DataFrame, keys: Sequence[str], sparsity: pd.DataFrame) -> pd.DataFrame:
    """Share of each group's weights that is pruned, in %, over seeds."""
    keys = [*_TICKET, *keys]
    sums = weights.groupby(["seed", *keys], sort=False, as_index=False)[["pruned", "total"]].sum()
    sums = sums.assign(sparsity_percent=100 * sums["pruned"] / sums["total"])
    shares = over_seeds(sums, keys, "sparsity_percent")
    overall = 100 * sparsity.groupby(_TICKET)["sparsity_excl"].mean()
    tickets = pd.MultiIndex.from_frame(shares[_TICKET])
    shares.insert(len(keys), "overall_percent", overall.reindex(tickets).to_numpy())
    return shares.assign(n=sums.groupby(keys, sort=False)["total"].first().to_numpy())
