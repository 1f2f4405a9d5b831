"""Damage to a file that leaves its name, its place and its attributes."""

import os
import tempfile
from pathlib import Path

import pytest


def flip(path: Path) -> None:
    """Change the last byte but one."""
    with path.open("r+b") as stream:
        stream.seek(-2, os.SEEK_END)
        byte = stream.read(1)[0]
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte ^ 1]))


def _keeps_attributes() -> bool:
    with tempfile.NamedTemporaryFile() as file:
        try:
            os.setxattr(file.name, "user.ticketscope.test", b"1")
        except OSError:
            return False
    return True


needs_attributes = pytest.mark.skipif(
    not _keeps_attributes(), reason="the temporary folder's file system keeps no attributes"
)
