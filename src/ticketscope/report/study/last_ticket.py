"""Effects that are not the registered ones: at the last ticket alone, and in another layer."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ticketscope.claims import verdicts
from ticketscope.claims.columns import Reference
from ticketscope.claims.effects import SeedEffects
from ticketscope.claims.judge import mean_over_seeds, measure
from ticketscope.claims.model import Claim
from ticketscope.claims.tables import NotMeasurable, Tables

COLUMNS = ["id", "column", "last", "last_low", "last_high", "last_ticket"]


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
        A row for each trend and column in which it was measured: id, column, last with its 95 %
        interval, last_ticket (its number).
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
                lines.append([claim.id, reference, *_with_interval(effect), effect.ticket])
    return pd.DataFrame(lines, columns=COLUMNS)


def in_layer(
    tables: Mapping[str, pd.DataFrame], claim: Claim, reference: Reference, layer: int
) -> tuple[float, float, float]:
    """A claim's effect in a layer that it is not about, with its 95 % interval.

    If the claim compares the last layer with the one before, it compares this layer with the one
    before.

    Args:
        tables: As in `at_last_ticket`.
        claim: One of a single comparison.
        reference: Column of verdicts.
        layer: From 1.

    Raises:
        NotMeasurable: The tables lack it.
    """
    minus = [
        each | {"layer": layer - 1} if each.get("layer") == "before last" else each
        for each in claim.minus
    ]
    elsewhere = claim.model_copy(update={"of": claim.of | {"layer": layer}, "minus": minus})
    (row,) = measure(elsewhere, Tables(tables))
    if reference not in row.effects:
        raise NotMeasurable(row.reasons[reference])
    (effect,) = row.effects[reference]
    return _with_interval(effect)


def _with_interval(effect: SeedEffects) -> tuple[float, float, float]:
    mean = mean_over_seeds(effect)
    low, high = mean.interval()
    return float(mean.value[0]), float(low[0]), float(high[0])
