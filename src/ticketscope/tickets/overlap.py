"""How far two masks keep the same entries, beyond what chance gives.

Two masks that keep many entries agree about many by chance alone. Chance here keeps the counts: the
second mask's entries are placed at random inside each tensor (or head), as many as it keeps there.
So two series that both spare the same layers do not agree for that reason.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ticketscope.errors import InputError
from ticketscope.tickets.heads import Heads, split_heads
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import module_of

MODULE = ["side", "layer", "block", "part", "kind", "head"]
_COUNTS = ["total", "kept", "other_kept", "both"]
_INDICES = ["expected", "jaccard", "jaccard_chance", "above_chance", "chance_sd"]
COLUMNS = [*MODULE, *_COUNTS, *_INDICES]


def mask_overlap(mask: Mask, other: Mask, heads: Heads) -> pd.DataFrame:
    """What two masks of one architecture both keep: a row for each tensor, and for each head.

    With N entries, of which the masks keep a and b, and n of them both:

        expected        E = a b / N, the mean of the hypergeometric distribution
        jaccard         n / (a + b - n)
        jaccard_chance  the same of E. The mean of the index at chance lies above by less than 2 / N
        above_chance    (n - E) / (min(a, b) - E)
        chance_sd       its standard deviation at chance, where n has the variance
                        a b (N - a) (N - b) / (N^2 (N - 1))

    `above_chance` is 0 at chance, negative below it, and 1 where the masks overlap as much as their
    counts allow: where they are the same, or one is nested in the other. It is Loevinger's H (1948,
    doi 10.1037/h0055827), and what phi, Cohen's kappa, Dice's index and all others become that are
    linear in n, once chance is set to 0 and the largest value to 1 (Warrens 2008, doi
    10.1007/s11336-008-9070-3). It is NaN where either mask is full or empty, since the counts alone
    then decide the overlap; `jaccard` is NaN where both are empty.

    All indices are the same with the masks exchanged.

    Args:
        mask: The one, of the columns `kept`.
        other: The other, of the columns `other_kept`.
        heads: Attention heads of a layer, by side.

    Returns:
        Columns side, layer, block, part, kind, head (as `sparsity.module_sparsity`), total, kept,
        other_kept, both (entries), expected, jaccard, jaccard_chance, above_chance, chance_sd. Rows
        without a head are whole tensors, so that heads count twice if all rows are summed. Chance
        in a head's row keeps the counts of that head.

    Raises:
        InputError: the masks are of different architectures.
    """
    if mask.shapes != other.shapes:
        mask.check_fits(other.shapes, "the second mask")
        raise InputError("the second mask is of another architecture: it names more parameters")
    rows = []
    for name, kept in mask.kept.items():
        module = module_of(name)
        if module is None:  # a mask made elsewhere may hold more
            continue
        number = heads[module.side] if module.kind == "weight" else 1
        pairs = zip(
            split_heads(module, kept, number),
            split_heads(module, other.kept[name], number),
            strict=True,
        )
        parts = [
            {
                **vars(module),
                "head": head,
                "total": entries.size,
                "kept": int(np.count_nonzero(entries)),
                "other_kept": int(np.count_nonzero(other_entries)),
                "both": int(np.count_nonzero(entries & other_entries)),
            }
            for (head, entries), (_, other_entries) in pairs
        ]
        rows.append(parts[0] | {"head": None} | {c: sum(p[c] for p in parts) for c in _COUNTS})
        if len(parts) > 1:
            rows += parts
    table = pd.DataFrame(rows, columns=[*MODULE, *_COUNTS]).astype({"head": "Int64"})
    return _with_indices(table, _at_chance(table))


def pool_overlap(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Overlap of coarser modules: chance stays within each tensor, where all counts are kept.

    Args:
        table: Rows of `mask_overlap`, of one pair or several.
        keys: Columns to group by, such as `layer` or the names of a pair.

    Returns:
        Columns `keys` and those from `total` on, one row a group, in the table's order.
        Expectations and variances are sums over tensors.
    """
    # Concatenated tables have the same index twice.
    whole = table[table["head"].isna()].reset_index(drop=True)
    whole = whole[[*keys, *_COUNTS]].join(_at_chance(whole))
    sums = whole.groupby(list(keys), sort=False, as_index=False).sum()
    return _with_indices(sums[[*keys, *_COUNTS]], sums)


def _at_chance(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and variance of each row's overlap at chance, and the largest that its counts allow."""
    total, kept, other = (table[name].astype(float) for name in ("total", "kept", "other_kept"))
    expected = kept * other / total
    # A tensor of one entry has no variance, and nothing to divide by.
    variance = expected * (total - kept) * (total - other) / (total * (total - 1).clip(lower=1))
    largest = np.minimum(kept, other)
    return pd.DataFrame({"expected": expected, "variance": variance, "largest": largest})


def _with_indices(table: pd.DataFrame, chance: pd.DataFrame) -> pd.DataFrame:
    expected, either = chance["expected"], table["kept"] + table["other_kept"]
    margin = chance["largest"] - expected
    margin = margin.where(margin > 0)
    return table.assign(
        expected=expected,
        jaccard=table["both"] / (either - table["both"]),
        jaccard_chance=expected / (either - expected),
        above_chance=(table["both"] - expected) / margin,
        chance_sd=np.sqrt(chance["variance"]) / margin,
    )
