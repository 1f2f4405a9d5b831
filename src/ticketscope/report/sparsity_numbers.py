"""What the figures of section 3.4 show: sparsities of modules, of weights without biases."""

import math

import numpy as np
import pandas as pd

from ticketscope.report.frames import DENSE, over_seeds, series_of
from ticketscope.report.paper import paper_values, stands_for

# Modules of Figures A1 and A2: side and block of tables/module_sparsity.csv.
MODULES = {
    "encoder FC": ("encoder", "fc"),
    "decoder FC": ("decoder", "fc"),
    "encoder self-attention": ("encoder", "enc-self"),
    "encoder-decoder attention": ("decoder", "enc-dec"),
    "decoder self-attention": ("decoder", "dec-self"),
}
# Order in the network, of a side's layer.
_BLOCKS = ("embedding", "enc-self", "dec-self", "enc-dec", "fc")
_PARTS = ("embedding", "q", "k", "v", "o", "fc1", "fc2")
# Standard deviations of a binomial: chance alone does not take one of a thousand modules so far.
_CHANCE = 5
_TICKET = ["seed", "series", "ticket", "k"]
_MODULE = ["side", "layer", "block", "part"]


def uneven_series(modules: pd.DataFrame) -> list[str]:
    """Series in which some module is cut more or less than chance explains.

    Args:
        modules: tables/module_sparsity.csv.
    """
    sums = _weights(modules).groupby([*_TICKET, *_MODULE])[["pruned", "total"]].sum()
    whole = sums.groupby(_TICKET).transform("sum")
    share = whole["pruned"] / whole["total"]
    chance = np.sqrt(share * (1 - share) / sums["total"])
    far = (sums["pruned"] / sums["total"] - share).abs() > _CHANCE * chance
    found = far.groupby("series").any()
    return [name for name in series_of(modules) if found[name]]


def layer_sparsities(
    modules: pd.DataFrame, sparsity: pd.DataFrame, names: tuple[str, ...]
) -> pd.DataFrame:
    """Sparsity of each layer of some modules, and of all their layers together, by ticket.

    Args:
        modules: tables/module_sparsity.csv.
        sparsity: tables/sparsity.csv.
        names: Of MODULES.

    Returns:
        Columns series, ticket, k, module, layer ("1", ..., "all"), overall_percent (the ticket's
        sparsity without embeddings), sparsity_percent with low and high over seeds, seeds, n
        (weights), paper. Uneven series only, and LTH0 as the series `dense`.
    """
    weights = _of_uneven(_weights(modules))
    parts = []
    for name in names:
        side, block = MODULES[name]
        rows = weights[(weights["side"] == side) & (weights["block"] == block)]
        parts += [rows.assign(module=name), rows.assign(module=name, layer="all")]
    both = pd.concat(parts).astype({"layer": str})
    found = _shares(both, ["module", "layer"], sparsity)
    return found.assign(paper=_printed(found))


def module_sparsities(modules: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Sparsity of every module by ticket, in the network's order.

    Args:
        modules: tables/module_sparsity.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns series, ticket, k, side, layer (0: embedding), block, part, overall_percent,
        sparsity_percent with low and high over seeds, seeds, n (weights). Uneven series only.
    """
    weights = _of_uneven(_weights(modules))
    found = _shares(weights[weights["k"] > 0], _MODULE, sparsity)
    places = pd.DataFrame(
        {
            "side": found["side"] != "encoder",
            "layer": found["layer"],
            "block": found["block"].map(_BLOCKS.index),
            "part": found["part"].map(_PARTS.index),
        }
    )
    return found.loc[places.sort_values(_MODULE, kind="stable").index].reset_index(drop=True)


def _weights(modules: pd.DataFrame) -> pd.DataFrame:
    return modules[modules["kind"] == "weight"]


def _of_uneven(weights: pd.DataFrame) -> pd.DataFrame:
    names = uneven_series(weights)
    return weights[weights["series"].isin([DENSE, *names])] if names else weights.head(0)


def _shares(weights: pd.DataFrame, keys: list[str], sparsity: pd.DataFrame) -> pd.DataFrame:
    """Pruned over all weights of each group, in %; mean and range over seeds."""
    sums = weights.groupby([*_TICKET, *keys], sort=False, as_index=False)[["pruned", "total"]].sum()
    share = 100 * sums["pruned"] / sums["total"]
    sums = sums.assign(sparsity_percent=share, low=share, high=share)
    ticket = _TICKET[1:]
    found = over_seeds(sums, [*ticket, *keys], "sparsity_percent")
    n = sums.groupby([*ticket, *keys], sort=False)["total"].first()
    overall = 100 * sparsity.groupby(ticket)["sparsity_excl"].mean()
    own = pd.MultiIndex.from_frame(found[ticket])
    found.insert(len(ticket) + len(keys), "overall_percent", overall.reindex(own).to_numpy())
    return found.assign(n=n.to_numpy())


def _printed(found: pd.DataFrame) -> list[float]:
    """In %: of encoder-decoder attention at LTH7, all that the paper gives as a number."""
    value = 100 * paper_values("sparsity")["encdec_at_79_percent"]
    return [
        value
        if row.module == "encoder-decoder attention"
        and (row.series, row.k, row.layer) == ("magnitude", 7, "all")
        and stands_for(row.k, row.overall_percent / 100)
        else math.nan
        for row in found.itertuples()
    ]
