"""Items that sparse models answer otherwise than dense ones: pruning identified exemplars (PIEs).

Hooker et al. 2019 (What Do Compressed Deep Neural Networks Forget?): an item is a PIE if the answer
that is most frequent among the sparse models of many trainings is not that of the dense ones. Two
populations of dense models disagree as well, the more the fewer models they have. So the seeds are
split in two, and the dense models of one half are compared with the sparse ones of the other half
and with the dense ones of it: as many models, of other trainings in both cases.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.behaviour.answers import FEATURES
from ticketscope.plan.names import DENSE, TicketName

# Populations of fewer models have no answer that is typical of them.
LEAST_SEEDS = 5
SPLITS = 20  # of the seeds in two halves, if there are more
COLUMNS = [
    "kind", "name", "series", "ticket", "k", "seeds", "items", "pies", "share", "halves",
    "halves_dense",
    *(f"{feature}_{whose}" for feature in FEATURES for whose in ("pies", "others")),
]  # fmt: skip

Classes = NDArray[np.integer[Any]]


def typical(answers: Classes) -> Classes:
    """The most frequent answer of each item, the lowest of several (models, items) -> (items,)."""
    return np.where(_gives_most_frequent(answers), answers, answers.max()).min(axis=0)


def disagreement(first: Classes, second: Classes) -> float:
    """Share of items whose most frequent answers differ, (models, items) each.

    Of several answers that are as frequent, each counts in part: the lowest for all would make
    two groups of few models alike, and a group of an even number unlike one of an odd number.
    """
    weights = [
        frequent / frequent.sum(axis=0)
        for frequent in (_gives_most_frequent(first), _gives_most_frequent(second))
    ]
    is_same = first[:, None] == second
    return float(1 - np.einsum("ai,bi,abi->i", *weights, is_same).mean())


def _gives_most_frequent(answers: Classes) -> NDArray[np.bool_]:
    """Which models give an answer that is most frequent, (models, items)."""
    # Of each answer, how many models give it: there are fewer models than classes.
    counts = (answers[:, None] == answers).sum(axis=1)
    return np.asarray(counts == counts.max(axis=0))


def halves(seeds: int) -> list[tuple[list[int], list[int]]]:
    """Splits of the numbers below `seeds` in two, the first the smaller; evenly chosen if many."""
    firsts = list(combinations(range(seeds), seeds // 2))
    chosen = firsts[:: -(-len(firsts) // SPLITS)]
    return [(list(first), [seed for seed in range(seeds) if seed not in first]) for first in chosen]


def exemplars(answers: Mapping[str, Classes], units: pd.DataFrame) -> pd.DataFrame:
    """PIEs of each pruned ticket, and what they are like.

    Args:
        answers: tables/answers.npz.
        units: tables/answer_units.csv.

    Returns:
        A row of `COLUMNS` for each kind, name, series and k whose answers `LEAST_SEEDS` seeds have,
        with those of their LTH0s.
    """
    by_name: dict[tuple[str, str], dict[tuple[str, int], dict[int, Classes]]] = {}
    for key, classes in answers.items():
        ticket, (kind, name) = TicketName.parse(key)
        of_name = by_name.setdefault((kind, name), {})
        of_name.setdefault((ticket.series, ticket.k), {})[ticket.seed] = classes
    rows = []
    for (kind, name), tickets in by_name.items():
        about = units[(units["kind"] == kind) & (units["name"] == name)]
        features = about.loc[about.index.repeat(about["items"]), list(FEATURES)].to_numpy(float)
        dense_answers = tickets.get((DENSE, 0), {})
        for (series, k), sparse_answers in tickets.items():
            seeds = [seed for seed in sparse_answers if seed in dense_answers]
            if series == DENSE or len(seeds) < LEAST_SEEDS:
                continue
            dense, sparse = (
                np.array([by_seed[seed] for seed in seeds])
                for by_seed in (dense_answers, sparse_answers)
            )
            pies = typical(dense) != typical(sparse)
            apart = [
                [disagreement(dense[a], other[b]) for other in (sparse, dense)]
                for a, b in halves(len(seeds))
            ]
            row: dict[str, Any] = {"kind": kind, "name": name, "series": series}
            row |= {"ticket": f"LTH{k}", "k": k, "seeds": len(seeds), "items": len(pies)}
            row |= {"pies": int(pies.sum()), "share": pies.mean()}
            row |= dict(zip(("halves", "halves_dense"), np.mean(apart, axis=0), strict=True))
            for whose, chosen in (("pies", pies), ("others", ~pies)):
                for feature, column in zip(FEATURES, features.T, strict=True):
                    value = column[chosen].mean() if chosen.any() else np.nan
                    row[f"{feature}_{whose}"] = value
            rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)
