"""The tables that an experiment has written, as data frames: what claims and figures read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ticketscope.plan.names import TicketName


def read_tables(paths: Mapping[str, str | Iterable[str]]) -> dict[str, pd.DataFrame]:
    """Tables by name; files that are missing or have no columns are left out.

    Args:
        paths: By name: a CSV file or several with the same columns, or arrays (npz).
    """
    arrays = {"neuron_maxima": _maxima, "contrast_margins": _margins}
    tables = {}
    for name, files in paths.items():
        parts = []
        for path in [files] if isinstance(files, str) else files:
            try:
                parts.append(arrays.get(name, pd.read_csv)(Path(path)))
            except (FileNotFoundError, pd.errors.EmptyDataError):
                continue
        if parts:
            tables[name] = pd.concat(parts, ignore_index=True)
    return tables


def _maxima(path: Path) -> pd.DataFrame:
    """tables/neuron_maxima.npz (`seed1/magnitude/LTH3/encoder/6` -> (dim,)), a row a neuron."""
    return _array_rows(path, ("module", "layer"), "neuron", "value").astype({"layer": int})


def _margins(path: Path) -> pd.DataFrame:
    """tables/contrast_margins.npz (`seed1/magnitude/LTH3/toy` -> (items,)), a row an item."""
    return _array_rows(path, ("set",), "item", "margin")


def _array_rows(path: Path, names: Sequence[str], place: str, value: str) -> pd.DataFrame:
    """Arrays by seed, series, ticket and `names`, a row a number."""
    parts = []
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            ticket, rest = TicketName.parse(key)
            values = arrays[key]
            columns = {
                "seed": ticket.seed,
                "series": ticket.series,
                "k": ticket.k,
                **dict(zip(names, rest, strict=True)),
                place: np.arange(len(values)),
                value: values,
            }
            parts.append(pd.DataFrame(columns))
    return (
        pd.concat(parts)
        if parts
        else pd.DataFrame(columns=["seed", "series", "k", *names, place, value])
    )
