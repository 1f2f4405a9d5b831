"""Items that change between LTH0 and a ticket, whatever the mean does.

A mean that stays says that as many items were lost as gained, not that nothing changed: two models
with the same BLEU may be right about different sentences. `churn` is what a mean cannot see.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sacrebleu.metrics import CHRF

from ticketscope.behaviour.answers import TRANSLATION, Labelled
from ticketscope.behaviour.contrasts import flips
from ticketscope.plan.names import TicketName
from ticketscope.stats.resampling import resample

COLUMNS = [
    "kind", "name", "seed", "series", "ticket", "k", "other_seed", "items", "lost", "gained",
    "churn", "net",
]  # fmt: skip
RESAMPLE_COLUMNS = ["kind", "seed", "series", "ticket", "k", "resample", "churn"]
RESAMPLES = 200
# Whether each item is right: by kind (contrast, translation, linear, mlp), name and ticket.
Right = Mapping[tuple[str, str], Mapping[TicketName, NDArray[np.bool_]]]


def flip_table(right: Right, seeds: Sequence[int]) -> pd.DataFrame:
    """A row of `COLUMNS` for each kind, name and ticket but the first LTH0.

    Each ticket is compared with LTH0 of its seed, and each LTH0 with those of the seeds before:
    so much do two trainings differ that share nothing but their text. `churn` is the share of items
    that flip beyond what the change of the mean needs, 2 min(lost, gained) / items; `net` is the
    change of the mean, (gained - lost) / items.
    """
    rows = []
    for kind, name, ticket, other, before, after in _pairs(right, seeds):
        lost, gained = flips(before, after)
        columns: dict[str, Any] = {"kind": kind, "name": name} | ticket.columns
        columns |= {"other_seed": other.seed, "items": len(after), "lost": lost, "gained": gained}
        columns["churn"] = 2 * min(lost, gained) / len(after)
        columns["net"] = (gained - lost) / len(after)
        rows.append(columns)
    return pd.DataFrame(rows, columns=COLUMNS)


def flip_resamples(right: Right) -> pd.DataFrame:
    """`churn` of each ticket, mean over the names of a kind, when the items are resampled.

    The draws are the same for all tickets and seeds, as their items are: what a mean over seeds
    owes to the items can be read off them. Items of a sentence are drawn one by one.

    Returns:
        `RESAMPLE_COLUMNS`, `RESAMPLES` rows a kind and ticket.
    """
    drawn: dict[tuple[str, TicketName], list[NDArray[np.float64]]] = {}
    for kind, _, ticket, other, before, after in _pairs(right, ()):
        if other.seed == ticket.seed:
            size = len(after)
            lost, gained = (_resamples(size) @ way for way in (before & ~after, ~before & after))
            drawn.setdefault((kind, ticket), []).append(2 * np.minimum(lost, gained) / size)
    parts = [
        pd.DataFrame(
            {"kind": kind}
            | ticket.columns
            | {"resample": range(RESAMPLES), "churn": np.mean(churns, axis=0).round(6)}
        )
        for (kind, ticket), churns in drawn.items()
    ]
    return pd.concat(parts)[RESAMPLE_COLUMNS] if parts else pd.DataFrame(columns=RESAMPLE_COLUMNS)


@cache
def _resamples(items: int) -> NDArray[np.float32]:
    return resample(items, RESAMPLES).astype(np.float32)


def _pairs(
    right: Right, seeds: Sequence[int]
) -> Iterator[tuple[str, str, TicketName, TicketName, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Each kind, name, ticket and what it is compared with, and which items both get right."""
    for (kind, name), of_tickets in right.items():
        for ticket, after in of_tickets.items():
            others = [ticket.dense]
            if ticket.k == 0:
                earlier = seeds[: seeds.index(ticket.seed)] if ticket.seed in seeds else ()
                others = [TicketName(seed, *ticket.dense[1:]) for seed in earlier]
            for other in others:
                if other in of_tickets:
                    yield kind, name, ticket, other, of_tickets[other], after


def well_translated(
    hypotheses: Sequence[str], references: Sequence[str], threshold: float
) -> NDArray[np.bool_]:
    """Whether each sentence's chrF, 0 to 100, reaches a threshold (sentences,)."""
    chrf = CHRF()
    scores = [
        chrf.sentence_score(hypothesis, [reference]).score
        for hypothesis, reference in zip(hypotheses, references, strict=True)
    ]
    return np.array(scores) >= threshold


def right_translations(
    hypotheses: Mapping[TicketName, Sequence[str]], references: Sequence[str], threshold: float
) -> Right:
    """Which sentences each ticket translates well.

    Args:
        hypotheses: Detokenised translations, by ticket.
        references: The raw references.
        threshold: A sentence's chrF that is good enough, 0 to 100.
    """
    return {
        TRANSLATION: {
            ticket: well_translated(lines, references, threshold)
            for ticket, lines in hypotheses.items()
        }
    }


def right_contrasts(items: pd.DataFrame, margins: Path) -> Right:
    """Which contrasts each ticket gets right, by set and phenomenon.

    Args:
        items: tables/contrast_items.csv.
        margins: tables/contrast_margins.npz.
    """
    right: dict[tuple[str, str], dict[TicketName, NDArray[np.bool_]]] = {}
    with np.load(margins, allow_pickle=False) as saved:
        for key in saved.files:
            ticket, (name,) = TicketName.parse(key)
            values = saved[key] > 0
            for phenomenon, part in items[items["set"] == name].groupby("phenomenon", sort=False):
                of_tickets = right.setdefault(("contrast", f"{name}/{phenomenon}"), {})
                of_tickets[ticket] = values[part["item"].to_numpy()]
    return right


def right_predictions(labelled: Mapping[tuple[str, str], Labelled]) -> Right:
    """Which test items the probes of each ticket label right, by family of probes and task.

    Args:
        labelled: What `answers.predictions` returned.
    """
    return {
        key: {ticket: answered == task.gold for ticket, answered in task.predicted.items()}
        for key, task in labelled.items()
    }
