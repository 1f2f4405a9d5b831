"""A task's label and the words that carry it: what is erased, and what a probe then reads."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ticketscope.behaviour import erasure, least_squares
from ticketscope.behaviour.erasure import NO_LABEL, Eraser, Vectors
from ticketscope.errors import InputError
from ticketscope.probing.data import Data, load
from ticketscope.probing.inputs import pack, vocabulary
from ticketscope.probing.instances import read_instances
from ticketscope.representations.layout import Integers
from ticketscope.representations.vectors import open_vectors

ERASED, RANDOM = "erased", "random"


@dataclass(frozen=True)
class Words:
    """Words of a split of a task.

    Attributes:
        vectors: Of the encoder's output (words, dim).
        labels: Class of each, or `NO_LABEL` (words,).
    """

    vectors: Vectors
    labels: Integers


class Condition(NamedTuple):
    """What is erased: a task's label, or a random subspace instead of it."""

    task: str
    kind: str


@dataclass(frozen=True)
class Erasure:
    """A condition's maps, and what a probe reads before and after the first.

    Attributes:
        erasers: The map; of random subspaces, several.
        probe: Accuracy on test of a linear probe that is trained on train, nothing erased.
        probe_erased: The same of erased vectors. Of the label's own map it is `majority`: on the
            words that the map was fit on there is nothing to learn.
        probe_left: Accuracy on test of a probe that is trained on erased vectors of dev: what is
            left in words that the map was not fit on.
        majority: Accuracy on test of the class that is most frequent in train.
    """

    erasers: tuple[Eraser, ...]
    probe: float
    probe_erased: float
    probe_left: float
    majority: float

    @property
    def eraser(self) -> Eraser:
        """The map, or the first of several."""
        return self.erasers[0]


def label_words(task: str, data: Mapping[str, Data]) -> dict[str, Words]:
    """The words of each split with their labels; vectors are those of the last layer.

    Raises:
        InputError: the task's labels are of pairs of words, or numbers.
    """
    kinds = {split.instances[0].kind for split in data.values()}
    if not kinds <= {"tokens", "selected"}:
        raise InputError(
            f"behaviour.erase.tasks: {task} has labels of the kind {kinds.pop()}; only classes of "
            "single words can be erased"
        )
    known = [data[name].instances for name in ("train", "dev")]
    classes = vocabulary(task, known, data["test"].instances).classes
    words = {}
    for name, split in data.items():
        vectors = split.vectors[-1]
        items = pack(split.instances, split.rows, len(vectors), classes)
        labels = np.full(len(vectors), NO_LABEL)
        labels[items.places[:, 0]] = items.targets
        words[name] = Words(vectors, labels)
    return words


def erasures(
    task: str, words: Mapping[str, Words], seed: list[int], draws: int
) -> dict[Condition, Erasure]:
    """The task's eraser and random ones beside it, fit on train.

    Args:
        task: Its name.
        words: What `label_words` returned.
        seed: Of the random ones.
        draws: How many of them.
    """
    train, test = words["train"], words["test"]

    def accuracy(split: str, change: Eraser | None) -> float:
        probe = least_squares.train(words[split].vectors, words[split].labels, change)
        return probe.accuracy(test.vectors, test.labels)

    erased = erasure.fit(train.vectors, train.labels)
    others = (erasure.random_like(erased, train.vectors, [*seed, i]) for i in range(draws))
    erasers = {ERASED: (erased,), RANDOM: tuple(others)}
    before, floor = accuracy("train", None), least_squares.majority(train.labels, test.labels)
    return {
        Condition(task, kind): Erasure(
            maps, before, accuracy("train", maps[0]), accuracy("dev", maps[0]), floor
        )
        for kind, maps in erasers.items()
    }


def erase_text(
    files: Mapping[str, Mapping[str, Path | str]],
    words: Path | str,
    places: Path | str,
    alignment: Path | str,
    *,
    seed: int,
    draws: int,
) -> dict[Condition, Erasure]:
    """The erasures of the tasks of one probing text.

    Args:
        files: Instances, by task and split.
        words: A ticket's word vectors of the text (npy: layers, words, dim).
        places: Where the instances lie in the text (npz).
        alignment: Of the text's words and subwords (npz).
        seed: The ticket's. Tickets of one seed get the same made-up labels for the same words.
        draws: Random subspaces beside each task.
    """
    # The last layer is what the decoder reads.
    vectors = open_vectors(words)[-1:]
    with np.load(alignment, allow_pickle=False) as arrays:
        spans = arrays["spans"]
    erased: dict[Condition, Erasure] = {}
    with np.load(places, allow_pickle=False) as rows:
        for task, splits in files.items():
            data = {
                split: load(read_instances(path), f"{task}/{split}", rows, spans, vectors)
                for split, path in splits.items()
            }
            task_seed = [seed, zlib.crc32(task.encode())]
            erased |= erasures(task, label_words(task, data), task_seed, draws)
    return erased
