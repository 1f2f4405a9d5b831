"""The instances of a split with the vectors of their words, from what the text job has laid out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.inputs import Vectors
from ticketscope.probing.instances import Instance
from ticketscope.representations.layout import Integers, starts


@dataclass(frozen=True)
class Data:
    """A split of a task.

    Attributes:
        instances: Its instances.
        vectors: Word vectors (layers, words, dim).
        rows: First row of each instance's words among the vectors, and the row after the last
            (instances, 2).
        shuffled: Vectors of the same words, read in permuted order; None if they were not encoded.
    """

    instances: Sequence[Instance]
    vectors: Vectors
    rows: Integers
    shuffled: Vectors | None = None


def load(
    instances: Iterable[Instance],
    key: str,
    places: Mapping[str, Integers],
    spans: NDArray[np.int32],
    vectors: Vectors,
) -> Data:
    """The instances that have a place in the text, and the vectors of their words.

    Words without subwords have no vector. They are left out, and with them an instance in which
    nothing else is to be predicted.

    Args:
        instances: All instances of the file.
        key: Task and split.
        places: As `Text.place_arrays` returns them.
        spans: Subwords of the text's words (words, 2), as in `TextAlignment`.
        vectors: Word vectors of the text (layers, words, dim); may be a memory map.
    """
    wanted = set(places[f"{key}/instances"].tolist())
    placed = [instance for number, instance in enumerate(instances) if number in wanted]
    rows, shuffled = places[key], places.get(f"{key}/shuffled")
    missing = missing_words(spans, rows)
    if shuffled is not None:
        missing |= missing_words(spans, shuffled)
    bounds = starts(rows[:, 1] - rows[:, 0])
    kept = []
    for number, instance in enumerate(placed):
        here = slice(bounds[number], bounds[number + 1])
        rest = instance.without(missing[here])
        if rest is None:
            missing[here] = True
        kept.append(rest)
    there = np.array([instance is not None for instance in kept], dtype=bool)
    chosen, own_rows = instance_vectors(vectors, rows, missing)
    return Data(
        [instance for instance in kept if instance is not None],
        chosen,
        own_rows[there],
        None if shuffled is None else instance_vectors(vectors, shuffled, missing)[0],
    )


def instance_vectors(
    vectors: Vectors, rows: Integers, missing: NDArray[np.bool_]
) -> tuple[Vectors, Integers]:
    """Select the word vectors of some instances.

    Args:
        vectors: Word vectors of the text (layers, words, dim); may be a memory map.
        rows: As in `text.Place.rows`.
        missing: Words to leave out (words of all the instances,), instance after instance.

    Returns:
        Vectors (layers, words of the instances, dim), and each instance's rows in them.
    """
    sizes = rows[:, 1] - rows[:, 0]
    begins = starts(sizes)
    chosen = np.arange(begins[-1]) + np.repeat(rows[:, 0] - begins[:-1], sizes)
    bounds = starts((~missing).astype(np.int64))[begins]
    return vectors[:, chosen[~missing]], np.stack([bounds[:-1], bounds[1:]], axis=1)


def missing_words(spans: NDArray[np.int32], rows: Integers) -> NDArray[np.bool_]:
    """Whether each word of some instances has no subwords (words of all the instances,)."""
    empty = spans[:, 0] == spans[:, 1]
    parts = [empty[first:last] for first, last in rows.tolist()]
    return np.concatenate([np.zeros(0, dtype=bool), *parts])
