"""What the last job of an experiment records of its tables, for experiments that are made up."""

import json
from pathlib import Path

from ticketscope.runtime.recorded import record


def record_tables(results: Path) -> None:
    """Record all tables of an experiment in its provenance.json."""
    folder, path = results / "tables", results / "provenance.json"
    files = {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}
    provenance = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(provenance | {"tables": record(files)}))
