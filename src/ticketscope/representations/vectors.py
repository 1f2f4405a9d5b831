"""Word vectors of a text: a .npy file (layers, words, dim) with its checksum behind the array.

Whoever reads the file with numpy alone does not see the checksum.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ticketscope.errors import InputError
from ticketscope.representations.store import Array
from ticketscope.runtime.checksums import crc32
from ticketscope.runtime.files import atomic_write

_DIGITS = 8


@contextmanager
def new_vectors(path: str | Path, shape: tuple[int, int, int], precision: str) -> Iterator[Array]:
    """Yield an array to fill, and publish it when the block ends without an error."""
    with atomic_write(path) as temporary:
        vectors = np.lib.format.open_memmap(temporary, mode="w+", dtype=precision, shape=shape)
        yield vectors
        vectors.flush()
        checksum = crc32(temporary)
        with temporary.open("ab") as stream:
            stream.write(checksum.encode())


def open_vectors(path: str | Path) -> Array:
    """The vectors (layers, words, dim), memory-mapped and read-only; all is read, to verify it.

    Raises:
        InputError: the file is missing, truncated, changed, or of a version before 0.3, which
            wrote no checksum.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            size = max(stream.seek(0, 2) - _DIGITS, 0)
            stream.seek(size)
            recorded = stream.read()
        if recorded != crc32(path, size).encode():
            raise ValueError("it does not end with its checksum")
        vectors: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(
            f"{path} is missing, damaged or of an earlier version ({error}): delete it and run "
            "again"
        ) from error
    return vectors
