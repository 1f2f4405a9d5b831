"""Reading members of zip and tar archives without ever unpacking the archive onto the disk.

Names that are absolute or lead upwards, links and devices are refused; the sum of what is read is
bounded, so that a small archive cannot fill the memory.
"""

import hashlib
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ticketscope.errors import InputError
from ticketscope.probing.free.sources import FreeFile

_MOST = 512 << 20  # bytes read from one archive


def members(path: Path, file: FreeFile) -> dict[str, bytes]:
    """Contents of the files that `file.pattern` picks out, by the name it gives them, sorted.

    If the registry knows the digest of the contents, it must fit.
    """
    found: dict[str, bytes] = {}
    size = 0
    for name, data in _walk(path, file):
        size += len(data)
        if size > _MOST:
            raise InputError(f"{path}: more than {_MOST >> 20} MiB in its members")
        if name in found:
            raise InputError(f"{path}: member {name} is there twice")
        found[name] = data
    if not found:
        raise InputError(f"{path}: no member {file.pattern}")
    found = dict(sorted(found.items()))
    if file.contents is not None and digest(found) != file.contents:
        raise InputError(
            f"checksum mismatch: contents of {path} have digest {digest(found)}, expected "
            f"{file.contents}; delete it or replace it"
        )
    return found


def member(path: Path, name: str) -> bytes:
    """Contents of one member of a zip archive."""
    safe_name(path, name)
    with _readable(path, "zip"), zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            raise InputError(f"{path} has no member {name}")
        if archive.getinfo(name).file_size > _MOST:
            raise InputError(f"{path}: member {name} is larger than {_MOST >> 20} MiB")
        return archive.read(name)


@contextmanager
def _readable(path: Path, kind: str) -> Iterator[None]:
    """One clear line where an archive is missing, damaged or not to be read."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise InputError(f"{path}: damaged {kind} archive ({error})") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}") from error


def digest(found: dict[str, bytes]) -> str:
    """SHA-256 over the sorted lines `sha256 name`; it does not depend on how they were packed."""
    lines = [f"{hashlib.sha256(data).hexdigest()} {name}\n" for name, data in found.items()]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def safe_name(path: Path, name: str) -> PurePosixPath:
    """A member's name, if it stays inside the folder that it would be unpacked into."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or "\0" in name:
        raise InputError(f"{path}: member {name!r} would lie outside of the archive")
    return parts


def _walk(path: Path, file: FreeFile) -> Iterator[tuple[str, bytes]]:
    with _readable(path, "tar"), tarfile.open(path) as archive:
        for entry in archive:
            inner = _named(safe_name(path, entry.name), file)
            if inner is None or entry.isdir():
                continue
            if not entry.isreg():
                raise InputError(f"{path}: member {entry.name} is no plain file")
            if entry.size > _MOST:
                raise InputError(f"{path}: member {entry.name} is too large")
            stream = archive.extractfile(entry)
            assert stream is not None  # a regular file
            yield inner, stream.read()


def _named(name: PurePosixPath, file: FreeFile) -> str | None:
    """The member's name for us; None if it is not one of those wanted."""
    match = re.search(file.pattern, name.as_posix())
    return match[1] if match else None
