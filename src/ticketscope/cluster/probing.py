"""How large the probing tasks of an experiment are."""

import json
from dataclasses import dataclass
from importlib import resources

from ticketscope.config import Config
from ticketscope.probing import suites

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
    """

    train: int
    labels: int
    words: int
    classes: int
    batch: int
    replicates: int


def task_sizes(config: Config) -> dict[str, TaskSize]:
    """Sizes of the tasks that are probed, by id."""
    probing = config.probing
    known = _published()
    found = {}
    for name in suites.plan(probing).tasks:
        if probing.suite == "free" and name in known:
            train, labels, words, classes = known[name]
        else:
            train, labels, words, classes = _TOY if probing.suite == "toy" else _UNKNOWN
        most = probing.most(name)
        share = 1.0 if most is None else min(1.0, most / train)
        recipe = probing.of(name)
        found[name] = TaskSize(
            train=max(1, int(train * share)),
            labels=max(1, int(labels * share)),
            words=int(words * share * _DEV_AND_TEST),
            classes=classes,
            batch=recipe.batch_size,
            replicates=recipe.replicates,
        )
    return found


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
