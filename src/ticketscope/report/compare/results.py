"""A finished experiment as it lies on disk: its tables, and what it says of how it was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.errors import InputError
from ticketscope.runtime import recorded
from ticketscope.runtime.json_text import read_json


@dataclass(frozen=True)
class Results:
    """An experiment's folder.

    Attributes:
        folder: results/<experiment>.
        tables: tables/<name>.csv by name, and those of tables/bleu/seed*.resamples.csv joined as
            `bleu_resamples`; those that are missing or empty are left out.
        provenance: provenance.json: `config`, `versions`, `code`; None: there is none.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    provenance: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """The experiment's."""
        return self.folder.resolve().name

    def check(self, name: str, columns: Sequence[str]) -> pd.DataFrame:
        """A table that has these columns.

        Raises:
            InputError: it lacks one.
        """
        table = self.tables[name]
        missing = [column for column in columns if column not in table]
        if missing:
            raise InputError(
                f"{self.folder}/tables/{name}.csv: has no column {', '.join(missing)}; another "
                "version wrote it: make it again"
            )
        return table


def open_results(folder: str | Path) -> Results:
    """Read an experiment.

    Raises:
        InputError: it is no folder, has no tables, or one of its files cannot be read or is not as
            it was recorded.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give results/<experiment> of a finished one")
    provenance = _provenance(folder / "provenance.json")
    recorded.verify(folder / "tables", provenance or {})
    paths = sorted((folder / "tables").glob("*.csv"))
    tables = {path.stem: table for path in paths if (table := _table(path)) is not None}
    if not tables:
        raise InputError(f"{folder}: has no tables/*.csv; run the experiment to its end first")
    resamples = map(_table, sorted((folder / "tables/bleu").glob("seed*.resamples.csv")))
    if parts := [table for table in resamples if table is not None]:
        tables["bleu_resamples"] = pd.concat(parts, ignore_index=True)
    return Results(folder, tables, provenance)


def _table(path: Path) -> pd.DataFrame | None:
    """None: it is empty."""
    try:
        return pd.read_csv(path)
    except pd.errors.EmptyDataError:
        return None
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no table that can be read ({error})") from error


def _provenance(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    provenance = read_json(path)
    if not isinstance(provenance, dict):
        raise InputError(f"{path}: expected an object with config, versions and code")
    return provenance
