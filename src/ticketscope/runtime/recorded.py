"""Tables of a finished experiment against what its provenance.json records of them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ticketscope.errors import InputError
from ticketscope.runtime.files import sha256

# Raised when a table's columns get another meaning, so that no version misreads another's.
FORMAT = 1


def record(tables: Mapping[str, Path]) -> dict[str, Any]:
    """What to record of tables, by their names below tables/."""
    return {"format": FORMAT, "sha256": {name: sha256(path) for name, path in tables.items()}}


def verify(folder: Path, provenance: Mapping[str, Any], names: Iterable[str] | None = None) -> None:
    """Refuse tables that are not as they were when the experiment was finished.

    Args:
        folder: The experiment's tables/.
        provenance: Its provenance.json; empty: it has none yet, and all tables pass.
        names: Of the tables, below the folder; None: all that are recorded and there.

    Raises:
        InputError: a table was changed or damaged, the record lacks it, another version of
            ticketscope wrote it (those before 0.3 recorded none), or the record itself is damaged.
    """
    if not provenance:
        return
    if "tables" not in provenance:
        raise InputError(
            f"{folder}: of an earlier version of ticketscope, which recorded no tables: run the "
            "experiment to its end with this one, or read them with its own"
        )
    recorded = provenance["tables"]
    recorded = recorded if isinstance(recorded, Mapping) else {}
    format, digests = recorded.get("format"), recorded.get("sha256")
    if isinstance(format, int) and format != FORMAT:
        raise InputError(
            f"{folder}: tables of format {format}, this version of ticketscope has "
            f"{FORMAT}: run the experiment to its end with this one, or read it with its own"
        )
    if format != FORMAT or not isinstance(digests, Mapping):
        raise InputError(f"{folder}: the record of its tables in provenance.json is damaged")
    for name in digests if names is None else names:
        path = folder / name
        if not path.is_file():
            continue
        if name not in digests:
            raise InputError(
                f"{path}: provenance.json has no record of it: an earlier config made it, or the "
                "experiment is not finished: run it to its end again"
            )
        if sha256(path) != digests[name]:
            raise InputError(
                f"{path}: changed or damaged since provenance.json recorded it: delete it and run "
                "the experiment to its end again"
            )
