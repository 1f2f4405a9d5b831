"""BLEU of each ticket, as its figure shows it (section 3.3)."""

import math

import pandas as pd

from ticketscope.plan.paper_tickets import stands_for
from ticketscope.report.tables.shared import insert_places, over_seeds
from ticketscope.report.tables.table_a1 import paper_bleu


def bleu_points(table_a1: pd.DataFrame) -> pd.DataFrame:
    """BLEU of each ticket.

    Args:
        table_a1: tables/table_a1.csv.

    Returns:
        Columns series, ticket, k, x_percent (place on the axis), bleu, low, high, seeds and single
        seeds as `over_seeds` has them, paper (of the paper's ticket, if it has the same sparsity).
    """
    rows = table_a1.rename(columns={"bleu_low": "low", "bleu_high": "high"})
    points = over_seeds(rows, ["series", "ticket", "k"], "bleu")
    insert_places(points, 3, table_a1)
    sparsity = table_a1.groupby(["series", "k"])["sparsity_excl"].mean()
    paper = [
        paper_bleu(series, k) if stands_for(k, sparsity[series, k]) else None
        for series, k in zip(points["series"], points["k"], strict=True)
    ]
    return points.assign(paper=[math.nan if bleu is None else bleu for bleu in paper])
