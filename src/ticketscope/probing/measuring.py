"""Training and evaluation of one family of probes for one task on one ticket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.probing import vinformation
from ticketscope.probing.baselines import control_task, word_majority
from ticketscope.probing.codelength import STEPS, Code, grid, online_code
from ticketscope.probing.evaluation import evaluate, exact_losses, predictions
from ticketscope.probing.inputs import Split, Vectors, pack, vocabulary
from ticketscope.probing.instances import Instance
from ticketscope.probing.metrics import Metric, Statistics, metric_of
from ticketscope.probing.probes import Stack, fresh
from ticketscope.probing.result import Row
from ticketscope.probing.settings import Kind, Probing, Recipe
from ticketscope.probing.tasks.registry import SPLITS, Task
from ticketscope.probing.training import Criterion, Fit, lowest_loss, train
from ticketscope.representations.layout import Integers
from ticketscope.representations.progress import Pace


@dataclass(frozen=True)
class Data:
    """A split before `prepare`.

    Attributes:
        instances: Its instances.
        vectors: Word vectors (layers, words, dim).
        rows: First row of each instance's words among the vectors, and the row after the last
            (instances, 2).
    """

    instances: Sequence[Instance]
    vectors: Vectors
    rows: Integers


@dataclass(frozen=True)
class Prepared:
    """A task in the form that all kinds of probes read.

    Attributes:
        task: A task of the registry or of the user.
        recipe: How its probes are trained.
        splits: `train`, `dev` and `test`.
        classes: Labels of the class numbers; empty for values.
        metric: Scores predictions.
    """

    task: Task
    recipe: Recipe
    splits: Mapping[str, Split]
    classes: tuple[str, ...]
    metric: Metric


@dataclass(frozen=True)
class Measured:
    """Results of all layers and replicates of a task.

    Attributes:
        rows: Ordered by layer and then by replicate.
        classes: Labels of the predicted class numbers; empty for values.
        predicted: Predictions on test (probes, items).
        statistics: Counts on test (probes, instances, counts), for `metrics` and the bootstrap.
        pointwise: V-information of each test item, in bits (probes, items).
        ends: Ends of the online code's blocks, in instances; None without online code.
    """

    rows: list[Row]
    classes: tuple[str, ...]
    predicted: NDArray[Any]
    statistics: Statistics
    pointwise: NDArray[np.float64]
    ends: tuple[int, ...] | None


def prepare(task: Task, data: Mapping[str, Data], settings: Probing) -> Prepared:
    """Prepare a task for all kinds of probes.

    Args:
        task: A task of the registry or of the user.
        data: `train`, `dev` and `test`.
        settings: Section `probing` of the config.

    Raises:
        InputError: a split is empty, labels do not fit the metric, or words lack vectors.
    """
    data = {**data, "train": _first(data["train"], settings.limit_of(task.id))}
    classes = vocabulary(task.id, [data[name].instances for name in SPLITS])
    if (task.metric == "pearson") != (not classes):
        raise InputError(f"task {task.id}: {task.metric} does not fit its labels")
    splits = {name: _packed(task.id, name, data[name], classes) for name in SPLITS}
    return Prepared(
        task, settings.recipe_of(task.id), splits, classes, metric_of(task.metric, classes)
    )


def measure(
    prepared: Prepared,
    ticket: TicketName,
    kind: Kind,
    settings: Probing,
    *,
    device: str,
    progress: Callable[[str], None],
) -> Measured:
    """Train and evaluate the probes of all layers.

    Seeds depend only on the ticket's seed and the replicate, so all tickets of a seed get the same
    initialisations, orders, shuffles and control labels.

    Args:
        prepared: The task.
        ticket: The ticket, for seeds and rows.
        kind: Family of probes.
        settings: Section `probing` of the config.
        device: cpu or cuda.
        progress: Receives progress messages.
    """
    task, metric, splits = prepared.task, prepared.metric, prepared.splits
    job = _Job.of(prepared, ticket, kind, settings, device, progress)
    by_score, by_loss = job.fit(splits, _highest(metric, splits["dev"]), lowest_loss)
    test = splits["test"].items
    predicted = evaluate(by_score.probes, splits["test"], predictions)
    statistics = metric.statistics(predicted, test.targets, test.offsets)
    bits = job.pointwise(by_loss)
    columns: dict[str, Any] = {
        "layer": by_score.probes.layers,
        "replicate": by_score.probes.replicates,
        "dev": by_score.dev,
        "test": metric.value(statistics.sum(axis=1)),
        "v_information": bits.mean(axis=1),
        "best_epoch": by_score.best_epoch,
        "epochs": by_score.epochs,
    }
    if settings.control:
        columns |= job.control(predicted, ticket.seed)
    code = job.code(settings.fractions, settings.least) if settings.codelength else None
    if code is not None:
        columns |= {"codelength_bits": code.bits, "compression": code.compression}
    majority = word_majority(splits["train"].items, test)[None]
    constant: dict[str, Any] = {
        "suite": settings.suite,
        "task": task.id,
        "group": task.group,
        "probe": kind,
        "seed": ticket.seed,
        "series": ticket.series,
        "ticket": ticket.label,
        "metric": task.metric,
        "majority": float(metric.score(majority, test.targets, test.offsets)[0]),
        "n_train": len(splits["train"].items),
        "n_test": len(test),
        "patience": prepared.recipe.patience,
    }
    rows = [
        Row(**constant, **{name: column[i].item() for name, column in columns.items()})
        for i in range(len(by_score.probes))
    ]
    ends = code.ends if code else None
    return Measured(rows, prepared.classes, predicted, statistics, bits, ends)


def _first(data: Data, limit: int | None) -> Data:
    return replace(data, instances=data.instances[:limit], rows=data.rows[:limit])


def _packed(task: str, name: str, data: Data, classes: tuple[str, ...]) -> Split:
    if not data.instances:
        raise InputError(f"task {task}: {name} holds no instance")
    return Split(pack(data.instances, data.rows, data.vectors.shape[1], classes), data.vectors)


def _highest(metric: Metric, dev: Split) -> Criterion:
    def score(predicted: NDArray[Any]) -> NDArray[np.float64]:
        return metric.score(predicted, dev.items.targets, dev.items.offsets)

    return Criterion(predictions, score)


@dataclass(frozen=True)
class _Job:
    """What all trainings of a task on a ticket share."""

    splits: Mapping[str, Split]
    classes: tuple[str, ...]
    hidden: int | None
    recipe: Recipe
    seeds: list[int]
    device: str
    pace: Pace

    @classmethod
    def of(
        cls,
        prepared: Prepared,
        ticket: TicketName,
        kind: Kind,
        settings: Probing,
        device: str,
        progress: Callable[[str], None],
    ) -> "_Job":
        """Arguments as in `measure`."""
        recipe = prepared.recipe
        probes = len(prepared.splits["train"].vectors) * recipe.replicates
        blocks = len(settings.fractions) if settings.codelength else 0
        epochs = probes * recipe.max_epoch * (1 + settings.control + blocks)
        return cls(
            splits=prepared.splits,
            classes=prepared.classes,
            hidden=None if kind == "linear" else recipe.hidden,
            recipe=recipe,
            seeds=[
                int(np.random.default_rng([ticket.seed, replicate]).integers(2**62))
                for replicate in range(recipe.replicates)
            ],
            device=device,
            pace=Pace(epochs, "probe-epochs", progress),
        )

    def _untrained(self, outputs: int, seeds: Sequence[int]) -> Stack:
        train = self.splits["train"]
        layers = range(len(train.vectors))
        return fresh(train.width, self.hidden, outputs, layers, seeds, self.device)

    def fit(self, splits: Mapping[str, Split], *criteria: Criterion) -> list[Fit]:
        """Train on all of `train`."""
        return train(
            self._untrained(len(self.classes) or 1, self.seeds),
            splits,
            self.recipe,
            criteria=criteria,
            seeds=self.seeds,
            instances=[np.arange(splits["train"].items.instances)] * len(self.seeds),
            advance=self.pace.advance,
        )

    def pointwise(self, fit: Fit) -> NDArray[np.float64]:
        """V-information of each test item (probes, items)."""
        train, dev, test = (self.splits[name].items.targets for name in SPLITS)
        if self.classes:
            loss = evaluate(fit.probes, self.splits["test"], exact_losses)
            return vinformation.pointwise(loss, train, test, len(self.classes))
        on_test, on_dev = (
            evaluate(fit.probes, self.splits[name], predictions) for name in ("test", "dev")
        )
        return vinformation.pointwise_values(on_test, on_dev, train, dev, test)

    def control(self, predicted: NDArray[Any], seed: int) -> dict[str, Any]:
        """Columns of the control task.

        Args:
            predicted: Predictions on the test split of the task itself (probes, items).
            seed: Seed of the control labels.
        """
        # Segments and errors are compared by token, too.
        metric = metric_of("accuracy" if self.classes else "pearson")
        drawn = control_task({name: split.items for name, split in self.splits.items()}, seed)
        splits = {
            name: replace(split, items=drawn.splits[name]) for name, split in self.splits.items()
        }
        (fit,) = self.fit(splits, _highest(metric, splits["dev"]))
        control_predicted = evaluate(fit.probes, splits["test"], predictions)
        test, targets = self.splits["test"].items, splits["test"].items.targets
        score = metric.score(control_predicted, targets, test.offsets)
        seen = np.full(len(score), np.nan)
        if drawn.seen.any():
            offsets = np.array([0, drawn.seen.sum()])
            seen = metric.score(control_predicted[:, drawn.seen], targets[drawn.seen], offsets)
        return {
            "control": score,
            "control_seen": seen,
            "control_ceiling": np.full(len(score), drawn.ceiling),
            "control_forms": np.full(len(score), drawn.forms),
            "selectivity": metric.score(predicted, test.targets, test.offsets) - score,
        }

    def code(self, fractions: Sequence[float], least: int) -> Code:
        """Online code of the labels of `train`."""
        outputs = len(self.classes) or STEPS
        code = online_code(
            lambda seeds: self._untrained(outputs, seeds),
            self.splits if self.classes else grid(self.splits),
            outputs,
            self.recipe,
            seeds=self.seeds,
            fractions=fractions,
            least=least,
            advance=self.pace.advance,
        )
        # Blocks that were joined are reported as passed.
        joined = len(fractions) + 1 - len(code.ends)
        self.pace.advance(len(code.bits) * self.recipe.max_epoch * joined)
        return code
