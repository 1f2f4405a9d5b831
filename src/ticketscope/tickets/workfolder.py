"""The folder in which fairseq trains: locked, resumable, bound to one recipe.

Snakemake deletes declared outputs before a job starts, so a long training works in a folder that
is not declared, and publishes at the end.
"""

import errno
import fcntl
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ticketscope.runtime.checksums import archive_damage
from ticketscope.runtime.files import atomic_write, disk_errors
from ticketscope.tickets import attempts
from ticketscope.tickets.command import READ

LAST = "checkpoint_last.pt"

# The log's rows, while the training runs.
ROWS = "rows.jsonl"

# Of the published log.
COLUMNS = ["update", "epoch", "lr", "loss", "nll_loss", "tokens_per_second"]

# What flock answers on NFS without a lock server, and on Lustre mounted without `flock`.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


@contextmanager
def open_work_folder(
    folder: Path, recipe: Mapping[str, Any], progress: Callable[[str], None]
) -> Iterator[Path]:
    """Hold a work folder exclusively; what another recipe left in it is removed.

    A process that outlived its snakemake may still train here. It is waited for, so that two
    never write together. Where the file system has no locks, a line says so. The lock's file holds
    what attempts at this training took (`ticketscope.tickets.attempts`).

    Args:
        folder: The work folder; made if absent.
        recipe: Everything that decides the result (settings, hashes of inputs), as JSON values.
        progress: Gets a line if the folder is in use or is resumed.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    # The lock lies beside the folder, so that removing the folder never removes a lock in use.
    lock_path = folder.with_name(f".{folder.name}.lock")
    lock_path.touch()
    with lock_path.open("r+", encoding="utf-8") as lock:
        _hold(lock, folder, progress)
        folder.mkdir(parents=True, exist_ok=True)
        note = folder / "recipe.json"
        if not same_training(note, recipe):
            shutil.rmtree(folder)
            folder.mkdir(parents=True)
            with atomic_write(note) as temporary:
                temporary.write_text(json.dumps(recipe, indent=1, sort_keys=True))
        with attempts.noted(lock, recipe):
            yield folder


def same_training(note: Path, recipe: Mapping[str, Any]) -> bool:
    """Whether a file records this recipe, alone or under `recipe`.

    Args:
        note: JSON; it may be missing or damaged.
        recipe: Everything that decides a training, as JSON values.
    """
    try:
        noted = json.loads(note.read_bytes())
        recorded = dict(noted.get("recipe", noted))
        if "data" in recorded:
            # Version 0.2 recorded all files of the folder, though no training reads the others.
            data = recorded["data"].items()
            recorded["data"] = {name: digest for name, digest in data if name.startswith(READ)}
    except (OSError, ValueError, AttributeError, TypeError):
        return False
    return recorded == recipe


def _hold(lock: IO[str], folder: Path, progress: Callable[[str], None]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        progress(f"another process still works in {folder}: waiting for it to end")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        progress(
            f"{folder}: its file system has no locks ({error.strerror}), so nothing would notice a "
            "second process here (docs/run/storage.md)"
        )


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The log's rows as far as they are whole; none without the file.

    A row has a number for each of `COLUMNS`, and for `time`, in seconds since 1970. A kill or a
    full disk may cut a row off. What a resumed training appends stands in its line.
    """
    rows = []
    with suppress(FileNotFoundError):
        for line in path.read_bytes().splitlines():
            with suppress(ValueError, LookupError, TypeError, RecursionError):
                row = json.loads(line[line.rfind(b"{") :])
                if all(isinstance(row[name], int | float) for name in (*COLUMNS, "time")):
                    rows.append(row)
    return rows


def recover_last(folder: Path) -> bool:
    """Make sure that fairseq's last checkpoint is whole; whether there is one to resume from.

    fairseq saves one file safely and then copies it onto checkpoint_last.pt. A kill while it
    copies leaves a truncated file; the newest whole checkpoint takes its place.
    """
    last = folder / LAST
    if last.exists() and archive_damage(last) is None:
        return True
    last.unlink(missing_ok=True)
    others = sorted(folder.glob("checkpoint*.pt"), key=lambda path: path.stat().st_mtime_ns)
    for candidate in reversed(others):
        if archive_damage(candidate) is None:
            shutil.copyfile(candidate, folder / "recovered.pt")
            (folder / "recovered.pt").replace(last)
            return True
        candidate.unlink()
    return False
