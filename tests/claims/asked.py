"""Single sentences asked of made-up tables."""

import numpy as np

from ticketscope.claims import judge
from ticketscope.claims.judge import measure
from ticketscope.claims.model import Claim, claims
from ticketscope.claims.tables import Tables

SEEDS = (1, 2, 3)


def claim(name: str) -> Claim:
    return next(each for each in claims() if each.id == name)


def effect(name: str, tables, reference="paper"):
    """The sentence's effect, its mean over seeds and comparisons."""
    comparisons = measure(claim(name), Tables(tables))[0].effects[reference]
    return float(np.mean([each.values for each in comparisons]))


def rows_of(tables, *names):
    """Rows of claims.csv of these sentences and their parts, by id."""
    return judge(tables, [claim(name) for name in names])[0].set_index("id")
