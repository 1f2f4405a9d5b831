"""A task in the form that all kinds of probes read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ticketscope.errors import InputError
from ticketscope.probing.data import Data
from ticketscope.probing.inputs import Split, Vectors, Vocabulary, pack, scaling_of, vocabulary
from ticketscope.probing.metrics import Metric, metric_of
from ticketscope.probing.settings import Probing, Recipe
from ticketscope.probing.tasks.registry import SPLITS, Task


@dataclass(frozen=True)
class Prepared:
    """A task, read and checked.

    Attributes:
        task: A task of the registry or of the user.
        recipe: How its probes are trained.
        splits: `train`, `dev` and `test`.
        vocabulary: Its classes.
        metric: Scores predictions.
        instances: Ids of the test instances.
        scaling: Of the vectors, by the statistics of `train`.
        shuffled: The splits with the vectors of permuted sentences; None: there are none.
    """

    task: Task
    recipe: Recipe
    splits: Mapping[str, Split]
    vocabulary: Vocabulary
    metric: Metric
    instances: Sequence[str]
    scaling: tuple[Vectors, Vectors]
    shuffled: Mapping[str, Split] | None

    @property
    def outputs(self) -> int:
        """Outputs of a probe."""
        return self.vocabulary.known or 1


def prepare(task: Task, data: Mapping[str, Data], settings: Probing) -> Prepared:
    """Prepare a task for all kinds of probes.

    Args:
        task: A task of the registry or of the user.
        data: `train`, `dev` and `test`.
        settings: Section `probing` of the config.

    Raises:
        InputError: a split is empty, all labels of train are the same, labels do not fit the
            metric, test has nothing that it counts, or words lack vectors.
    """
    known = [data[name].instances for name in ("train", "dev")]
    words = vocabulary(task.id, known, data["test"].instances)
    if (task.metric == "pearson") != (not words.classes):
        raise InputError(f"task {task.id}: {task.metric} does not fit its labels")
    splits = {name: _packed(task.id, name, data[name], words.classes) for name in SPLITS}
    try:
        metric = metric_of(task.metric, words.classes)
    except InputError as error:
        raise InputError(f"task {task.id}: {error}") from None
    _check_labels(task, splits, metric)
    scaling = scaling_of(splits["train"])
    shuffled = {
        name: Split(splits[name].items, vectors)
        for name in SPLITS
        if settings.shuffled and (vectors := data[name].shuffled) is not None
    }
    if settings.standardise == "all":
        splits = {name: replace(split, scaling=scaling) for name, split in splits.items()}
        of_shuffled = scaling_of(shuffled["train"]) if shuffled else None
        shuffled = {name: replace(split, scaling=of_shuffled) for name, split in shuffled.items()}
    return Prepared(
        task,
        settings.recipe_of(task.id),
        splits,
        words,
        metric,
        [instance.id for instance in data["test"].instances],
        scaling,
        shuffled or None,
    )


def _check_labels(task: Task, splits: Mapping[str, Split], metric: Metric) -> None:
    """Refuse labels of which every probe would say the same."""
    train, test = splits["train"].items.targets, splits["test"].items
    if (train == train[0]).all():
        raise InputError(
            f"task {task.id}: all {len(train)} training labels are the same: raise probing.limit, "
            "or leave the task out (probing.tasks, probing.own)"
        )
    if metric.score(test.targets[None], test.targets, test.offsets)[0] == 0:
        raise InputError(
            f"task {task.id}: {task.metric} finds nothing to count in the labels of test: even "
            "perfect predictions would score 0"
        )


def _packed(task: str, name: str, data: Data, classes: tuple[str, ...]) -> Split:
    if not data.instances:
        raise InputError(f"task {task}: {name} holds no instance")
    return Split(pack(data.instances, data.rows, data.vectors.shape[1], classes), data.vectors)
