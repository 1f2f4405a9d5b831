"""Everything that is measured of a task on a ticket with one family of probes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
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
    """A split as it comes: instances, word vectors (layers, words, dim), and whose are whose.

    `rows` holds the first of each instance's words among the vectors, and the one after the last
    (instances, 2).
    """

    instances: Sequence[Instance]
    vectors: Vectors
    rows: Integers


@dataclass(frozen=True)
class Prepared:
    """A task as probes read it, whatever their kind.

    Attributes:
        task: Of the registry, or a user's own.
        recipe: Of its trainings.
        splits: `train`, `dev` and `test`.
        classes: What numbers stand for; empty for values.
        metric: Scores predicted numbers.
    """

    task: Task
    recipe: Recipe
    splits: Mapping[str, Split]
    classes: tuple[str, ...]
    metric: Metric


@dataclass(frozen=True)
class Ticket:
    """Whose representations are probed."""

    seed: int
    series: str
    name: str


@dataclass(frozen=True)
class Measured:
    """The rows of all layers and replicates of a task, and what can be asked of them later.

    Attributes:
        rows: Layer by layer, in each replicate by replicate.
        classes: What predicted numbers stand for; empty for values.
        predicted: On test (probes, items).
        statistics: On test (probes, instances, counts), for `metrics` and the bootstrap.
        pointwise: V-information of each test item, in bits (probes, items).
        ends: Blocks of the online code, in instances; None: not asked for.
    """

    rows: list[Row]
    classes: tuple[str, ...]
    predicted: NDArray[Any]
    statistics: Statistics
    pointwise: NDArray[np.float64]
    ends: tuple[int, ...] | None


def prepare(task: Task, data: Mapping[str, Data], settings: Probing) -> Prepared:
    """Put a task together, once for all kinds of probes.

    Args:
        task: Of the registry, or a user's own.
        data: `train`, `dev` and `test`.
        settings: The config's section.

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
    ticket: Ticket,
    kind: Kind,
    settings: Probing,
    *,
    device: str,
    progress: Callable[[str], None],
) -> Measured:
    """Train and evaluate the probes of all layers.

    Seeds depend on the ticket's seed and the replicate only, so that all tickets of a seed meet the
    same initialisations, orders, shuffles and control labels.

    Args:
        prepared: The task.
        ticket: Its names, for the rows.
        kind: Of probe.
        settings: The config's section.
        device: cpu or cuda.
        progress: Told how far it is.
    """
    task, recipe, metric = prepared.task, prepared.recipe, prepared.metric
    splits, classes = prepared.splits, prepared.classes
    probes = len(splits["train"].vectors) * recipe.replicates
    blocks = len(settings.fractions) if settings.codelength else 0
    total = probes * recipe.max_epoch * (1 + settings.control + blocks)
    job = _Job(
        splits=splits,
        classes=classes,
        hidden=None if kind == "linear" else recipe.hidden,
        recipe=recipe,
        seeds=[
            int(np.random.default_rng([ticket.seed, replicate]).integers(2**62))
            for replicate in range(recipe.replicates)
        ],
        device=device,
        pace=Pace(total, "probe-epochs", progress),
    )
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
        "ticket": ticket.name,
        "metric": task.metric,
        "majority": float(metric.score(majority, test.targets, test.offsets)[0]),
        "n_train": len(splits["train"].items),
        "n_test": len(test),
        "patience": recipe.patience,
    }
    rows = [
        Row(**constant, **{name: column[i].item() for name, column in columns.items()})
        for i in range(probes)
    ]
    return Measured(rows, classes, predicted, statistics, bits, code.ends if code else None)


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
    """What all trainings of a task on a ticket have in common."""

    splits: Mapping[str, Split]
    classes: tuple[str, ...]
    hidden: int | None
    recipe: Recipe
    seeds: list[int]
    device: str
    pace: Pace

    def _untrained(self, outputs: int, seeds: Sequence[int]) -> Stack:
        split = self.splits["train"]
        return fresh(
            split.width, self.hidden, outputs, range(len(split.vectors)), seeds, self.device
        )

    def fit(self, splits: Mapping[str, Split], *criteria: Criterion) -> list[Fit]:
        """Train on the whole of `train`."""
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
        """Columns of the control task; `predicted` is what was said on the task's own test."""
        # Segments and errors too are compared by token.
        metric = metric_of("accuracy" if self.classes else "pearson")
        drawn = control_task({name: split.items for name, split in self.splits.items()}, seed)
        splits = {
            name: replace(split, items=drawn.splits[name]) for name, split in self.splits.items()
        }
        (fit,) = self.fit(splits, _highest(metric, splits["dev"]))
        found = evaluate(fit.probes, splits["test"], predictions)
        test, targets = self.splits["test"].items, splits["test"].items.targets
        score = metric.score(found, targets, test.offsets)
        seen = np.full(len(score), np.nan)
        if drawn.seen.any():
            together = np.array([0, drawn.seen.sum()])
            seen = metric.score(found[:, drawn.seen], targets[drawn.seen], together)
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
        # Blocks that were joined are passed at once.
        joined = len(fractions) + 1 - len(code.ends)
        self.pace.advance(len(code.bits) * self.recipe.max_epoch * joined)
        return code
