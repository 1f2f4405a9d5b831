"""Writing a store, which appears complete or not at all."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.representations.layout import Integers, starts
from ticketscope.representations.store import Description
from ticketscope.runtime.checksums import crc32
from ticketscope.runtime.files import disk_errors


@dataclass(frozen=True)
class _File:
    """An open .npy file of three dimensions: sizes of header, layer and row in bytes."""

    descriptor: int
    header: int
    layer: int
    row: int


class Writer:
    """Writes the arrays of a store.

    It uses system calls: a memory map would fault in every page, which costs several times as
    much, and a full disk would kill the process.
    """

    def __init__(self, files: Mapping[str, _File], precision: str) -> None:
        self._files = files
        self._type = getattr(torch, precision)
        self._limit = torch.finfo(self._type).max

    def put(
        self, name: str, layer: int, values: torch.Tensor, places: Integers, lengths: Integers
    ) -> None:
        """Write one layer of some sentences.

        Args:
            name: Name of the array.
            layer: First index into it.
            values: Float32, sentence after sentence (sum of lengths, columns).
            places: Where each sentence begins in the array (sentences,).
            lengths: Rows of each sentence (sentences,).

        Raises:
            InputError: a value is not finite, or exceeds the precision's range.
        """
        low, high = torch.aminmax(values)
        # Comparisons with NaN are false, so this condition catches it too.
        if not (float(low) >= -self._limit and float(high) <= self._limit):
            self._refuse(name, layer, float(low), float(high))
        # Contiguous on the way: `to` alone keeps a transposed order, or does nothing.
        rows = values.to(self._type, memory_format=torch.contiguous_format).contiguous()
        data = rows.cpu().numpy().data.cast("B")
        file = self._files[name]
        ends = starts(lengths) * file.row
        begin = file.header + layer * file.layer
        for place, first, last in zip(
            (begin + places * file.row).tolist(), ends[:-1].tolist(), ends[1:].tolist(), strict=True
        ):
            written = first
            while written < last:  # the kernel may write less than it is given
                position = place + written - first
                written += os.pwrite(file.descriptor, data[written:last], position)

    def _refuse(self, name: str, layer: int, low: float, high: float) -> None:
        if not (np.isfinite(low) and np.isfinite(high)):
            raise InputError(
                f"{name} layer {layer} holds NaN or infinite values: the checkpoint is broken or "
                "its training diverged"
            )
        raise InputError(
            f"{name} layer {layer} holds {max(high, -low):.4g}, more than float16's 65504: set "
            "representations.precision: float32"
        )


@contextmanager
def new_store(
    path: Path, description: Description, index: Mapping[str, NDArray[Any]]
) -> Iterator[Writer]:
    """Yield a writer, and publish the store when the block ends without an error.

    Everything is written to a hidden folder beside `path` and synced; one rename publishes it. If
    the block raises, the hidden folder is deleted; after a killed process, the next run does so.

    Args:
        path: Folder to make; an earlier store there is replaced.
        description: Description of the store.
        index: Arrays of index.npz.

    Raises:
        InputError: the disk is full or not writable.
    """
    partial = path.parent / f".{path.name}.partial"
    with disk_errors(path):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            with ExitStack() as stack:
                files = {
                    name: stack.enter_context(
                        _allocated(partial / f"{name}.npy", shape, description.precision)
                    )
                    for name, shape in description.shapes.items()
                }
                yield Writer(files, description.precision)
            np.savez_compressed(partial / "index.npz", allow_pickle=False, **index)
            checksums = {file.name: crc32(file) for file in sorted(partial.iterdir())}
            checksums["store.json"] = description.checksum
            described = description.model_copy(update={"checksums": checksums})
            (partial / "store.json").write_text(
                described.model_dump_json(indent=1) + "\n", encoding="utf-8"
            )
            for file in (*sorted(partial.iterdir()), partial):
                _sync(file)
            if path.exists():
                shutil.rmtree(path)
            partial.rename(path)
            _sync(path.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _allocated(path: Path, shape: list[int], precision: str) -> Iterator[_File]:
    """An array's file with its header; its full size is allocated on the disk at once."""
    array = open_memmap(path, mode="w+", dtype=np.dtype(precision), shape=tuple(shape))
    layer, row, _ = array.strides
    header = array.offset
    del array
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.posix_fallocate(descriptor, 0, path.stat().st_size)
        yield _File(descriptor, header, layer, row)
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
