"""Writing the common kinds of output files; each appears complete or not at all."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ticketscope.runtime.files import atomic_write

if TYPE_CHECKING:
    # Slow to import, and jobs that write a text need none.
    import pandas as pd


def write_lines(path: str | Path, lines: Iterable[str]) -> None:
    r"""Write a text as UTF-8; each line ends with \n."""
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def write_packed_lines(path: str | Path, lines: Iterable[str]) -> int:
    """Write a text as gzip, line by line, and return their number. Same lines, same bytes."""
    count = 0
    with (
        atomic_write(path) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
    ):
        for line in lines:
            packed.write(f"{line}\n".encode())
            count += 1
    return count


def write_text(path: str | Path, text: str) -> None:
    """Write a text as UTF-8, as it is."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, value: object) -> None:
    """Write a value as indented JSON."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_table(path: str | Path, table: "pd.DataFrame") -> None:
    r"""Write a table as CSV without its index; lines end with \n."""
    with atomic_write(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def write_arrays(path: str | Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name as a compressed .npz that needs no pickle."""
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
