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

    What was not recorded passes: versions before 0.3 recorded no table.

    Args:
        folder: The experiment's tables/.
        provenance: Its provenance.json; empty: it has none yet.
        names: Of the tables, below the folder; None: all that are recorded and there.

    Raises:
        InputError: a table was changed or damaged, or another version of ticketscope wrote it.
    """
    if "tables" not in provenance:
        return
    recorded = provenance["tables"]
    if recorded["format"] != FORMAT:
        raise InputError(
            f"{folder}: tables of format {recorded['format']}, this version of ticketscope has "
            f"{FORMAT}: run the experiment to its end with this one, or read it with its own"
        )
    for name in recorded["sha256"] if names is None else names:
        path, expected = folder / name, recorded["sha256"].get(name)
        if expected is not None and path.is_file() and sha256(path) != expected:
            raise InputError(
                f"{path}: changed or damaged since provenance.json recorded it: delete it and run "
                "the experiment to its end again"
            )
