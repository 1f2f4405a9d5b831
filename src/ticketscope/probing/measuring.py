"""Training and evaluation of one family of probes for one task on one ticket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.plan.names import TicketName
from ticketscope.probing import vinformation
from ticketscope.probing.baselines import control_task, word_majority
from ticketscope.probing.codelength import STEPS, Code, grid, online_code
from ticketscope.probing.evaluation import evaluate, exact_losses, predictions
from ticketscope.probing.inputs import Split, Vectors
from ticketscope.probing.metrics import Metric, Statistics, metric_of
from ticketscope.probing.prepared import Prepared
from ticketscope.probing.probes import Stack, fresh
from ticketscope.probing.result import Row
from ticketscope.probing.settings import Kind, Probing
from ticketscope.probing.tasks.registry import SPLITS
from ticketscope.probing.training import Criterion, Fit, highest, lowest_loss, train
from ticketscope.representations.layout import Integers
from ticketscope.representations.progress import Pace
from ticketscope.runtime.devices import full_memory


@dataclass(frozen=True)
class Measured:
    """Results of all layers and replicates of a task.

    Attributes:
        rows: Ordered by layer and then by replicate.
        classes: Labels of the predicted class numbers; empty for values.
        predicted: Predictions on test (probes, items).
        gold: Class numbers or values of the test items (items,).
        instances: Ids of the test instances.
        offsets: First item of each test instance, and the end (instances + 1,).
        statistics: Counts on test (probes, instances, counts), for `metrics` and the bootstrap.
        pointwise: V-information of each test item, in bits (probes, items).
        ends: Ends of the online code's blocks, in instances; None without online code.
        probes: The trained probes.
        scaling: What their inputs are standardised by, as in `Split`; None: they are not.
    """

    rows: list[Row]
    classes: tuple[str, ...]
    predicted: NDArray[Any]
    gold: NDArray[Any]
    instances: Sequence[str]
    offsets: Integers
    statistics: Statistics
    pointwise: NDArray[np.float64]
    ends: tuple[int, ...] | None
    probes: Stack
    scaling: tuple[Vectors, Vectors] | None


@full_memory("lower probing.limit, or probing.by_task.<task>.limit")
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
    pace = Pace(_epochs(prepared, settings), "probe-epochs", progress)
    job = _Job(prepared, ticket, kind, settings, device, pace)
    by_score, by_loss = job.fit(splits, highest(metric, splits["dev"].items), lowest_loss)
    test = splits["test"].items
    at_floor = by_score.dev <= 0
    dev = by_score.dev
    if at_floor.any():  # the value that chose the epoch was no score
        dev = np.where(at_floor, job.scores(by_score, splits["dev"], metric), dev)
    predicted = evaluate(by_score.probes, splits["test"], predictions)
    statistics = metric.statistics(predicted, test.targets, test.offsets)
    bits = job.pointwise(by_loss, splits)
    columns: dict[str, Any] = {
        "layer": by_score.probes.layers,
        "replicate": by_score.probes.replicates,
        "dev": dev,
        "test": metric.value(statistics.sum(axis=1)),
        "v_information": bits.mean(axis=1),
        "best_epoch": by_score.best_epoch,
        "epochs": by_score.epochs,
        "at_floor": at_floor,
        "undertrained": by_score.best_epoch == by_score.epochs,
    }
    if settings.control:
        columns |= job.control(predicted)
    if prepared.shuffled is not None:
        dev_items = prepared.shuffled["dev"].items
        (fit,) = job.fit(prepared.shuffled, highest(metric, dev_items))
        columns["shuffled"] = job.scores(fit, prepared.shuffled["test"], metric)
    if settings.conditional:
        columns["v_information_conditional"] = job.conditional(bits)
    code = job.code() if settings.has_code(task.id) else None
    if code is not None:
        columns |= {
            "codelength_bits": code.bits,
            "compression": code.compression,
            "blocks_undertrained": code.undertrained,
        }
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
    return Measured(
        rows,
        prepared.vocabulary.classes,
        predicted,
        test.targets,
        prepared.instances,
        test.offsets,
        statistics,
        bits,
        code.ends if code else None,
        by_score.probes,
        splits["train"].scaling,
    )


def _epochs(prepared: Prepared, settings: Probing) -> int:
    """The most epochs that all probes of a task can take."""
    recipe = prepared.recipe
    probes = len(prepared.splits["train"].vectors) * recipe.replicates
    runs = 1 + settings.control + (prepared.shuffled is not None)
    epochs = probes * recipe.max_epoch * runs
    if settings.conditional:
        epochs += (probes - recipe.replicates) * recipe.max_epoch
    if settings.has_code(prepared.task.id):
        epochs += probes * settings.block_looks * len(settings.fractions)
    return epochs


@dataclass(frozen=True)
class _Job:
    """All trainings of a task on a ticket; fields as in `measure`."""

    prepared: Prepared
    ticket: TicketName
    kind: Kind
    settings: Probing
    device: str
    pace: Pace

    @property
    def seeds(self) -> list[int]:
        """A seed for each replicate."""
        return [
            int(np.random.default_rng([self.ticket.seed, replicate]).integers(2**62))
            for replicate in range(self.prepared.recipe.replicates)
        ]

    def _untrained(
        self, outputs: int, seeds: Sequence[int], width: int | None = None, first: int = 0
    ) -> Stack:
        train = self.prepared.splits["train"]
        layers = range(first, len(train.vectors))
        hidden = None if self.kind == "linear" else self.prepared.recipe.hidden
        return fresh(width or train.width, hidden, outputs, layers, seeds, self.device)

    def fit(self, splits: Mapping[str, Split], *criteria: Criterion, first: int = 0) -> list[Fit]:
        """Train on all of `train`, from layer `first` on."""
        return train(
            self._untrained(self.prepared.outputs, self.seeds, splits["train"].width, first),
            splits,
            self.prepared.recipe,
            criteria=criteria,
            seeds=self.seeds,
            instances=[np.arange(splits["train"].items.instances)] * len(self.seeds),
            advance=self.pace.advance,
        )

    def scores(self, fit: Fit, split: Split, metric: Metric) -> NDArray[np.float64]:
        """Score of each probe on a split (probes,)."""
        predicted = evaluate(fit.probes, split, predictions)
        return metric.score(predicted, split.items.targets, split.items.offsets)

    def pointwise(self, fit: Fit, splits: Mapping[str, Split]) -> NDArray[np.float64]:
        """V-information of each test item (probes, items)."""
        train, dev, test = (splits[name].items.targets for name in SPLITS)
        if not splits["test"].items.regression:
            outputs = self.prepared.outputs
            # Labels that only test has are no output of a probe; `vinformation` leaves them out.
            known = replace(splits["test"].items, targets=np.minimum(test, outputs - 1))
            loss = evaluate(fit.probes, replace(splits["test"], items=known), exact_losses)
            return vinformation.pointwise(loss, train, test, outputs)
        on_test, on_dev = (
            evaluate(fit.probes, splits[name], predictions) for name in ("test", "dev")
        )
        return vinformation.pointwise_values(on_test, on_dev, train, dev, test)

    def conditional(self, bits: NDArray[np.float64]) -> NDArray[np.float64]:
        """V-information of each layer beyond that of layer 0 (probes,).

        The probes read a layer beside layer 0. Of layer 0 alone they are the probes of layer 0:
        those that read it beside zeros can predict neither more nor less.

        Args:
            bits: `pointwise` of the probes of all layers.
        """
        splits = {name: replace(split, beside=True) for name, split in self.prepared.splits.items()}
        (fit,) = self.fit(splits, lowest_loss, first=1)
        both = self.pointwise(fit, splits).mean(axis=1)
        alone = bits.mean(axis=1)[: len(self.seeds)]
        of_layers = both.reshape(-1, len(self.seeds)) - alone
        return np.concatenate([np.zeros(len(self.seeds)), of_layers.ravel()])

    def control(self, predicted: NDArray[Any]) -> dict[str, Any]:
        """Columns of the control task.

        Args:
            predicted: Predictions on the test split of the task itself (probes, items).
        """
        known, test = self.prepared.splits, self.prepared.splits["test"].items
        # Segments and errors are compared by token, too.
        metric = metric_of("pearson" if test.regression else "accuracy")
        drawn = control_task({name: split.items for name, split in known.items()}, self.ticket.seed)
        splits = {name: replace(split, items=drawn.splits[name]) for name, split in known.items()}
        (fit,) = self.fit(splits, highest(metric, splits["dev"].items))
        control_predicted = evaluate(fit.probes, splits["test"], predictions)
        targets = splits["test"].items.targets
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

    def code(self) -> Code:
        """Online code of the labels of `train`."""
        prepared, settings = self.prepared, self.settings
        values = prepared.splits["train"].items.regression
        splits = grid(prepared.splits) if values else dict(prepared.splits)
        if settings.standardise != "none":
            splits = {
                name: replace(split, scaling=prepared.scaling) for name, split in splits.items()
            }
        outputs = STEPS if values else prepared.outputs
        code = online_code(
            lambda seeds: self._untrained(outputs, seeds),
            splits,
            outputs,
            prepared.recipe.model_copy(update={"max_epoch": settings.block_looks}),
            seeds=self.seeds,
            fractions=settings.fractions,
            least=settings.least,
            steps=settings.block_steps,
            advance=self.pace.advance,
        )
        # Blocks that were joined are reported as passed.
        joined = len(settings.fractions) + 1 - len(code.ends)
        self.pace.advance(len(code.bits) * settings.block_looks * joined)
        return code
