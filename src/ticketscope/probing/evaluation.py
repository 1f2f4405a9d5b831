"""Predictions and losses of probes on the items of a split."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray

from ticketscope.probing.inputs import Block, Features, Split
from ticketscope.probing.probes import Stack
from ticketscope.representations.layout import Integers

# Bytes of features and states that are processed at a time. On a CPU, blocks must be large enough
# to make the overhead of calls small, and small enough to stay near the caches. A GPU needs more.
BLOCK_BYTES = {"cpu": 2**23, "cuda": 2**30}
CHUNK = 1024  # items that count as a batch in evaluation

# Outputs (stack, classes, items), or (stack, 1, items) for values, and targets (stack, 1, items) ->
# a number for each item (stack, items), such as its loss.
ItemFunction = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def predictions(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Predicted class or value of each item."""
    if targets.is_floating_point():
        return outputs[:, 0].double()
    # Equal to argmax, several times faster.
    return outputs.max(1).indices


def losses(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Loss of each item: -ln p(label) in nats, or SmoothL1 with beta 1 for values."""
    if targets.is_floating_point():
        return F.smooth_l1_loss(outputs, targets, reduction="none")[:, 0]
    return F.cross_entropy(outputs, targets[:, 0], reduction="none")


def exact_losses(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """`losses` in double precision, because a codelength sums them over many labels."""
    return losses(outputs.double(), targets.double() if targets.is_floating_point() else targets)


def block_items(stack: Stack) -> int:
    """Number of items times probes that fit into `BLOCK_BYTES`."""
    weights = stack.parameters[::2]
    numbers = weights[0].shape[2] + sum(weight.shape[1] for weight in weights)
    return BLOCK_BYTES[stack.layers.device.type] // (4 * numbers)


def slabs(stack: Stack, items: int) -> Iterator[Stack]:
    """Cut a stack so that the features of that many items per probe fit into `BLOCK_BYTES`.

    A slab holds all replicates of some layers, or some replicates of one layer.
    """
    probes = max(1, block_items(stack) // max(items, 1))
    _, replicates = stack.layers.unique_consecutive(return_counts=True)
    per_layer = int(replicates.max())
    numbers = torch.arange(len(stack), device=stack.layers.device)
    if probes >= per_layer:
        slices = numbers.split(probes // per_layer * per_layer)
    else:
        layers = numbers.split(replicates.tolist())
        slices = [part for layer in layers for part in layer.split(probes)]
    return map(stack.select, slices)


def local_layers(stack: Stack) -> tuple[tuple[int, ...], torch.Tensor]:
    """The layers that a stack reads, and the position of each slice's layer among them."""
    layers, position = stack.layers.unique(return_inverse=True)
    return tuple(layers.tolist()), position


def block_sizes(items: int, limit: int) -> list[int]:
    """Sizes of the fewest blocks of nearly equal size with at most `limit` items (at least 1)."""
    count = -(-items // max(limit, 1))
    return [items * (i + 1) // count - items * i // count for i in range(count)]


def evaluate(
    stack: Stack, split: Split, function: ItemFunction, items: Integers | None = None
) -> NDArray[Any]:
    """A function of the outputs of all probes for the items of a split (stack, items).

    Args:
        stack: The probes.
        split: The split.
        function: Such as `predictions` or `losses`.
        items: Numbers of the items; None: all.
    """
    numbers = torch.arange(len(split.items)) if items is None else torch.from_numpy(items)
    features = lru_cache(maxsize=1)(partial(Features, split))
    values = []
    for slab in slabs(stack, CHUNK):
        layers, position = local_layers(slab)
        slab_features = features(layers, slab.layers.device)
        blocks = shared_blocks(slab, slab_features, position, numbers)
        values += evaluate_blocks(slab, slab_features, blocks, [function])
    return np.concatenate(values)


def shared_blocks(
    stack: Stack, features: Features, position: torch.Tensor, items: torch.Tensor
) -> list[Block]:
    """Blocks of the same items (items,) for all slices; `position` as `local_layers` returns it."""
    choice = torch.zeros_like(position)
    sizes = block_sizes(len(items), block_items(stack) // len(stack))
    return features.blocks(items.to(position.device)[None], choice, position, sizes)


def evaluate_blocks(
    stack: Stack, features: Features, blocks: Iterable[Block], functions: Sequence[ItemFunction]
) -> list[NDArray[Any]]:
    """Values of each function for the items of all blocks, each (stack, items)."""
    values: list[list[torch.Tensor]] = [[] for _ in functions]
    for rows, targets in blocks:
        outputs = stack(features(rows))
        for parts, function in zip(values, functions, strict=True):
            parts.append(function(outputs, targets))
    return [torch.cat(parts, dim=1).cpu().numpy() for parts in values]
