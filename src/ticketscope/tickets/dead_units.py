"""Neurons and heads through which nothing flows, whatever the weights that a mask keeps.

A unit reads its input by rows of one matrix, has a bias for each of these channels, and writes by
the columns of another: a feed-forward neuron is one channel, a row of fc1 and a column of fc2; a
head's channels are rows of the values and columns of the output projection.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ticketscope.tickets.heads import Heads
from ticketscope.tickets.masks import BoolArray, Mask
from ticketscope.tickets.parameters import module_of

COLUMNS = [
    "side", "layer", "block", "unit", "units", "dead", "constant", "no_input", "no_output",
    "uniform", "query_blind",
]  # fmt: skip


@dataclass(frozen=True)
class Units:
    """What is left of the units of a block, each an array (units,).

    Attributes:
        dead: No channel has both a weight that reads and one that writes, so that the block's
            output does not depend on its input by way of this unit.
        constant: Dead, and yet it may add a constant to the output: a channel that writes and
            reads nothing has a bias. (What it adds could be part of the output's bias.)
        no_input: All weights that read are cut.
        no_output: All weights that write are cut.
    """

    dead: BoolArray
    constant: BoolArray
    no_input: BoolArray
    no_output: BoolArray


def units(
    reading: BoolArray, bias: BoolArray | None, writing: BoolArray, channels: int = 1
) -> Units:
    """Units of a block, from the masks of the two matrices around them.

    Args:
        reading: Of fc1 or the values, (units * channels, in).
        bias: Of the same, (units * channels,); None: biases are not prunable, and all are there.
        writing: Of fc2 or the output projection, (out, units * channels).
        channels: Channels of a unit: 1 of a neuron, the width of a head.
    """
    reads, writes, biased = (
        has.reshape(-1, channels)
        for has in (reading.any(axis=1), writing.any(axis=0), _present(bias, len(reading)))
    )
    dead = _none(reads & writes)
    constant = dead & ~_none(biased & writes)
    return Units(dead, constant, no_input=_none(reads), no_output=_none(writes))


@dataclass(frozen=True)
class AttentionScores:
    """What the heads' attention still depends on, each an array (heads,).

    Scores are products of a query's and a key's channel, summed over the channels of a head.
    What a score has from the query alone is the same for all keys, and the softmax drops it.

    Attributes:
        uniform: No channel has weights of the key and weights or a bias of the query: attention is
            the same to all positions that it may see.
        query_blind: No channel has weights of both: attention is the same from all positions.
            A uniform head is query-blind, too.
    """

    uniform: BoolArray
    query_blind: BoolArray


def attention_scores(
    queries: BoolArray, query_bias: BoolArray | None, keys: BoolArray, heads: int
) -> AttentionScores:
    """Heads of an attention block, from the masks of queries and keys.

    Args:
        queries: (heads * width, in).
        query_bias: (heads * width,); None: biases are not prunable, and all are there.
        keys: (heads * width, in). Their bias changes no attention.
        heads: Number of heads.
    """
    query, key, biased = (
        has.reshape(heads, -1)
        for has in (queries.any(axis=1), keys.any(axis=1), _present(query_bias, len(queries)))
    )
    return AttentionScores(uniform=_none(key & (query | biased)), query_blind=_none(key & query))


def dead_units(mask: Mask, heads: Heads) -> pd.DataFrame:
    """Dead neurons and heads of every block: one row a feed-forward or attention block.

    Args:
        mask: Of all projections of a Transformer; their biases may be missing.
        heads: Attention heads of a layer, by side.

    Returns:
        Columns side, layer, block, unit (neuron or head), units (their number), and how many of
        them are dead, constant, no_input, no_output (`Units`); of heads also uniform and
        query_blind (`AttentionScores`).
    """
    blocks: dict[tuple[str, int, str], dict[str, BoolArray]] = defaultdict(dict)
    for name, kept in mask.kept.items():
        module = module_of(name)
        if module is not None and module.block != "embedding":
            key = module.side, module.layer, module.block
            blocks[key][f"{module.part}.{module.kind}"] = kept
    rows = []
    for (side, layer, block), parts in blocks.items():
        if block == "fc":
            left = units(parts["fc1.weight"], parts.get("fc1.bias"), parts["fc2.weight"])
            counted = {"unit": "neuron", "units": left.dead.size, **_counts(left)}
        else:
            values, bias, number = parts["v.weight"], parts.get("v.bias"), heads[side]
            left = units(values, bias, parts["o.weight"], len(values) // number)
            scores = attention_scores(
                parts["q.weight"], parts.get("q.bias"), parts["k.weight"], number
            )
            counted = {"unit": "head", "units": number, **_counts(left), **_counts(scores)}
        rows.append({"side": side, "layer": layer, "block": block, **counted})
    optional = {"uniform": "Int64", "query_blind": "Int64"}
    return pd.DataFrame(rows, columns=COLUMNS).astype(optional)


def _none(channels: BoolArray) -> BoolArray:
    """Which units have none of their channels, (units, channels)."""
    return np.logical_not(channels.any(axis=1))


def _present(bias: BoolArray | None, channels: int) -> BoolArray:
    return np.ones(channels, dtype=np.bool_) if bias is None else bias


def _counts(left: Units | AttentionScores) -> dict[str, int]:
    return {name: int(np.count_nonzero(flags)) for name, flags in vars(left).items()}
