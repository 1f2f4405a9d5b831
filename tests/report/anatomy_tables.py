"""Made-up tables of segments and silenced modules with planted effects."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tests.report.test_figures_sparsity import made_up as sparsity_tables
from ticketscope.behaviour.paths import Pair, barriers
from ticketscope.behaviour.sensitivity import COLUMNS
from ticketscope.plan.names import TicketName
from ticketscope.report.figures.anatomy import Tables

HEIGHTS = {"previous": 0.0, "control": 0.2, "seeds": 6.0}  # of the middle over both ends
ALPHAS = (0, 0.25, 0.5, 0.75, 1)


def anatomy(seeds: Sequence[int] = (1, 2, 3)) -> Tables:
    """Segments with the barriers `HEIGHTS`; modules are needed less the more of them is pruned."""
    made = sparsity_tables(2, seeds=seeds)
    segments = pd.concat(map(_seed, seeds), ignore_index=True)
    return Tables(made.sparsity, made.modules, segments, barriers(segments), silent(made.modules))


def _seed(seed: int) -> pd.DataFrame:
    rows = []
    for series in ("magnitude", "random", "control"):
        for k in (1, 2):
            ticket = TicketName(seed, series, k)
            others = {
                "previous": ticket.previous,
                "control": ticket._replace(series="control"),
                "seeds": ticket._replace(seed=seed - 1),
            }
            for kind, other in others.items():
                if other == ticket or other.seed == 0:
                    continue
                for alpha in ALPHAS:
                    hill = HEIGHTS[kind] * (1 - abs(2 * alpha - 1))
                    about = Pair(kind, ticket, other).columns | {"alpha": alpha}
                    bleu = 30 - 10 * hill if alpha in (0, 0.5, 1) else np.nan
                    rows.append(about | {"loss": 1 + 0.1 * k * alpha + hill, "bleu": bleu})
    return pd.DataFrame(rows)


def silent(modules: pd.DataFrame) -> pd.DataFrame:
    """Rows of the last ticket of each series and of LTH0, from tables/module_sparsity.csv.

    In magnitude's and LTH0's a module's need falls with its sparsity in magnitude's last ticket.
    """
    weights = modules[(modules["kind"] == "weight") & (modules["block"] != "embedding")]
    whole = ["seed", "series", "ticket", "k", "side", "layer", "block"]
    rows = weights.groupby(whole, sort=False)[["total", "pruned"]].sum().reset_index()
    attention = rows[rows["block"] != "fc"]
    heads = [
        attention.assign(
            head=head, total=attention["total"] / 2, pruned=share * attention["pruned"]
        )
        for head, share in ((1, 0.45), (2, 0.55))
    ]
    rows = pd.concat([rows, *heads], ignore_index=True)
    rows = rows.assign(sparsity=rows["pruned"] / rows["total"])
    rows = rows[rows["k"].isin([0, rows["k"].max()])]
    site = ["seed", "side", "layer", "block", "head"]
    last = rows[(rows["series"] == "magnitude")].set_index(site)["sparsity"]
    pruned = last.reindex(pd.MultiIndex.from_frame(rows[site])).to_numpy()
    change = 1.5 - pruned
    rows = rows.assign(change=change, loss=1 + change)
    return rows.reindex(columns=COLUMNS).astype({"head": "Int64"})
