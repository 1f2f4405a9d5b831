"""Training of all layers and replicates of a task in one go, each as if it were alone.

Adam works element by element and the loss is a sum over probes, so stacking changes no number but
for the order in which a matrix product adds up. A probe that stops leaves the stack.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from dissect.errors import InputError
from dissect.probing.adam import Adam
from dissect.probing.evaluation import Said, local_layers, losses, say, slabs
from dissect.probing.inputs import Features, Items, Split, mean_weights
from dissect.probing.probes import Stack, join
from dissect.probing.settings import Recipe
from dissect.representations.layout import Integers

# What the dev split says -> a number per probe, the higher the better.
Criterion = Callable[[Said], NDArray[np.float64]]


def lowest_loss(said: Said) -> NDArray[np.float64]:
    """Selection by cross entropy: the mean of the dev loss, negated."""
    return -said.loss.mean(axis=1)


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

    @lru_cache(maxsize=1)
    def features(layers: tuple[int, ...]) -> tuple[Features, Features]:
        device = initial.layers.device
        return Features(splits["train"], layers, device), Features(splits["dev"], layers, device)

    parts = []
    for slab in slabs(initial, per_batch, splits["train"]):
        layers, position = local_layers(slab)
        on_train, on_dev = features(layers)
        parts.append(
            _train_slab(
                slab, position, on_train, on_dev, items, recipe, criteria, seeds, instances, advance
            )
        )
    return [
        Fit(
            join([fit.probes for fit in fits]),
            np.concatenate([fit.dev for fit in fits]),
            np.concatenate([fit.best_epoch for fit in fits]),
            np.concatenate([fit.epochs for fit in fits]),
        )
        for fits in zip(*parts, strict=True)
    ]


def _train_slab(
    initial: Stack,
    position: torch.Tensor,
    features: Features,
    dev: Features,
    items: Items,
    recipe: Recipe,
    criteria: Sequence[Criterion],
    seeds: Sequence[int],
    instances: Sequence[Integers],
    advance: Callable[[int], None],
) -> list[Fit]:
    device = initial.layers.device
    on_dev = np.arange(len(dev.targets))
    clocks = [Patience(len(initial), recipe.patience) for _ in criteria]
    best = [initial.select(torch.arange(len(initial), device=device)) for _ in criteria]
    alive = torch.arange(len(initial), device=device)
    live = _trainable(initial.select(alive))
    adam = Adam(live.parameters, recipe.lr)
    for epoch in range(1, recipe.max_epoch + 1):
        replicates, place = live.replicates.cpu().unique(return_inverse=True)
        orders = [
            np.random.default_rng([seeds[r], epoch]).permutation(instances[r])
            for r in replicates.tolist()
        ]
        for batch, weights in _batches(items, orders, recipe.batch_size):
            chosen = torch.from_numpy(batch)[place].to(device)
            outputs = live(features(position, chosen))
            loss = losses(outputs, features.targets[chosen])
            total = (loss * torch.from_numpy(weights)[place].to(device)).sum()
            adam.step(live.parameters, torch.autograd.grad(total, live.parameters))
        said = say(live, dev, position, on_dev)
        for criterion, clock, kept in zip(criteria, clocks, best, strict=True):
            better = torch.from_numpy(clock.update(alive.cpu().numpy(), criterion(said))).to(device)
            for target, parameter in zip(kept.parameters, live.parameters, strict=True):
                target[alive[better]] = parameter.detach()[better]
        stopped = torch.from_numpy(np.all([clock.stopped for clock in clocks], axis=0)).to(device)
        going = ~stopped[alive]
        ended = len(alive) - int(going.sum())
        advance(len(alive) + ended * (recipe.max_epoch - epoch))
        if ended == len(alive):
            break
        if ended:
            alive, position = alive[going], position[going]
            live = _trainable(live.select(going))
            adam.keep(going)
    if any((clock.best_epoch == 0).any() for clock in clocks):
        raise InputError("a probe's dev score is not a number: lower probing.lr")
    return [
        Fit(kept, clock.best, clock.best_epoch, clock.epochs)
        for kept, clock in zip(best, clocks, strict=True)
    ]


def _trainable(stack: Stack) -> Stack:
    for parameter in stack.parameters:
        parameter.requires_grad_()
    return stack


def _batches(
    items: Items, orders: Sequence[Integers], size: int
) -> Iterator[tuple[Integers, NDArray[np.float32]]]:
    """Items and weights of each batch, both (replicates, items).

    Replicates whose batch has fewer items are filled up with item 0 at weight 0.
    """
    for begin in range(0, len(orders[0]), size):
        some = [order[begin : begin + size] for order in orders]
        sizes = [int(np.diff(items.offsets)[chosen].sum()) for chosen in some]
        batch = np.zeros((len(some), max(sizes)), dtype=np.int64)
        weights = np.zeros(batch.shape, dtype=np.float32)
        for row, (chosen, filled) in enumerate(zip(some, sizes, strict=True)):
            batch[row, :filled] = items.of(chosen)
            weights[row, :filled] = mean_weights(items, chosen)
        yield batch, weights
