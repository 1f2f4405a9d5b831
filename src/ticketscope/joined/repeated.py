"""Whether an experiment that was run again has the tables that were published of it.

    python -m ticketscope.joined.repeated results/toy-seed11 study/default/seed11.tar.xz

On a processor of the same kind the bytes are the same; elsewhere the line of each table says how
far its numbers are apart. Measured times are never the same and are left out.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.joined.parts import Part, find_part
from ticketscope.joined.tables import read_arrays
from ticketscope.runtime import recorded

# Seconds, which depend on what else the machine did.
TIMES = "speed.csv"

Columns = Mapping[str, NDArray[Any]]


def differences(again: Part, published: Part) -> Iterator[str]:
    """A line for each table that differs; none if the experiment was repeated exactly.

    Args:
        again: What was run.
        published: What it is compared with, of the same seeds.

    Raises:
        InputError: they have other tables, or one was changed since.
    """
    if again.tables != published.tables:
        raise InputError(f"{again.folder} and {published.folder} have other seeds or tables")
    for part in (again, published):
        recorded.verify(part.folder / "tables", part.record, part.tables)
    for name in again.tables:
        if name == TIMES:
            continue
        here, there = (_read(part.folder / "tables" / name) for part in (again, published))
        if difference := _difference(here, there):
            yield f"{name}: {difference}"


def _read(path: Path) -> Columns:
    if path.suffix == ".npz":
        return read_arrays(path)
    table = pd.read_csv(path)
    return {str(name): column.to_numpy() for name, column in table.items()}


def _difference(here: Columns, there: Columns) -> str:
    """What differs between two tables, in words; empty if nothing does."""
    sizes = [{name: values.shape for name, values in columns.items()} for columns in (here, there)]
    if sizes[0] != sizes[1]:
        return "has other rows or columns"
    cells, differing, largest, other = 0, 0, 0.0, False
    for name, values in here.items():
        others = there[name]
        cells += values.size
        unequal = ~_equal(values, others)
        differing += int(unequal.sum())
        if values.dtype.kind in "fiub" and others.dtype.kind in "fiub":
            gaps = np.abs(values[unequal].astype(float) - others[unequal].astype(float))
            largest = max(largest, float(np.nanmax(gaps, initial=0)))
            other = other or bool(np.isnan(gaps).any())  # one of the two is empty
        elif unequal.any():
            other = True
    if not differing:
        return ""
    by = "in text, labels or empty cells too" if other else f"by at most {largest:.3g}"
    return f"{differing:,} of {cells:,} values differ, {by}"


def _equal(values: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    empty: NDArray[np.bool_] = np.asarray(pd.isna(values) & pd.isna(others))
    return np.asarray(values == others) | empty


def main(again: Path, published: Path) -> int:
    """Print what differs; how many tables do."""
    parts = find_part(again), find_part(published)
    lines = list(differences(*parts))
    for line in lines:
        print(line)
    compared = len(parts[0].tables) - (TIMES in parts[0].tables)
    print(f"{compared - len(lines)} of {compared} tables are the same in {again} and {published}")
    return len(lines)


if __name__ == "__main__":
    if len(sys.argv) != 3 or not all(sys.argv[1:]):
        sys.exit("error: give results/<experiment> and what was published of it, *.tar.xz")
    try:
        sys.exit(bool(main(*map(Path, sys.argv[1:]))))
    except InputError as error:
        sys.exit(f"error: {error}")
