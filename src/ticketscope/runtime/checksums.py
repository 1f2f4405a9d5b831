"""Checksums that tell whether a file is as it was published.

They lie apart from `files`, which decides nothing about damage and is part of every corpus.
"""

import zipfile
import zlib
from pathlib import Path


def archive_damage(path: str | Path) -> str | None:
    """What is wrong with a zip archive by the checksums of its members; None: nothing.

    torch checks none of them when it reads a checkpoint. It takes a second for 1.5 GB.

    Raises:
        OSError: the file is missing or cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    # RuntimeError, NotImplementedError: a damaged member seems to be compressed or encrypted.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return None if damaged is None else f"{damaged} differs from its checksum"


def crc32(path: str | Path, size: int | None = None) -> str:
    """CRC-32 of a file's bytes, as eight hexadecimal digits: for damage, a second for 2 GB.

    Args:
        path: The file.
        size: Number of bytes from its beginning; None: all.
    """
    checksum = 0
    left = Path(path).stat().st_size if size is None else size
    with Path(path).open("rb") as stream:
        while block := stream.read(min(left, 1 << 20)):
            checksum = zlib.crc32(block, checksum)
            left -= len(block)
    return f"{checksum:08x}"
