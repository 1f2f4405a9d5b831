"""A finished experiment as it lies on disk: its tables, and what it says of how it was made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.errors import InputError


@dataclass(frozen=True)
class Results:
    """An experiment's folder.

    Attributes:
        folder: results/<experiment>.
        tables: tables/<name>.csv by name; those that are missing or empty are left out.
        provenance: provenance.json: `config`, `versions`, `code`; None: there is none.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    provenance: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """The experiment's."""
        return self.folder.resolve().name


def open_results(folder: str | Path) -> Results:
    """Read an experiment.

    Raises:
        InputError: it is no folder, has no tables, or one of its files cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give results/<experiment> of a finished one")
    tables = {}
    for path in sorted((folder / "tables").glob("*.csv")):
        try:
            tables[path.stem] = pd.read_csv(path)
        except pd.errors.EmptyDataError:
            continue
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: no table that can be read ({error})") from error
    if not tables:
        raise InputError(f"{folder}: has no tables/*.csv; run the experiment to its end first")
    return Results(folder, tables, _provenance(folder / "provenance.json"))


def _provenance(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: no JSON ({error})") from error
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected an object with config, versions and code")
    return found
