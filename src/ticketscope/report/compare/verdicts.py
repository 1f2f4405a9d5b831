"""The paper's claims as both experiments judged them."""

import pandas as pd

from ticketscope.errors import InputError
from ticketscope.report.compare.results import Results

_KEYS = ["id", "section", "sentence"]
_FOUND = ["verdict", "effect", "low", "high"]
COLUMNS = [*_KEYS, *(f"{name}_{side}" for name in _FOUND for side in "ab"), "changed"]


def verdicts(a: Results, b: Results) -> pd.DataFrame:
    """claims.csv: a row a claim of either; `changed` is yes, no, only in A or only in B."""
    one, other = _claims(a), _claims(b)
    both = one.merge(other, on="id", how="outer", suffixes=("_a", "_b"), sort=False)
    order = {name: place for place, name in enumerate([*one["id"], *other["id"]][::-1])}
    both = both.sort_values("id", key=lambda names: -names.map(order)).reset_index(drop=True)
    for name in ("section", "sentence"):
        both[name] = both[f"{name}_a"].fillna(both[f"{name}_b"])
    same = both["verdict_a"] == both["verdict_b"]
    both["changed"] = same.map({True: "no", False: "yes"})
    both.loc[both["verdict_b"].isna(), "changed"] = "only in A"
    both.loc[both["verdict_a"].isna(), "changed"] = "only in B"
    return both[COLUMNS]


def _claims(results: Results) -> pd.DataFrame:
    columns = [*_KEYS, *_FOUND]
    table = results.tables.get("claims", pd.DataFrame(columns=columns, dtype=object))
    missing = [name for name in columns if name not in table]
    if missing:
        raise InputError(
            f"{results.folder}/tables/claims.csv: has no column {', '.join(missing)}; another "
            "version wrote it: make it again"
        )
    return table[columns]
