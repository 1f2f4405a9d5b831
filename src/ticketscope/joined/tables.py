"""The tables of several experiments as one, seed by seed."""

import shutil
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.probing.chosen import TEST
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.outputs import write_arrays, write_table
from ticketscope.runtime.text import readable

# Tables about texts, which are the same for all seeds.
SHARED = ("corpus.csv", "contrast_items.csv", "answer_units.csv")

_MAX_BYTES = 1 << 30  # of the arrays of a table; a study's largest has some 10 MB a seed

# Tables in which a seed may have no row: they compare tickets with those of earlier seeds, or with
# LTH0, which may be alone.
PARTIAL = (
    "mask_overlap.csv", "segments.csv", "barriers.csv", "categories.csv", "probabilities.csv",
    "flips.csv", "flip_resamples.csv",
)  # fmt: skip


def join(paths: Mapping[Path, Sequence[int]], output: Path) -> None:
    """Join one table of several experiments, in the order of their seeds.

    Rows keep every digit. A table without seeds must be the same in all experiments, and the first
    is copied.

    Args:
        paths: The table in each experiment, and the experiment's seeds.
        output: To write.

    Raises:
        InputError: a table has other columns than the first, or seeds that its experiment does not
            have, or lacks them; it cannot be read; or texts or the probes' test instances differ.
    """
    first = next(iter(paths))
    if output.suffix == ".npz":
        write_arrays(output, _join_arrays(paths))
        return
    # As text: numbers would be rounded on the way.
    tables = {path: _read(path) for path in paths}
    for path, table in tables.items():
        if list(table.columns) != list(tables[first].columns):
            raise InputError(f"{path}: its columns are not those of {first}")
    if output.name in SHARED:
        _copy_shared(tables, output)
        return
    for path, table in tables.items():
        if "seed" not in table:
            raise InputError(f"{path}: has no column seed: copy it from its experiment again")
        with readable(path, str(path)):
            seeds = set(table["seed"].astype(int))
        partial = path.name in PARTIAL and seeds <= set(paths[path])
        _check_seeds(path, paths[path] if partial else seeds, paths[path])
    joined = pd.concat(tables.values(), ignore_index=True)
    order = joined["seed"].astype(int).sort_values(kind="stable").index
    write_table(output, joined.loc[order])


def _read(path: Path) -> pd.DataFrame:
    with readable(path, str(path)):
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def _copy_shared(tables: Mapping[Path, pd.DataFrame], output: Path) -> None:
    first, *others = tables
    for path in others:
        if not tables[path].equals(tables[first]):
            raise InputError(f"{path}: its rows differ from those of {first}: the texts differ")
    with atomic_write(output) as temporary:
        shutil.copyfile(first, temporary)


def _join_arrays(paths: Mapping[Path, Sequence[int]]) -> dict[str, NDArray[Any]]:
    """Arrays whose names begin with seed<number>/."""
    arrays: dict[str, NDArray[Any]] = {}
    tested: dict[str, tuple[Path, bytes]] = {}
    for path, seeds in paths.items():
        saved = read_arrays(path)
        with readable(path, str(path)):
            _check_seeds(path, {_seed(name) for name in saved}, seeds)
        arrays |= saved
        for name in saved:
            if name.endswith(f"/{TEST}"):
                task, digest = name.split("/")[1], arrays[name].tobytes()
                other, expected = tested.setdefault(name.split("/", 1)[1], (path, digest))
                if digest != expected:
                    raise InputError(
                        f"{path}: probes of {task} were tested on other instances than in {other}"
                    )
    return {name: arrays[name] for name in sorted(arrays, key=_seed)}


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Arrays of a table *.npz, by their names.

    Raises:
        InputError: it cannot be read, or is larger than any table.
    """
    with readable(path, str(path)):
        with zipfile.ZipFile(path) as members:
            size = sum(member.file_size for member in members.infolist())
        if size > _MAX_BYTES:
            raise InputError(f"{path}: has more than {_MAX_BYTES >> 30} GiB of arrays")
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except MemoryError as error:  # a header may promise any number of entries
            raise InputError(f"{path}: its arrays do not fit into memory ({error})") from error


def _check_seeds(path: Path, seeds: Collection[int], expected: Sequence[int]) -> None:
    if set(seeds) != set(expected):
        raise InputError(
            f"{path} has the seeds {sorted(seeds)}, its provenance.json {sorted(expected)}: copy "
            "both from one experiment"
        )


def _seed(name: str) -> int:
    return int(name.split("/")[0].removeprefix("seed"))
