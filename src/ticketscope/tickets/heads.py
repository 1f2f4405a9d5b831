"""Attention heads within the parameters of a projection."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ticketscope.tickets.parameters import Module

Entry = TypeVar("Entry", bound=np.generic)

Heads = Mapping[str, int]
"""Attention heads of each layer, by side: encoder, decoder."""


def split_heads(
    module: Module, array: NDArray[Entry], heads: int
) -> list[tuple[int | None, NDArray[Entry]]]:
    """Views of a parameter's heads: q, k, v by rows, the output projection by columns.

    The output projection's bias belongs to all heads at once.

    Args:
        module: Whose parameter it is.
        array: Of the parameter's shape, (out, in), or (out,) of a bias.
        heads: Number of heads, which divides the rows or columns.

    Returns:
        A part for each head, numbered from 1; of what has no heads, the whole without a number.
    """
    if module.part in ("q", "k", "v"):
        return list(enumerate(np.split(array, heads, axis=0), start=1))
    if module.part == "o" and module.kind == "weight":
        return list(enumerate(np.split(array, heads, axis=1), start=1))
    return [(None, array)]
