"""The training instances that `limit` leaves: whole documents, drawn by their names alone.

The draw is a function of the names, so it is the same for all tickets, seeds and experiments, and
tasks on the same corpus share their documents, which are then encoded once.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ticketscope.probing.instances import Instance
from ticketscope.representations.layout import Integers

SEED = 0


def sample(instances: Sequence[Instance], limit: int | None) -> Integers:
    """Numbers of the sampled instances, ascending.

    Documents are taken in a random order, each if it still fits as a whole. Where there is no
    more than one, instances are taken instead. If no document fits, the first is cut at the limit.

    Args:
        instances: All instances of a split.
        limit: Largest number of instances; None: no limit.
    """
    if limit is None or limit >= len(instances):
        return np.arange(len(instances))
    whole = len({instance.document for instance in instances}) > 1
    documents: dict[str, list[int]] = defaultdict(list)
    for number, instance in enumerate(instances):
        name = instance.document if whole else None
        documents[name or f"instance {instance.id}"].append(number)
    order = sorted(documents, key=_place)
    chosen: list[int] = []
    for name in order:
        if len(chosen) + len(documents[name]) <= limit:
            chosen += documents[name]
    return np.array(sorted(chosen or documents[order[0]][:limit]), dtype=np.int64)


def _place(name: str) -> bytes:
    return hashlib.sha256(f"{SEED} {name}".encode()).digest()
