"""The attention heads of a projection."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ticketscope.tickets.parameters import Module

Entry = TypeVar("Entry", bound=np.generic)


def split_heads(
    module: Module, array: NDArray[Entry], heads: int
) -> list[tuple[int | None, NDArray[Entry]]]:
    """Views of a parameter's heads, from 1: q, k, v by rows, the output projection by columns.

    The output projection's bias belongs to all heads at once, and other modules have none: these
    are whole, their head None.
    """
    if module.part in ("q", "k", "v"):
        return list(enumerate(np.split(array, heads, axis=0), start=1))
    if module.part == "o" and module.kind == "weight":
        return list(enumerate(np.split(array, heads, axis=1), start=1))
    return [(None, array)]
