"""Claims in both experiments: is B's effect another one than A's?

That one experiment's verdict is `supported` and the other's `open` is no difference between them
(Gelman & Stern 2006): the effects themselves are tested, over the seeds of both.
"""

import numpy as np
import pandas as pd
from scipy import stats

from ticketscope.claims.columns import EFFECT_COLUMNS, REFERENCES, suffix
from ticketscope.report.compare import differences
from ticketscope.report.compare.results import Results

KEYS = ["id", "reference"]
_ABOUT = ["section", "sentence", "part_of", "unit"]
COLUMNS = [*KEYS, *_ABOUT, "verdict_a", "verdict_b", "changed", *differences.COLUMNS, "p_corrected",
           "verdict"]  # fmt: skip


# Tables with the verdicts and with the effects of each seed: of the paper's claims, and of ours.
PAPER = ("claims", "claim_effects")
EXTENSION = ("extension_claims", "extension_effects")


def compare(a: Results, b: Results, tables: tuple[str, str] = PAPER) -> pd.DataFrame:
    """claims.csv, extension_claims.csv: a row for each claim or part of either, and reference.

    `changed` compares the verdicts: yes, no, only in A or only in B. Differences are corrected for
    the number of sentences of a reference, or of a sentence's parts.

    Raises:
        InputError: a table was written by another version.
    """
    verdicts, seeds = tables
    if verdicts not in a.tables and verdicts not in b.tables:
        return pd.DataFrame(columns=COLUMNS)
    claims_a, claims_b = _claims(a, verdicts), _claims(b, verdicts)
    effects_a, effects_b = _effects(a, seeds), _effects(b, seeds)
    # Taken for independent, which on the same sentences is too wide.
    items = _item_variance(claims_a, effects_a).add(
        _item_variance(claims_b, effects_b), fill_value=0
    )
    tested = differences.differences(*differences.in_common(effects_a, effects_b), items)
    about = pd.concat([claims_a, claims_b])[_ABOUT]
    table = about[~about.index.duplicated()].assign(
        verdict_a=claims_a["verdict"], verdict_b=claims_b["verdict"]
    )
    only_a, only_b = table["verdict_b"].isna(), table["verdict_a"].isna()
    same = table["verdict_a"] == table["verdict_b"]
    table["changed"] = np.select([only_a, only_b, same], ["only in A", "only in B", "no"], "yes")
    table = table.join(tested).reset_index()
    return differences.judged(table, ["reference", "part_of"])[COLUMNS]


def _claims(results: Results, name: str) -> pd.DataFrame:
    """A table of claims with a row a claim and reference that it was asked against."""
    if name not in results.tables:
        empty = pd.DataFrame(columns=[*KEYS, *_ABOUT, *_MEASURED], dtype=object)
        return empty.set_index(KEYS)
    names = ["id", *_ABOUT, *(f"{n}{suffix(r)}" for r in REFERENCES for n in _MEASURED)]
    table = results.check(name, names)
    table = table.assign(part_of=table["part_of"].astype(object).fillna(""))
    parts = []
    for reference in REFERENCES:
        columns = {f"{name}{suffix(reference)}": name for name in _MEASURED}
        part = table[["id", *_ABOUT, *columns]].rename(columns=columns)
        parts.append(part[part["verdict"].notna()].assign(reference=reference))
    return pd.concat(parts).sort_index(kind="stable").set_index(KEYS)


_MEASURED = ("verdict", "low", "high")


def _effects(results: Results, name: str) -> pd.DataFrame:
    """Effects by claim and reference (rows) and seed (columns)."""
    if name not in results.tables:
        return pd.DataFrame(index=pd.MultiIndex.from_tuples([], names=KEYS))
    table = results.check(name, EFFECT_COLUMNS)
    return table.pivot(index=KEYS, columns="seed", values="effect")


def _item_variance(claims: pd.DataFrame, effects: pd.DataFrame) -> pd.Series:
    """What an interval of the mean effect has beside the seeds: the sentences' variance.

    The inverse of `stats.seeds.mean_effect`; NaN where it has nothing else.
    """
    seeds = effects.notna().sum(axis=1)
    reach = stats.t.ppf(0.975, np.where(seeds > 1, seeds - 1, np.inf))
    ends = claims[["low", "high"]].astype(float).reindex(effects.index)
    error = (ends["high"] - ends["low"]) / (2 * reach)
    over_seeds = (effects.var(axis=1, ddof=1) / seeds).fillna(0)
    items = error**2 - over_seeds
    return items.where(items > 1e-6 * over_seeds)
