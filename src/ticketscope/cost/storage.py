"""Bytes of a ticket's weights in formats that drop zeros, beside those of the dense model."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

VALUE = 4  # bytes of a float32, and of an int32 index
LEVEL = 6  # of zlib: the default of zip and gzip
_CHUNK = 1 << 20  # values


@dataclass(frozen=True)
class Storage:
    """Bytes of all parameters, tied ones once.

    Attributes:
        dense: Every weight as float32.
        bitmask: A bit for each entry of a prunable parameter, and the values that are kept.
        csr: Compressed sparse rows: an int32 column for each value kept, an int32 for each row and
            one more; a bias is one row.
        deflate: The dense bytes, zeros where pruned, compressed by zlib at level 6.
    """

    dense: int
    bitmask: int
    csr: int
    deflate: int

    def columns(self) -> dict[str, int]:
        """By name of the column."""
        return {f"bytes_{name}": value for name, value in asdict(self).items()}


def storage(
    weights: Mapping[str, NDArray[np.float32]], kept: Mapping[str, NDArray[np.bool_]]
) -> Storage:
    """Bytes of a ticket.

    Args:
        weights: All parameters by name, tied ones once.
        kept: The mask. Parameters that it does not name are stored densely in every format.
    """
    dense = bitmask = csr = 0
    for name, array in weights.items():
        dense += VALUE * array.size
        if name not in kept:
            bitmask += VALUE * array.size
            csr += VALUE * array.size
            continue
        values = int(np.count_nonzero(kept[name]))
        rows = len(array) if array.ndim > 1 else 1
        bitmask += VALUE * values + -(-array.size // 8)
        csr += 2 * VALUE * values + VALUE * (rows + 1)
    return Storage(dense, bitmask, csr, deflated(weights.values()))


def deflated(arrays: Iterable[NDArray[np.float32]]) -> int:
    """Bytes of arrays as one zlib stream, compressed piece by piece."""
    stream, size = zlib.compressobj(LEVEL), 0
    for array in arrays:
        flat = np.ascontiguousarray(array, "<f4").reshape(-1)
        for start in range(0, flat.size, _CHUNK):
            size += len(stream.compress(flat[start : start + _CHUNK].data))
    return size + len(stream.flush())
