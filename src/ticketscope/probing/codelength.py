"""Online codelength: how directly a representation holds a task (Voita & Titov 2020).

Labels are sent block by block. The first block costs log2 K bits a label; each of the others
-log2 p(label), p being that of a fresh probe trained on all blocks before it. With n labels of K
classes in all and t1 in the first block:

    online = t1 * log2 K - sum over blocks 2.. of log2 p,    uniform = n * log2 K,
    compression = uniform / online.

All lengths are in bits; the notebooks of Voita & Titov add nats to bits. The dev split, which stops
the probes, is known to sender and receiver and is not part of the code. Its cross entropy chooses
the epochs, because cross entropy is the cost of the code. Each replicate shuffles the instances in
its own way, the same on all layers.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.evaluation import evaluate, exact_losses
from ticketscope.probing.inputs import Items, Split
from ticketscope.probing.probes import Stack
from ticketscope.probing.settings import Recipe
from ticketscope.probing.training import lowest_loss, train
from ticketscope.representations.layout import Integers

# Values are sent as steps of equal width between the lowest and the highest value. The values of
# event factuality lie on a grid of 0.375 from -3 to 3.
STEPS = 17


@dataclass(frozen=True)
class Code:
    """Code of the labels of a training set.

    Attributes:
        bits: Online code (probes,).
        undertrained: Share of the trained blocks whose best epoch was the last (probes,).
        uniform: Uniform code, in bits.
        ends: Ends of the blocks, in instances; the last is the number of all instances.
    """

    bits: NDArray[np.float64]
    undertrained: NDArray[np.float64]
    uniform: float
    ends: tuple[int, ...]

    @property
    def compression(self) -> NDArray[np.float64]:
        """Uniform over online code; higher values mean labels that are more directly readable."""
        return self.uniform / self.bits


def online_bits(
    first: Integers, nats: Sequence[NDArray[np.float64]], classes: int
) -> NDArray[np.float64]:
    """Length of the online code (probes,).

    Args:
        first: Labels in the first block (probes,).
        nats: Cost of each of the other blocks (probes,).
        classes: K.
    """
    return first * math.log2(classes) + np.sum(nats, axis=0) / math.log(2)


def block_ends(
    sizes: NDArray[np.integer], fractions: Sequence[float], least: int
) -> tuple[int, ...]:
    """Ends of the blocks, in instances: int(fraction * instances), then all instances.

    An end is left out if the block before it has fewer than `least` labels.

    Args:
        sizes: Labels of each instance, in the order of each shuffle (replicates, instances).
    """
    total = np.cumsum(sizes, axis=1)
    ends: list[int] = []
    sent = np.zeros(len(sizes), dtype=np.int64)
    for end in [int(fraction * sizes.shape[1]) for fraction in fractions]:
        if end and (total[:, end - 1] - sent >= least).all():
            ends.append(end)
            sent = total[:, end - 1]
    return (*ends, sizes.shape[1])


def grid(splits: Mapping[str, Split]) -> dict[str, Split]:
    """Train and dev, values as classes: `STEPS` steps between their lowest and highest value."""
    coded = {name: splits[name] for name in ("train", "dev")}
    values = np.concatenate([split.items.targets for split in coded.values()])
    low, high = float(values.min()), float(values.max())
    width = (high - low) / (STEPS - 1) or 1.0

    def stepped(items: Items) -> Items:
        steps = np.rint((items.targets.astype(np.float64) - low) / width)
        return replace(items, targets=steps.astype(np.int64))

    return {name: replace(split, items=stepped(split.items)) for name, split in coded.items()}


def online_code(
    untrained: Callable[[Sequence[int]], Stack],
    splits: Mapping[str, Split],
    classes: int,
    recipe: Recipe,
    *,
    seeds: Sequence[int],
    fractions: Sequence[float],
    least: int,
    steps: int = 1,
    advance: Callable[[int], None] = lambda probe_epochs: None,
) -> Code:
    """Code the labels of `train` with every probe of a stack.

    Args:
        untrained: Returns untrained probes for a seed per replicate.
        splits: Has `train` and `dev`.
        classes: K.
        recipe: How the probes are trained. Each block trains until its own dev loss stops falling.
        seeds: One per replicate. It seeds the shuffle and, with the block's number, the probes.
        fractions: Ends of blocks, as shares of the instances.
        least: Smallest number of labels in a block.
        steps: Smallest number of updates in an epoch, as in `train`: the first blocks are few
            instances, and an epoch of them is too short to tell whether the loss still falls.
        advance: As in `train`.
    """
    items = splits["train"].items
    orders = [np.random.default_rng(seed).permutation(items.instances) for seed in seeds]
    ends = block_ends(items.sizes[np.stack(orders)], fractions, least)
    first = np.array([len(items.of(order[: ends[0]])) for order in orders])
    nats, last = [], []
    for block, (begin, end) in enumerate(pairwise(ends), start=1):
        block_seeds = [int(np.random.default_rng([seed, block]).integers(2**62)) for seed in seeds]
        (fit,) = train(
            untrained(block_seeds),
            splits,
            recipe,
            criteria=[lowest_loss],
            seeds=block_seeds,
            instances=[order[:begin] for order in orders],
            steps=steps,
            advance=advance,
        )
        last.append(fit.best_epoch == fit.epochs)
        nats.append(_cost(fit.probes, splits["train"], [order[begin:end] for order in orders]))
    replicate = untrained(seeds).replicates.cpu().numpy()
    return Code(
        online_bits(first[replicate], nats, classes),
        np.mean(last, axis=0) if last else np.zeros(len(replicate)),
        len(items) * math.log2(classes),
        ends,
    )


def _cost(probes: Stack, split: Split, blocks: Sequence[Integers]) -> NDArray[np.float64]:
    """Cost in nats of each probe for the block of its replicate (probes,)."""
    nats = np.zeros(len(probes))
    for replicate, block in enumerate(blocks):
        selected = probes.replicates == replicate
        loss = evaluate(probes.select(selected), split, exact_losses, split.items.of(block))
        nats[selected.cpu().numpy()] = loss.sum(axis=1)
    return nats
