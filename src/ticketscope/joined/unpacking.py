"""From an archive of results (`archive`) to a folder that can be joined."""

import lzma
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from ticketscope.errors import InputError
from ticketscope.runtime.files import disk_errors, sha256
from ticketscope.runtime.text import readable

UNPACKED = Path("resources/joined")
RECORD = "provenance.json"

_MAX_BYTES = 4 << 30  # of all members
_MAX_MEMBERS = 10_000  # an archive has two for each seed, and some forty


def unpacked(archive: Path, check: Callable[[Path], object]) -> Path:
    """The folder of an archive's contents, below resources/joined; unpacked there once.

    It is unpacked again if `check` refuses it or its provenance.json is not the archive's, since
    nothing else has the checksum of that file.

    Args:
        archive: Of results.
        check: Raises an InputError if a folder is not of results. Then nothing of it is left.

    Raises:
        InputError: the archive is damaged, or not one of results; names it.
    """
    with readable(archive, str(archive)):
        digest = sha256(archive)
    name = archive.name.removesuffix("".join(archive.suffixes))
    folder = UNPACKED / f"{archive.absolute().parent.name}-{name}-{digest[:16]}"
    if _is_whole(folder, archive, check):
        return folder
    with disk_errors(folder):
        UNPACKED.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".", dir=UNPACKED))
        try:
            _extract(archive, partial)
            try:
                check(partial)
            except InputError as error:
                reason = str(error).replace(f"{partial}/", "").replace(str(partial), "it")
                raise InputError(f"{archive}: {reason}") from None
            partial.chmod(0o755)
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.is_dir():  # another process may have been faster
                partial.replace(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder


def _is_whole(folder: Path, archive: Path, check: Callable[[Path], object]) -> bool:
    try:
        check(folder)
    except InputError:
        return False
    with _opened(archive) as (members, _):
        for member in members:  # it is the first
            if member.name == RECORD:
                packed = members.extractfile(member)
                return packed is not None and packed.read() == (folder / RECORD).read_bytes()
    return False


def _extract(archive: Path, folder: Path) -> None:
    with _opened(archive) as (members, stream):
        names: set[str] = set()
        size = 0
        for member in members:
            size += member.size
            _check(archive, member, names, size)
            names.add(member.name)
            members.extract(member, folder, filter="data")
        while stream.read(1 << 20):  # the end has the checksum of all
            pass


@contextmanager
def _opened(archive: Path) -> Iterator[tuple[tarfile.TarFile, IO[bytes]]]:
    with (
        readable(archive, str(archive)),
        lzma.open(archive) as stream,
        tarfile.open(fileobj=stream, mode="r:") as members,
    ):
        yield members, stream


def _check(archive: Path, member: tarfile.TarInfo, names: set[str], size: int) -> None:
    path = PurePosixPath(member.name)
    inside = path.parts[:1] == ("tables",) and ".." not in path.parts
    if not member.isreg() or member.name in names or not (inside or member.name == RECORD):
        raise InputError(
            f"{archive}: has a member {member.name!r}, which no archive of results has"
            f"{' twice' if member.name in names else ''}; make one with `make archive`"
        )
    if size > _MAX_BYTES:
        raise InputError(f"{archive}: has more than {_MAX_BYTES >> 30} GiB in its members")
    if len(names) == _MAX_MEMBERS:
        raise InputError(f"{archive}: has more than {_MAX_MEMBERS} members")
