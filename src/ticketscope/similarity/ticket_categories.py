"""How alike a ticket's final encoder layer and LTH0's are, category by category (section 5.3)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.plan.names import TicketName
from ticketscope.representations.store import Store
from ticketscope.similarity.categories import COLUMNS, category_sim
from ticketscope.similarity.ticket import ENOUGH


def category_table(
    name: TicketName,
    store: Store,
    dense: Store,
    categories: Mapping[str, NDArray[np.str_]],
    *,
    progress: Callable[[str], None] = print,
    **options: Any,
) -> pd.DataFrame:
    """A row of `categories.COLUMNS` for each kind of categories and category.

    Intervals are over sentences; the ticket's seed is that of their resamples.

    Args:
        name: The ticket.
        store: Its representations.
        dense: Those of LTH0 of its seed.
        categories: By kind, the category of each token of the encoder (tokens,).
        progress: Gets a warning if there are few tokens.
        options: Those of `category_sim`: least, resamples, block, device.

    Raises:
        InputError: as `category_sim`.
    """
    sentences = np.repeat(np.arange(store.sentences), np.diff(store.encoder_offsets))
    dim, rows = store.encoder.shape[2], []
    for kind, labels in categories.items():
        for similarity in category_sim(
            store.encoder[-1],
            dense.encoder[-1],
            labels,
            sentences=sentences,
            seed=name.seed,
            **options,
        ):
            row = name.columns | {"kind": kind, "category": similarity.label} | vars(similarity)
            rows.append(row | {"n_per_d": similarity.n / dim})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    compared = table[table["value"].notna()]
    if few := int((compared["n_per_d"] < ENOUGH).sum()):
        progress(
            f"warning: {few} of {len(compared)} categories have fewer than {ENOUGH} tokens for "
            f"each of the {dim} dimensions: read their debiased values"
        )
    return table
