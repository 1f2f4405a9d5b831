"""Joint training of the probes of all layers and replicates of a task.

Adam works element by element and the loss is a sum over probes. Training in a stack therefore gives
each probe the weights that it would have alone, apart from the order of summation in matrix
products. A probe that stops leaves the stack.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.probing.adam import Adam, Flat
from ticketscope.probing.evaluation import (
    ItemFunction,
    block_items,
    block_sizes,
    evaluate_blocks,
    local_layers,
    losses,
    predictions,
    shared_blocks,
    slabs,
)
from ticketscope.probing.gradients import add_gradients
from ticketscope.probing.inputs import Block, Features, Items, Split, mean_weights
from ticketscope.probing.metrics import Metric
from ticketscope.probing.probes import Stack, join
from ticketscope.probing.settings import Recipe
from ticketscope.representations.layout import Integers, starts


class Criterion(NamedTuple):
    """Score on dev that chooses the epoch.

    Attributes:
        functions: Each computes a value for each item of dev.
        score: Values of each function (stack, items) -> a number per probe, the higher the better.
    """

    functions: tuple[ItemFunction, ...]
    score: Callable[..., NDArray[np.float64]]


# The mean dev loss (cross entropy), negated.
lowest_loss = Criterion((losses,), lambda loss: -loss.mean(axis=1, dtype=np.float64))


def floor(metric: Metric, items: Items) -> float:
    """The best score of a prediction that is the same for all items; it needs no vectors.

    Accuracy: the share of the most frequent label. F1 of a rare label: that of saying it always,
    2p / (1 + p) for its share p. Pearson's r: 0.
    """
    if items.regression:
        return 0.0
    return max(
        float(metric.score(np.full((1, len(items)), label), items.targets, items.offsets)[0])
        for label in np.unique(items.targets)
    )


def highest(metric: Metric, dev: Items) -> Criterion:
    """The score on dev where it is above its floor; until then, the lowest dev loss.

    A score such as F1 stays at 0 for many epochs while a probe predicts the most frequent class,
    and is above 0 by chance where it predicts a rare class alone, as untrained probes may. Neither
    says anything about the vectors, and patience would stop the probe before it has learned
    anything. A positive value is a score above the floor; any other is the dev loss, negated, which
    is below every such score.
    """
    lowest = floor(metric, dev)

    def score(predicted: NDArray[Any], loss: NDArray[Any]) -> NDArray[np.float64]:
        scores = metric.score(predicted, dev.targets, dev.offsets)
        return np.where(scores > lowest, scores, lowest_loss.score(loss))

    return Criterion((predictions, losses), score)


class Patience:
    """Best epoch and end of training of each probe.

    A score strictly above the best so far is a new best. A probe stops after `patience` consecutive
    epochs without progress (AllenNLP): without a new best or, where a score is a dev loss, negated,
    without a lower loss. A probe that was above its floor by chance learns on while its loss falls.

    Attributes:
        best: Best score (probes,).
        best_epoch: Epoch of the best score, from 1 (probes,).
        epochs: Epochs trained (probes,).
        stopped: Whether the probe has stopped (probes,).
    """

    def __init__(self, probes: int, patience: int) -> None:
        self._patience = patience
        self.best = np.full(probes, -np.inf)
        self.best_epoch = np.zeros(probes, dtype=np.int64)
        self.epochs = np.zeros(probes, dtype=np.int64)
        self.stopped = np.zeros(probes, dtype=bool)
        self._lowest_loss = np.full(probes, -np.inf)  # negated
        self._progress = np.zeros(probes, dtype=np.int64)  # epoch of the last one

    def update(self, probes: Integers, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Record the scores of some probes after another epoch; returns which are new bests."""
        active = ~self.stopped[probes]
        self.epochs[probes[active]] += 1
        better = active & (scores > self.best[probes])
        self.best[probes[better]] = scores[better]
        self.best_epoch[probes[better]] = self.epochs[probes[better]]
        lower = active & (scores <= 0) & (scores > self._lowest_loss[probes])
        self._lowest_loss[probes[lower]] = scores[lower]
        progress = probes[better | lower]
        self._progress[progress] = self.epochs[progress]
        self.stopped[probes] |= self.epochs[probes] - self._progress[probes] >= self._patience
        return better


@dataclass(frozen=True)
class Fit:
    """Trained probes with the weights of their best epoch.

    Attributes:
        probes: In the order of the untrained probes.
        dev: Best dev score (probes,).
        best_epoch: From 1 (probes,).
        epochs: Epochs trained until the probe stopped (probes,).
    """

    probes: Stack
    dev: NDArray[np.float64]
    best_epoch: Integers
    epochs: Integers


def train(
    initial: Stack,
    splits: Mapping[str, Split],
    recipe: Recipe,
    *,
    criteria: Sequence[Criterion],
    seeds: Sequence[int],
    instances: Sequence[Integers],
    steps: int = 1,
    advance: Callable[[int], None] = lambda probe_epochs: None,
) -> list[Fit]:
    """Train a stack of probes on `train` and choose their epochs on `dev`.

    Adam without clipping, schedule, dropout or weight decay (Liu et al. 2019; appendix A.1).

    An epoch is what lies between two looks at dev: one pass over the instances, or as many as it
    takes for `steps` updates.

    Args:
        initial: Untrained probes.
        splits: Has `train` and `dev`.
        recipe: Learning rate, batch size, epochs, patience.
        criteria: Each one stops the probes and chooses their epochs. The updates are the same for
            all criteria, so one run serves all of them.
        seeds: Seeds of the orders of instances, one per replicate; the order changes every epoch.
        instances: Training instances of each replicate, the same number for each.
        steps: Smallest number of updates in an epoch.
        advance: Receives the number of probes times epochs that have passed; epochs saved by
            stopping count as passed.

    Returns:
        A fit for each criterion.
    """
    items = splits["train"].items
    per_batch = len(items) * recipe.batch_size // items.instances
    passes = -(-steps // -(-len(instances[0]) // recipe.batch_size))
    course = _Course(items, recipe, criteria, seeds, instances, passes, advance)

    @lru_cache(maxsize=1)
    def features(layers: tuple[int, ...]) -> tuple[Features, Features]:
        device = initial.layers.device
        return Features(splits["train"], layers, device), Features(splits["dev"], layers, device)

    parts = []
    for slab in slabs(initial, per_batch):
        layers, position = local_layers(slab)
        parts.append(course.train(slab, position, *features(layers), len(splits["dev"].items)))
    return [
        Fit(
            join([fit.probes for fit in fits]),
            np.concatenate([fit.dev for fit in fits]),
            np.concatenate([fit.best_epoch for fit in fits]),
            np.concatenate([fit.epochs for fit in fits]),
        )
        for fits in zip(*parts, strict=True)
    ]


@dataclass(frozen=True)
class _Course:
    """The arguments of `train` that all slabs share."""

    items: Items
    recipe: Recipe
    criteria: Sequence[Criterion]
    seeds: Sequence[int]
    instances: Sequence[Integers]
    passes: int
    advance: Callable[[int], None]

    def train(
        self, initial: Stack, position: torch.Tensor, features: Features, dev: Features, items: int
    ) -> list[Fit]:
        """Train a slab.

        Args:
            initial: Untrained probes.
            position: Position of each slice's layer among those of the features (stack,).
            features: Of `train`.
            dev: Features of `dev`.
            items: Number of items of `dev`.
        """
        limit = self.recipe.max_epoch
        trackers = [Patience(len(initial), self.recipe.patience) for _ in self.criteria]
        best_parameters = [Flat(initial.parameters).parts for _ in self.criteria]
        live = _Live(initial, position, self.recipe.lr)
        dev_blocks = live.shared_blocks(dev, items)
        functions = list(
            dict.fromkeys(chain.from_iterable(criterion.functions for criterion in self.criteria))
        )
        for epoch in range(1, limit + 1):
            for number in range(self.passes * (epoch - 1), self.passes * epoch):
                live.learn(features, *self._batches(live.replicates, number + 1))
            arrays = evaluate_blocks(live.stack, dev, dev_blocks, functions)
            values = dict(zip(functions, arrays, strict=True))
            for criterion, tracker, best in zip(
                self.criteria, trackers, best_parameters, strict=True
            ):
                scores = criterion.score(*(values[function] for function in criterion.functions))
                live.copy(np.flatnonzero(tracker.update(live.numbers, scores)), best)
            stopped = np.all([tracker.stopped[live.numbers] for tracker in trackers], axis=0)
            ended = int(stopped.sum())
            self.advance(len(stopped) + ended * (limit - epoch))
            if ended == len(stopped):
                break
            if ended:
                live.keep(np.flatnonzero(~stopped))
                dev_blocks = live.shared_blocks(dev, items)
        if any((tracker.best_epoch == 0).any() for tracker in trackers):
            raise InputError("a probe's dev score is not a number: lower probing.lr")
        return [
            Fit(
                Stack(best, initial.layers, initial.replicates),
                tracker.best,
                tracker.best_epoch,
                tracker.epochs,
            )
            for best, tracker in zip(best_parameters, trackers, strict=True)
        ]

    def _batches(
        self, replicates: Sequence[int], number: int
    ) -> tuple[Integers, NDArray[np.float32], list[int]]:
        orders = [
            np.random.default_rng([self.seeds[r], number]).permutation(self.instances[r])
            for r in replicates
        ]
        return batches(self.items, orders, self.recipe.batch_size)


class _Live:
    """The slices of a slab that are still in training.

    Attributes:
        stack: The slices; their parameters change in place.
        numbers: Their numbers in the slab (stack,).
        replicates: Replicates that occur among the slices.
    """

    def __init__(self, slab: Stack, position: torch.Tensor, lr: float) -> None:
        self.numbers = np.arange(len(slab))
        self._parameters = Flat(slab.parameters)
        self._adam = Adam(self._parameters, lr)
        self._settle(slab.layers, slab.replicates, position)

    def _settle(
        self, layers: torch.Tensor, replicates: torch.Tensor, position: torch.Tensor
    ) -> None:
        self._gradients = self._parameters.zeros()
        self.stack = Stack(self._parameters.parts, layers, replicates)
        self._position = position
        occurring, self._choice = replicates.unique(return_inverse=True)
        self.replicates = occurring.tolist()
        self._block_items = block_items(self.stack) // len(self.stack)

    def shared_blocks(self, features: Features, items: int) -> list[Block]:
        """Blocks of all items of a split, for `evaluate_blocks`."""
        return shared_blocks(self.stack, features, self._position, torch.arange(items))

    def learn(
        self,
        features: Features,
        items: Integers,
        weights: NDArray[np.float32],
        widths: Sequence[int],
    ) -> None:
        """Take a step for each of the `batches`."""
        device = self._position.device
        sizes_of_batches = [block_sizes(width, self._block_items) for width in widths]
        sizes = list(chain.from_iterable(sizes_of_batches))
        chosen = torch.from_numpy(items).to(device)
        blocks = features.blocks(chosen, self._choice, self._position, sizes)
        weighted = torch.from_numpy(weights).to(device).index_select(0, self._choice)[:, None]
        weighted_blocks = zip(blocks, weighted.split(sizes, dim=2), strict=True)
        for batch in sizes_of_batches:
            self._gradients.whole.zero_()
            for (rows, targets), block_weights in islice(weighted_blocks, len(batch)):
                add_gradients(
                    self._gradients.parts, self.stack, features(rows), targets, block_weights
                )
            self._adam.step(self._parameters, self._gradients)

    def copy(self, chosen: Integers, into: Sequence[torch.Tensor]) -> None:
        """Copy parameters of some slices, by position, into parameters of the whole slab."""
        if len(chosen):
            source = torch.from_numpy(chosen).to(self._position.device)
            target = torch.from_numpy(self.numbers[chosen]).to(self._position.device)
            for copy, parameter in zip(into, self._parameters.parts, strict=True):
                copy.index_copy_(0, target, parameter[source])

    def keep(self, chosen: Integers) -> None:
        """Keep only some of the slices, by position."""
        kept = torch.from_numpy(chosen).to(self._position.device)
        self.numbers = self.numbers[chosen]
        self._parameters = self._parameters.select(kept)
        self._adam.keep(kept)
        layers, replicates = self.stack.layers[kept], self.stack.replicates[kept]
        self._settle(layers, replicates, self._position[kept])


def batches(
    items: Items, orders: Sequence[Integers], size: int
) -> tuple[Integers, NDArray[np.float32], list[int]]:
    """All batches of an epoch, concatenated.

    Args:
        items: Of the split.
        orders: Ordered instances of each replicate, the same number for each.
        size: Instances in a batch.

    Returns:
        Items and weights, both (replicates, columns), and the number of columns of each batch. A
        replicate whose batch has fewer items is padded with item 0 at weight 0.
    """
    begins = np.arange(0, len(orders[0]), size)
    filled = np.add.reduceat(items.sizes[np.stack(orders)], begins, axis=1)
    widths = filled.max(axis=0)
    chosen = np.zeros((len(orders), widths.sum()), dtype=np.int64)
    weights = np.zeros(chosen.shape, dtype=np.float32)
    for row, (order, sizes) in enumerate(zip(orders, filled, strict=True)):
        shifts = starts(widths)[:-1] - starts(sizes)[:-1]
        columns = np.arange(sizes.sum()) + np.repeat(shifts, sizes)
        chosen[row, columns] = items.of(order)
        weights[row, columns] = mean_weights(items, order, size)
    return chosen, weights, widths.tolist()
