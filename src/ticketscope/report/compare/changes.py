"""What differs in how two experiments were made."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ticketscope.report.compare.results import Results

COLUMNS = ["what", "a", "b"]
# Parts of provenance.json.
PARTS = ("config", "code", "versions")
# Table and column by what they tell.
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
# Not a setting: where results lie.
NAME = "config.experiment"


def changes(a: Results, b: Results) -> pd.DataFrame:
    """changes.csv: a row each setting, version or code fingerprint that differs.

    What only one has is `not given` in the other. Empty as well where one has no provenance.json:
    `unknown` says so.
    """
    if a.provenance is None or b.provenance is None:
        return pd.DataFrame(columns=COLUMNS)
    one, other = (_flat(results.provenance or {}) for results in (a, b))
    rows = [
        (key, one.get(key, "not given"), other.get(key, "not given"))
        for key in {**one, **other}
        if one.get(key) != other.get(key) and key != NAME
    ]
    return pd.DataFrame(sorted(rows, key=_order), columns=COLUMNS)


def unknown(a: Results, b: Results) -> list[str]:
    """Names of those whose provenance.json is missing."""
    sides = (("A", a), ("B", b))
    return [f"{side} ({results.folder})" for side, results in sides if results.provenance is None]


def _order(row: tuple[str, str, str]) -> int:
    return PARTS.index(row[0].split(".", 1)[0])


def _flat(provenance: Mapping[str, Any]) -> dict[str, str]:
    return dict(pair for part in PARTS for pair in _leaves(part, provenance.get(part)))


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Dotted keys with their values as JSON; text as it is."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(f"{key}.{name}", inner)
    elif value is not None or key not in PARTS:
        yield key, value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def outlines(a: Results, b: Results) -> pd.DataFrame:
    """What the tables themselves tell of the experiments, where it differs."""
    one, other = _outline(a), _outline(b)
    rows = [
        (key, one.get(key, ""), other.get(key, ""))
        for key in {**one, **other}
        if one.get(key) != other.get(key)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _outline(results: Results) -> dict[str, str]:
    found = {}
    for name, (file, column) in OUTLINE.items():
        table = results.tables.get(file, pd.DataFrame())
        if column in table:
            found[name] = ", ".join(str(value) for value in table[column].drop_duplicates())
    corpus = results.tables.get("corpus", pd.DataFrame()).reindex(columns=CORPUS)
    for row in corpus.itertuples(index=False):
        found[f"{row.split}.{row.language}"] = f"{row.sentences} sentences, {row.words} words"
    return found
