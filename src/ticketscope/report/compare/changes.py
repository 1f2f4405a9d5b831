"""What differs in how two experiments were made."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ticketscope.report.compare.results import Results

COLUMNS = ["what", "a", "b"]
# Parts of provenance.json.
PARTS = ("config", "code", "versions")
# Not a setting: the folder of the results.
NAME = "config.experiment"


def changes(a: Results, b: Results) -> pd.DataFrame:
    """changes.csv: a row a setting, version or code fingerprint that differs.

    One that only one experiment has is `not given` in the other. Empty as well where one has no
    provenance.json: `unknown` names it.
    """
    if a.provenance is None or b.provenance is None:
        return pd.DataFrame(columns=COLUMNS)
    flat_a, flat_b = _flat(a.provenance), _flat(b.provenance)
    rows = [
        (key, flat_a.get(key, "not given"), flat_b.get(key, "not given"))
        for key in {**flat_a, **flat_b}
        if flat_a.get(key) != flat_b.get(key) and key != NAME
    ]
    return pd.DataFrame(
        sorted(rows, key=lambda row: PARTS.index(row[0].split(".", 1)[0])), columns=COLUMNS
    )


def unknown(a: Results, b: Results) -> list[str]:
    """The experiments whose provenance.json is missing."""
    sides = (("A", a), ("B", b))
    return [f"{side} ({results.folder})" for side, results in sides if results.provenance is None]


def _flat(provenance: Mapping[str, Any]) -> dict[str, str]:
    return dict(pair for part in PARTS for pair in _leaves(part, provenance.get(part)))


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Dotted keys with their values as JSON; text as it is."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(f"{key}.{name}", inner)
    elif value is not None or key not in PARTS:
        yield key, value if isinstance(value, str) else json.dumps(value, sort_keys=True)
