"""The file of a statistic that a criterion needs: arrays by parameter, with their checksum."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write
from ticketscope.tickets.masks import FloatArray

# The key of the checksum in the file's metadata.
_RECORD = "sha256"


def save(arrays: Mapping[str, FloatArray], path: str | Path) -> None:
    """Write as safetensors, a tensor a parameter; the metadata holds the SHA-256 of all."""
    with atomic_write(path) as temporary:
        save_file(dict(arrays), temporary, metadata={_RECORD: _digest(arrays)})


def load(path: str | Path) -> dict[str, FloatArray]:
    """The arrays, verified against the checksum.

    Raises:
        InputError: the file is missing, damaged, changed, or of a version before 0.3, which wrote
            no checksum.
    """
    try:
        arrays: dict[str, FloatArray] = load_file(path)
        with safe_open(path, framework="numpy") as stream:
            recorded = (stream.metadata() or {}).get(_RECORD)
        if recorded != _digest(arrays):
            raise ValueError("its SHA-256 is not the recorded one")
    # numpy lacks types that safetensors has, and has fewer dimensions.
    except (SafetensorError, OSError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}: delete it and run again") from None
    return arrays


def _digest(arrays: Mapping[str, FloatArray]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
