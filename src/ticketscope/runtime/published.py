"""Files as they were when a job wrote them: a checksum beside the bytes, verified by every reader.

It is an extended attribute of the file, so that it changes no byte and moves along. A file that
another program put there has none and is taken as it is; so is every file where the file system
keeps no attributes.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.checksums import crc32

ATTRIBUTE = "user.ticketscope.crc32"

# Checkpoints, masks and stores are large, and carry checksums that their readers verify.
_VERIFIED_BY_READERS = {".pt", ".safetensors", ".npy"}


def record(paths: Iterable[str | Path]) -> None:
    """Keep the checksum of each file, and of those in each folder, where that is possible."""
    for path in _files(paths):
        with suppress(OSError):
            os.setxattr(path, ATTRIBUTE, crc32(path).encode())


def verify(paths: Iterable[str | Path]) -> None:
    """Compare each file, and those in each folder, with what was recorded of it, if anything was.

    Raises:
        InputError: a file has another checksum.
    """
    for path in _files(paths):
        try:
            recorded = os.getxattr(path, ATTRIBUTE)
        except OSError:
            continue
        if recorded != crc32(path).encode():
            raise InputError(
                f"{path} was changed or damaged after it was written: delete it and run again"
            )


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file() and file.suffix not in _VERIFIED_BY_READERS:
                yield file
