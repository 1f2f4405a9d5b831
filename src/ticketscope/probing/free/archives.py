"""Members of zip and tar archives, read without unpacking the archive to disk.

Absolute names, names with `..`, links and devices are refused. The total size is limited, so that a
small archive cannot fill the memory.
"""

import hashlib
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ticketscope.errors import InputError
from ticketscope.probing.free.sources import FreeFile
from ticketscope.runtime.text import readable

_MAX_BYTES = 512 << 20  # read from one archive


def members(path: Path, file: FreeFile) -> dict[str, bytes]:
    """Contents of the members that match `file.pattern`, sorted by the name that it extracts.

    Raises:
        InputError: the archive is not readable or not safe, or its contents do not have the digest
            of the registry.
    """
    contents: dict[str, bytes] = {}
    size = 0
    for name, data in _walk(path, file):
        size += len(data)
        if size > _MAX_BYTES:
            raise InputError(f"{path}: more than {_MAX_BYTES >> 20} MiB in its members")
        if name in contents:
            raise InputError(f"{path}: member {name} is there twice")
        contents[name] = data
    if not contents:
        raise InputError(f"{path}: no member {file.pattern}")
    contents = dict(sorted(contents.items()))
    if file.contents is not None and digest(contents) != file.contents:
        raise InputError(
            f"checksum mismatch: contents of {path} have digest {digest(contents)}, expected "
            f"{file.contents}; delete it or replace it"
        )
    return contents


def member(path: Path, name: str) -> bytes:
    """Contents of one member of a zip archive."""
    safe_name(path, name)
    with readable(path, str(path)), zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            raise InputError(f"{path} has no member {name}")
        if archive.getinfo(name).file_size > _MAX_BYTES:
            raise InputError(f"{path}: member {name} is larger than {_MAX_BYTES >> 20} MiB")
        return archive.read(name)


def text(data: bytes, place: str) -> str:
    """A member's content as text; `place` names it in the error.

    Raises:
        InputError: it is not UTF-8; names the line.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{place}, line {line}: not UTF-8; download the archive again") from error


def digest(contents: dict[str, bytes]) -> str:
    """SHA-256 over the sorted lines `sha256 name`; it does not depend on the packing."""
    lines = [f"{hashlib.sha256(data).hexdigest()} {name}\n" for name, data in contents.items()]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def safe_name(path: Path, name: str) -> PurePosixPath:
    """The path of a member; InputError if unpacking would write outside of the target folder."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or "\0" in name:
        raise InputError(f"{path}: member {name!r} would lie outside of the archive")
    return parts


def _walk(path: Path, file: FreeFile) -> Iterator[tuple[str, bytes]]:
    with readable(path, str(path)), tarfile.open(path) as archive:
        for entry in archive:
            inner = _named(safe_name(path, entry.name), file)
            if inner is None or entry.isdir():
                continue
            if not entry.isreg():
                raise InputError(f"{path}: member {entry.name} is no plain file")
            if entry.size > _MAX_BYTES:
                raise InputError(f"{path}: member {entry.name} is too large")
            stream = archive.extractfile(entry)
            assert stream is not None  # a regular file
            yield inner, stream.read()


def _named(name: PurePosixPath, file: FreeFile) -> str | None:
    """The name that the pattern extracts; None if the member does not match."""
    match = re.search(file.pattern, name.as_posix())
    return match[1] if match else None
