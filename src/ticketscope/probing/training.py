"""Training of all layers and replicates of a task in one go, each as if it were alone.

Adam works element by element and the loss is a sum over probes, so stacking changes no number but
for the order in which a matrix product adds up. A probe that stops leaves the stack.
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
    Answer,
    all_blocks,
    cut,
    local_layers,
    losses,
    room,
    say,
    slabs,
)
from ticketscope.probing.gradients import add_gradients
from ticketscope.probing.inputs import Block, Features, Items, Split, mean_weights
from ticketscope.probing.probes import Stack, join
from ticketscope.probing.settings import Recipe
from ticketscope.representations.layout import Integers, starts


class Criterion(NamedTuple):
    """What epochs are chosen by.

    Attributes:
        answer: What is asked about the items of dev.
        score: The answers (stack, items) -> a number per probe, the higher the better.
    """

    answer: Answer
    score: Callable[[NDArray[Any]], NDArray[np.float64]]


# Cross entropy: the mean of the dev loss, negated.
lowest_loss = Criterion(losses, lambda loss: -loss.mean(axis=1, dtype=np.float64))


class Patience:
    """When probes were best, and when they stop.

    A score strictly above the best so far is a new best; after `patience` epochs in a row without
    one a probe stops (AllenNLP).

    Attributes:
        best: Best score (probes,).
        best_epoch: Its epoch, from 1 (probes,).
        epochs: Epochs trained (probes,).
        stopped: Whether it has (probes,).
    """

    def __init__(self, probes: int, patience: int) -> None:
        self._patience = patience
        self.best = np.full(probes, -np.inf)
        self.best_epoch = np.zeros(probes, dtype=np.int64)
        self.epochs = np.zeros(probes, dtype=np.int64)
        self.stopped = np.zeros(probes, dtype=bool)

    def update(self, probes: Integers, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Note the scores of those probes after one more epoch; which of them are new bests."""
        going = ~self.stopped[probes]
        self.epochs[probes[going]] += 1
        better = going & (scores > self.best[probes])
        self.best[probes[better]] = scores[better]
        self.best_epoch[probes[better]] = self.epochs[probes[better]]
        self.stopped[probes] |= self.epochs[probes] - self.best_epoch[probes] >= self._patience
        return better


@dataclass(frozen=True)
class Fit:
    """Trained probes, each as it was in its best epoch.

    Attributes:
        probes: In the order of the untrained ones.
        dev: Best dev score (probes,).
        best_epoch: From 1 (probes,).
        epochs: Trained until it stopped (probes,).
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
    advance: Callable[[int], None] = lambda probe_epochs: None,
) -> list[Fit]:
    """Train a stack of probes on `train`, choosing epochs on `dev`.

    Adam without clipping, schedule, dropout or weight decay, as Liu et al. (2019) and appendix A.1.

    Args:
        initial: Untrained probes.
        splits: Has `train` and `dev`.
        recipe: Learning rate, batch size, epochs, patience.
        criteria: By each of them probes are stopped and chosen; the trainings being the same up to
            there, one run serves all.
        seeds: Of the order of instances, one per replicate; each epoch has a new one.
        instances: Those of `train` that each replicate learns from, as many for each.
        advance: Told of probes times epochs as they pass; those saved by stopping count as passed.

    Returns:
        A fit for each criterion.
    """
    items = splits["train"].items
    per_batch = len(items) * recipe.batch_size // items.instances
    course = _Course(items, recipe, criteria, seeds, instances, advance)

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
    """What all slabs have in common; as in `train`."""

    items: Items
    recipe: Recipe
    criteria: Sequence[Criterion]
    seeds: Sequence[int]
    instances: Sequence[Integers]
    advance: Callable[[int], None]

    def train(
        self, initial: Stack, position: torch.Tensor, features: Features, dev: Features, asked: int
    ) -> list[Fit]:
        """Train a slab; `position` is that of each slice's layer among the features'."""
        limit = self.recipe.max_epoch
        clocks = [Patience(len(initial), self.recipe.patience) for _ in self.criteria]
        kept = [Flat(initial.parameters).parts for _ in self.criteria]
        live = _Live(initial, position, self.recipe.lr)
        on_dev = live.all_blocks(dev, asked)
        for epoch in range(1, limit + 1):
            live.learn(features, *self._batches(live.replicates, epoch))
            answers = list(dict.fromkeys(criterion.answer for criterion in self.criteria))
            said = dict(zip(answers, say(live.stack, dev, on_dev, answers), strict=True))
            for criterion, clock, best in zip(self.criteria, clocks, kept, strict=True):
                scores = criterion.score(said[criterion.answer])
                live.copy(np.flatnonzero(clock.update(live.numbers, scores)), best)
            stopped = np.all([clock.stopped[live.numbers] for clock in clocks], axis=0)
            ended = int(stopped.sum())
            self.advance(len(stopped) + ended * (limit - epoch))
            if ended == len(stopped):
                break
            if ended:
                live.keep(np.flatnonzero(~stopped))
                on_dev = live.all_blocks(dev, asked)
        if any((clock.best_epoch == 0).any() for clock in clocks):
            raise InputError("a probe's dev score is not a number: lower probing.lr")
        return [
            Fit(
                Stack(best, initial.layers, initial.replicates),
                clock.best,
                clock.best_epoch,
                clock.epochs,
            )
            for best, clock in zip(kept, clocks, strict=True)
        ]

    def _batches(
        self, replicates: Sequence[int], epoch: int
    ) -> tuple[Integers, NDArray[np.float32], list[int]]:
        orders = [
            np.random.default_rng([self.seeds[r], epoch]).permutation(self.instances[r])
            for r in replicates
        ]
        return batches(self.items, orders, self.recipe.batch_size)


class _Live:
    """The slices of a slab that still learn, with all that depends on which these are.

    Attributes:
        stack: The slices; their parameters change in place.
        numbers: Their numbers in the slab (stack,).
        replicates: That occur among them.
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
        self._most = room(self.stack) // len(self.stack)

    def all_blocks(self, features: Features, items: int) -> list[Block]:
        """Blocks of that many items, for `say`."""
        return all_blocks(self.stack, features, self._position, torch.arange(items))

    def learn(
        self,
        features: Features,
        items: Integers,
        weights: NDArray[np.float32],
        widths: Sequence[int],
    ) -> None:
        """Take a step for each of the `batches`."""
        device = self._position.device
        cuts = [cut(width, self._most) for width in widths]
        sizes = list(chain.from_iterable(cuts))
        chosen = torch.from_numpy(items).to(device)
        blocks = features.blocks(chosen, self._choice, self._position, sizes)
        weighted = torch.from_numpy(weights).to(device).index_select(0, self._choice)[:, None]
        left = zip(blocks, weighted.split(sizes, dim=2), strict=True)
        for parts in cuts:
            self._gradients.whole.zero_()
            for (rows, targets), own in islice(left, len(parts)):
                add_gradients(self._gradients.parts, self.stack, features(rows), targets, own)
            self._adam.step(self._parameters, self._gradients)

    def copy(self, chosen: Integers, into: Sequence[torch.Tensor]) -> None:
        """Copy parameters of some slices, by position, to where the slab's are."""
        if len(chosen):
            source = torch.from_numpy(chosen).to(self._position.device)
            target = torch.from_numpy(self.numbers[chosen]).to(self._position.device)
            for slab, own in zip(into, self._parameters.parts, strict=True):
                slab.index_copy_(0, target, own[source])

    def keep(self, chosen: Integers) -> None:
        """Go on with some of the slices, by position."""
        going = torch.from_numpy(chosen).to(self._position.device)
        self.numbers = self.numbers[chosen]
        self._parameters = self._parameters.select(going)
        self._adam.keep(going)
        layers, replicates = self.stack.layers[going], self.stack.replicates[going]
        self._settle(layers, replicates, self._position[going])


def batches(
    items: Items, orders: Sequence[Integers], size: int
) -> tuple[Integers, NDArray[np.float32], list[int]]:
    """All batches of an epoch, side by side.

    Args:
        items: Of the split.
        orders: Instances of each replicate in their order; as many for each.
        size: Instances in a batch.

    Returns:
        Items and weights, both (replicates, columns), and the columns of each batch. Replicates
        whose batch has fewer items are filled up with item 0 at weight 0.
    """
    begins = np.arange(0, len(orders[0]), size)
    filled = np.add.reduceat(items.sizes[np.stack(orders)], begins, axis=1)
    widths = filled.max(axis=0)
    chosen = np.zeros((len(orders), widths.sum()), dtype=np.int64)
    weights = np.zeros(chosen.shape, dtype=np.float32)
    for row, (order, own) in enumerate(zip(orders, filled, strict=True)):
        shifts = starts(widths)[:-1] - starts(own)[:-1]
        columns = np.arange(own.sum()) + np.repeat(shifts, own)
        chosen[row, columns] = items.of(order)
        weights[row, columns] = mean_weights(items, order, size)
    return chosen, weights, widths.tolist()
