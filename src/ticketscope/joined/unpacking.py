"""From an archive of results (`archive`) to a folder that can be joined."""

import lzma
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from ticketscope.errors import InputError
from ticketscope.runtime.files import disk_errors, sha256
from ticketscope.runtime.text import readable

UNPACKED = Path("resources/joined")

_MAX_BYTES = 4 << 30  # of all members


def unpacked(archive: Path) -> Path:
    """The folder of an archive's contents, below resources/joined; unpacked there once.

    Raises:
        InputError: the archive is damaged, or not one of results.
    """
    with readable(archive, str(archive)):
        digest = sha256(archive)
    name = archive.name.removesuffix("".join(archive.suffixes))
    folder = UNPACKED / f"{archive.absolute().parent.name}-{name}-{digest[:8]}"
    if folder.is_dir():
        return folder
    with disk_errors(folder):
        UNPACKED.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".", dir=UNPACKED))
        try:
            with (
                readable(archive, str(archive)),
                lzma.open(archive) as stream,
                tarfile.open(fileobj=stream, mode="r:") as members,
            ):
                size = 0
                for member in members:
                    size += member.size
                    _check(archive, member, size)
                    members.extract(member, partial, filter="data")
                while stream.read(1 << 20):  # the end has the checksum of all
                    pass
            partial.chmod(0o755)
            if not folder.is_dir():
                partial.replace(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder


def _check(archive: Path, member: tarfile.TarInfo, size: int) -> None:
    path = PurePosixPath(member.name)
    inside = path.parts[:1] == ("tables",) and ".." not in path.parts
    if not member.isreg() or not (inside or member.name == "provenance.json"):
        raise InputError(
            f"{archive}: has a member {member.name!r}, which no archive of results has; make one "
            "with `make archive`"
        )
    if size > _MAX_BYTES:
        raise InputError(f"{archive}: has more than {_MAX_BYTES >> 30} GiB in its members")
