"""What a trend's measure has changed by at the last ticket: measured there, not on a line."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ticketscope.claims import verdicts
from ticketscope.claims.columns import Reference
from ticketscope.claims.judge import mean_over_seeds, measure
from ticketscope.claims.model import Claim
from ticketscope.claims.tables import Tables

COLUMNS = ["id", "column", "last", "last_ticket"]


def at_last_ticket(
    tables: Mapping[str, pd.DataFrame], known: Sequence[Claim], references: Sequence[Reference]
) -> pd.DataFrame:
    """The change at the last ticket that was measured, mean over seeds, with the claim's sign.

    The effect of such a claim is a slope times the last ticket's sparsity, so that a line through
    sparse tickets alone is extended to LTH0. This is what the last of them shows by itself.

    Args:
        tables: The experiment's, by name as in `claims.tables.COLUMNS`.
        known: Claims, of which only trends against LTH0 or a series count.
        references: Columns of verdicts.

    Returns:
        A row for each trend and column in which it was measured: id, column, last, last_ticket
        (its number).
    """
    read = Tables(tables)
    lines = []
    for claim in known:
        if claim.statistic != "trend" or claim.against == "nothing":
            continue
        trend = measure(claim, read)[0].effects
        last = measure(claim.model_copy(update={"statistic": "last"}), read)[0].effects
        for reference in references:
            if reference in trend and reference in last:
                # Of several comparisons, the one that decides on the trend.
                test = verdicts.test(claim, [mean_over_seeds(each) for each in trend[reference]])
                effect = last[reference][int(test.deciding[0])]
                lines.append([claim.id, reference, effect.values.mean(), effect.ticket])
    return pd.DataFrame(lines, columns=COLUMNS)
