"""How large the probing tasks of an experiment are."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from ticketscope.probing.settings import Probing
from ticketscope.probing.tasks.registry import TASKS

# Of a task whose size is not known before it is read: that of the free suite's largest.
_UNKNOWN = (12_543, 204_585, 230_000, 50)
_TOY = (600, 3_000, 6_000, 30)
_DEV_AND_TEST = 1.3


@dataclass(frozen=True)
class TaskSize:
    """A task as it is probed.

    Attributes:
        train: Instances that are trained on.
        labels: Labels in them.
        words: Words of all its splits, of which the encoder gives vectors.
        classes: Labels to tell apart.
        batch: Instances in a batch.
        replicates: Probes that differ in seed only.
        pieces: Vectors of which a feature is made: of a pair of words x and y, [x; y; x * y].
    """

    train: int
    labels: int
    words: int
    classes: int
    batch: int
    replicates: int
    pieces: int


def task_sizes(probing: Probing, tasks: Iterable[str]) -> dict[str, TaskSize]:
    """Sizes of the tasks that are probed, by id."""
    published = _published()
    sizes = {}
    for name in tasks:
        if probing.suite == "free" and name in published:
            train, labels, words, classes = published[name]
        else:
            train, labels, words, classes = _TOY if probing.suite == "toy" else _UNKNOWN
        limit = probing.limit_of(name)
        share = 1.0 if limit is None else min(1.0, limit / train)
        recipe = probing.recipe_of(name)
        sizes[name] = TaskSize(
            train=max(1, int(train * share)),
            labels=max(1, int(labels * share)),
            words=int(words * share * _DEV_AND_TEST),
            classes=classes,
            batch=recipe.batch_size,
            replicates=recipe.replicates,
            pieces=3 if name in TASKS and TASKS[name].kind == "pairs" else 1,
        )
    return sizes


def _published() -> dict[str, tuple[int, int, int, int]]:
    """The free suite's sizes: instances, labels and words of train, classes."""
    text = resources.files("ticketscope.probing.free").joinpath("published.json").read_text("utf-8")
    return {
        name: (
            task["splits"]["train"]["instances"],
            task["splits"]["train"]["labels"],
            task["splits"]["train"]["tokens"],
            task.get("label_types", {"train": 1})["train"],  # numbers are one output
        )
        for name, task in json.loads(text).items()
    }
