"""Files: written so that a reader finds the whole file or none of it, and asked for by name."""

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ticketscope.errors import InputError


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn 'no space left', 'over quota' and 'no permission' while writing `path` into one line.

    fairseq and torch wrap the errno in errors of their own, so callers that write through them
    check the disk themselves.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InputError(
                f"disk full while writing {path}: free some space, run again"
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS):
            raise InputError(f"cannot write {path}: {error.strerror}") from error
        raise


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Yield a path to write to, and move it to `path` when the block ends well.

    The temporary file lies in `path`'s own folder, so the move is one rename; it is synced to disk
    before. If the block raises, the temporary file goes and an earlier `path` stays as it was.
    """
    path = Path(path)
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            # mkstemp makes files private; published files follow the user's umask.
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def refuse_braces(path: str | Path, key: str) -> None:
    """Refuse a path that Snakemake takes for a pattern.

    Raises:
        InputError: there is a brace in it.
    """
    if "{" in str(path):
        raise InputError(
            f"{key}: {path}: Snakemake takes a brace in a path for the beginning of a name: "
            "rename it"
        )


def require_file(path: str | Path, key: str) -> None:
    """Check that a plain file of that name is there, whatever is in it.

    Args:
        path: The file.
        key: What names it, such as a key of the config, for the error.

    Raises:
        InputError: there is none, and what there is instead; or as `refuse_braces`.
    """
    refuse_braces(path, key)
    # A line end in a name would make two lines of the error.
    shown = str(path) if str(path).isprintable() else repr(str(path))
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        raise InputError(f"{key}: {shown} does not exist") from None
    except OSError as error:
        raise InputError(f"{key}: cannot read {shown}: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        raise InputError(f"{key}: {shown} is a folder, not a file")
    if not stat.S_ISREG(mode):
        raise InputError(f"{key}: {shown} is no plain file")


def sha256(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
