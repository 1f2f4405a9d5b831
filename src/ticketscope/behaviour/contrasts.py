"""How many contrastive pairs a ticket gets right, by phenomenon, and which flip.

An item is right if the correct translation has the larger log-probability. That of a whole sentence
favours short ones, the mean per subword long ones (fairseq prints the latter): both are told, and a
phenomenon such as a deleted negation should be judged by both.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.plan.names import TicketName
from ticketscope.stats.resampling import interval, resample

CONTROL = "control"
COLUMNS = [
    "set", "phenomenon", "subset", "seed", "series", "ticket", "k", "items", "accuracy",
    "accuracy_low", "accuracy_high", "accuracy_per_token", "margin", "margin_per_token", "lost",
    "gained", "p_vs_lth0", "lost_vs_control", "gained_vs_control", "p_vs_control",
]  # fmt: skip
ITEM_COLUMNS = ["set", "item", "phenomenon", "minority", "tasks"]

Arrays = Mapping[str, NDArray[Any]]


def item_table(sets: Mapping[str, Sequence[Contrast]]) -> pd.DataFrame:
    """What is known of every item but its text, which others may own: `ITEM_COLUMNS`."""
    rows = [
        [name, number, item.phenomenon, item.minority, " ".join(item.tasks)]
        for name, items in sets.items()
        for number, item in enumerate(items)
    ]
    return pd.DataFrame(rows, columns=ITEM_COLUMNS)


def contrast_table(
    scores: Mapping[TicketName, Mapping[str, Arrays]], items: pd.DataFrame, *, resamples: int
) -> pd.DataFrame:
    """A row of `COLUMNS` for each phenomenon, subset and ticket.

    Subsets are all items; those whose correct form is the majority's or the minority's; and `own`:
    those whose correct side LTH0 of the same seed writes by itself. A human reference or a
    grammar's may be unlike anything that the model would write, and then says less about its
    choices (Vamvas & Sennrich 2021).

    Args:
        scores: What `contrast_scores.score_contrasts` returned, by ticket and set.
        items: `item_table`.
        resamples: Bootstrap resamples of the items, for the interval of the accuracy.
    """
    rows = []
    for (name, phenomenon), part in items.groupby(["set", "phenomenon"], sort=False):
        numbers = part["item"].to_numpy()
        minority = part["minority"]
        for ticket, of_sets in scores.items():
            arrays = {key: array[numbers] for key, array in of_sets[name].items()}
            subsets = {
                "all": np.ones(len(part), dtype=bool),
                "majority": (minority == False).to_numpy(),  # noqa: E712 - None is neither
                "minority": (minority == True).to_numpy(),  # noqa: E712
                "own": scores[ticket.dense][name]["greedy"][numbers],
            }
            for subset, chosen in subsets.items():
                if chosen.any():
                    references = _references(scores, ticket, name, numbers[chosen])
                    rows.append(
                        {"set": name, "phenomenon": phenomenon, "subset": subset}
                        | ticket.columns
                        | _row({key: array[chosen] for key, array in arrays.items()}, resamples)
                        | references
                    )
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def _row(arrays: Arrays, resamples: int) -> dict[str, Any]:
    right = arrays["margin"] > 0
    counts = resample(len(right), resamples)
    low, high = interval(counts @ right / len(right))
    return {
        "items": len(right),
        "accuracy": right.mean(),
        "accuracy_low": low,
        "accuracy_high": high,
        "accuracy_per_token": (arrays["margin_per_token"] > 0).mean(),
        "margin": arrays["margin"].mean(dtype=np.float64),
        "margin_per_token": arrays["margin_per_token"].mean(dtype=np.float64),
    }


def _references(
    scores: Mapping[TicketName, Mapping[str, Arrays]],
    ticket: TicketName,
    name: str,
    numbers: NDArray[np.int64],
) -> dict[str, Any]:
    """Flips against LTH0, and against the control of the same iteration, where there are these."""
    right = scores[ticket][name]["margin"][numbers] > 0
    columns: dict[str, Any] = {}
    for suffix, other in (("", ticket.dense), ("_vs_control", ticket._replace(series=CONTROL))):
        if ticket.k == 0 or other == ticket or other not in scores:
            continue
        before = scores[other][name]["margin"][numbers] > 0
        lost, gained = flips(before, right)
        p = mcnemar(lost, gained)
        columns |= {f"lost{suffix}": lost, f"gained{suffix}": gained}
        columns[f"p{suffix or '_vs_lth0'}"] = p
    return columns


def flips(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> tuple[int, int]:
    """Items that were right and are wrong, and those that were wrong and are right."""
    return int((before & ~after).sum()), int((~before & after).sum())


def mcnemar(lost: int, gained: int) -> float:
    """Exact two-sided p-value of the hypothesis that as many items are lost as gained.

    It compares two models, not two ways of training: the items are one training's (McNemar 1947).
    """
    return float(stats.binomtest(lost, lost + gained).pvalue) if lost + gained else 1.0


def margins(scores: Mapping[TicketName, Mapping[str, Arrays]]) -> Iterator[tuple[str, Any]]:
    """The arrays of tables/contrast_margins.npz: (items,) of each ticket and set."""
    for ticket, of_sets in scores.items():
        for name, arrays in of_sets.items():
            yield f"{ticket.key}/{name}", arrays["margin"]


def read_scores(path: Path) -> dict[str, dict[str, NDArray[Any]]]:
    """A ticket's file: by set, what `contrast_scores.score_contrasts` returned."""
    scores: dict[str, dict[str, NDArray[Any]]] = {}
    with np.load(path, allow_pickle=False) as saved:
        for key in saved.files:
            name, array = key.split("/")
            scores.setdefault(name, {})[array] = saved[key]
    return scores
