"""What differs in how two experiments were made."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ticketscope.report.compare.results import Results

COLUMNS = ["what", "a", "b"]
# Parts of provenance.json.
PARTS = ("config", "code", "versions")
# Table and column that show it.
OUTLINE = {
    "seeds": ("sparsity", "seed"),
    "series": ("sparsity", "series"),
    "tickets": ("sparsity", "ticket"),
    "parameters": ("sparsity", "parameters"),
    "epochs seen, by ticket": ("table_a1", "epochs_seen"),
    "scores": ("table_a1", "signature"),
    "probing suite": ("probes", "suite"),
    "probing tasks": ("probes", "task"),
}
CORPUS = ["split", "language", "sentences", "words"]
# Not a setting: the folder of the results.
NAME = "config.experiment"


def changes(a: Results, b: Results) -> pd.DataFrame:
    """changes.csv: a row a setting, version or code fingerprint that differs.

    One that only one experiment has is `not given` in the other. Empty as well where one has no
    provenance.json: `unknown` names it.
    """
    if a.provenance is None or b.provenance is None:
        return pd.DataFrame(columns=COLUMNS)
    rows = _differing(_flat(a.provenance), _flat(b.provenance), "not given")
    rows = [row for row in rows if row[0] != NAME]
    return pd.DataFrame(
        sorted(rows, key=lambda row: PARTS.index(row[0].split(".", 1)[0])), columns=COLUMNS
    )


def unknown(a: Results, b: Results) -> list[str]:
    """The experiments whose provenance.json is missing."""
    sides = (("A", a), ("B", b))
    return [f"{side} ({results.folder})" for side, results in sides if results.provenance is None]


def outlines(a: Results, b: Results) -> pd.DataFrame:
    """Differences of seeds, tickets and texts that the tables themselves show."""
    return pd.DataFrame(_differing(_outline(a), _outline(b), ""), columns=COLUMNS)


def _differing(
    a: Mapping[str, str], b: Mapping[str, str], missing: str
) -> list[tuple[str, str, str]]:
    keys = [key for key in {**a, **b} if a.get(key) != b.get(key)]
    return [(key, a.get(key, missing), b.get(key, missing)) for key in keys]


def _flat(provenance: Mapping[str, Any]) -> dict[str, str]:
    return dict(pair for part in PARTS for pair in _leaves(part, provenance.get(part)))


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Dotted keys with their values as JSON; text as it is."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(f"{key}.{name}", inner)
    elif value is not None or key not in PARTS:
        yield key, value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _outline(results: Results) -> dict[str, str]:
    outline = {}
    for name, (file, column) in OUTLINE.items():
        table = results.tables.get(file, pd.DataFrame())
        if column in table:
            outline[name] = ", ".join(str(value) for value in table[column].drop_duplicates())
    corpus = results.tables.get("corpus", pd.DataFrame()).reindex(columns=CORPUS)
    for row in corpus.itertuples(index=False):
        outline[f"{row.split}.{row.language}"] = f"{row.sentences} sentences, {row.words} words"
    return outline
