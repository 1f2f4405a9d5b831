"""B minus A of many numbers at once, over the seeds of both."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ticketscope.claims.verdicts import LEVEL
from ticketscope.stats.corrections import benjamini_hochberg
from ticketscope.stats.seeds import LEAST_SEEDS, mean_difference

COLUMNS = ["seeds_a", "seeds_b", "a", "b", "difference", "low", "high", "p", "interval"]
# What an interval covers, in the tables' words.
PAIRED, APART, ITEMS, NONE = "paired seeds", "seeds", "test items", ""


def in_common(a: pd.DataFrame, b: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numbers (rows) by seed (columns), of the rows that both have, in A's order.

    Seeds are those that both have, or all of either if they have none in common.
    """
    rows = a.index[a.index.isin(b.index)]
    common = a.columns.intersection(b.columns)
    seeds = (common, common) if len(common) else (a.columns, b.columns)
    return a.loc[rows, seeds[0]], b.loc[rows, seeds[1]]


def differences(a: pd.DataFrame, b: pd.DataFrame, items: pd.Series) -> pd.DataFrame:
    """The difference of the means over seeds, with its 95 % interval and two-sided p-value.

    Seeds that both have are paired; if there are none, it is Welch's test.

    Args:
        a: A's numbers (rows) by seed (columns), as `in_common` returns them; NaN: not measured.
        b: B's, with the same rows.
        items: Variance of the difference over test items, by row; NaN or missing: unknown.

    Returns:
        `COLUMNS`, with a's index; rows without a seed on a side are left out. p is NaN below
        `LEAST_SEEDS` seeds a side, and where seeds do not vary.
    """
    paired = a.columns.equals(b.columns)
    items = items.reindex(a.index)
    masks = a.notna().to_numpy(), b.notna().to_numpy()
    if paired:
        masks = (masks[0] & masks[1],) * 2
    # Rows that were measured in the same seeds are tested together.
    patterns = pd.DataFrame(np.hstack(masks), index=range(len(a)))
    parts = []
    for _, group in patterns.groupby(list(patterns), sort=False):
        rows = group.index
        seeds = [mask[rows[0]] for mask in masks]
        if all(mask.any() for mask in seeds):
            chosen_a, chosen_b = (
                each.iloc[rows].loc[:, mask] for each, mask in zip((a, b), seeds, strict=True)
            )
            parts.append(_tested(chosen_a, chosen_b, items.iloc[rows], paired))
    table = pd.concat(parts) if parts else pd.DataFrame(columns=COLUMNS, dtype=float)
    return table.reindex(a.index[a.index.isin(table.index)])


def _tested(a: pd.DataFrame, b: pd.DataFrame, items: pd.Series, paired: bool) -> pd.DataFrame:
    """Of rows that were all measured in the same seeds."""
    values = a.to_numpy(float), b.to_numpy(float)
    effect = mean_difference(*values, items.to_numpy(float), paired=paired)
    low, high = effect.interval()
    covers = ITEMS if effect.seeds == 1 else PAIRED if paired else APART
    known = items.notna() & (effect.seeds > 1)
    interval = np.where(known, f"{covers}, {ITEMS}", covers)
    return pd.DataFrame(
        {
            "seeds_a": _named(a.columns),
            "seeds_b": _named(b.columns),
            "a": values[0].mean(axis=1),
            "b": values[1].mean(axis=1),
            "difference": effect.value,
            "low": low,
            "high": high,
            "p": effect.p_beyond(0) if effect.seeds >= LEAST_SEEDS else np.nan,
            "interval": np.where(np.isnan(low), NONE, interval),
        },
        index=a.index,
    )


def _named(seeds: pd.Index) -> str:
    return "; ".join(map(str, seeds))


def judged(table: pd.DataFrame, family: Sequence[str] = ()) -> pd.DataFrame:
    """Add `p_corrected` and `verdict`: differs, open, or described where there is no p-value.

    p is corrected for the number of rows of the table, or of each of its families (columns), so
    that of the differences that are called such at most `LEVEL` are expected to be none.
    """
    p = table["p"].astype(float)
    families = p.groupby([table[name] for name in family] if family else [0] * len(p))
    corrected = families.transform(_corrected)
    verdict = np.where(corrected <= LEVEL, "differs", "open")
    return table.assign(
        p_corrected=corrected, verdict=np.where(corrected.isna(), "described", verdict)
    )


def _corrected(p: pd.Series) -> pd.Series:
    return pd.Series(benjamini_hochberg(p.to_numpy(float)), index=p.index)
