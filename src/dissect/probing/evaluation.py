"""What trained probes say about a split."""

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray

from dissect.probing.inputs import Features, Split
from dissect.probing.probes import Stack
from dissect.representations.layout import Integers

# Bytes of features and states that are worked on at a time: what the caches of a core hold; a GPU
# wants much at once.
ROOM = {"cpu": 2**23, "cuda": 2**30}
CHUNK = 1024  # items that are evaluated at a time


class Said(NamedTuple):
    """What a stack says about items.

    Attributes:
        predicted: Class or value (stack, items).
        loss: Nats, -ln p(label), or the smooth L1 distance (stack, items), float64.
    """

    predicted: NDArray[Any]
    loss: NDArray[np.float64]


def losses(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Loss of each item: cross entropy, or SmoothL1 with beta 1.

    Args:
        outputs: (stack, items, classes), or (stack, items, 1) for values.
        targets: (stack, items).

    Returns:
        (stack, items).
    """
    if targets.is_floating_point():
        return F.smooth_l1_loss(outputs[..., 0], targets, reduction="none")
    flat = F.cross_entropy(outputs.flatten(0, 1), targets.flatten(), reduction="none")
    return flat.view(targets.shape)


def slabs(stack: Stack, items: int, split: Split) -> Iterator[Stack]:
    """Cut a stack so that the features of so many items fit into a slab's room.

    A slab holds whole layers, or replicates of one layer.
    """
    widths = [split.width, *(weight.shape[2] for weight in stack.parameters[::2])]
    room = max(1, ROOM[stack.layers.device.type] // (4 * sum(widths) * max(items, 1)))
    _, replicates = stack.layers.unique_consecutive(return_counts=True)
    layer = int(replicates.max())
    numbers = torch.arange(len(stack), device=stack.layers.device)
    if room >= layer:
        whole = numbers.split(room // layer * layer)
    else:
        whole = [part for one in numbers.split(replicates.tolist()) for part in one.split(room)]
    for chosen in whole:
        yield stack.select(chosen)


def local_layers(stack: Stack) -> tuple[tuple[int, ...], torch.Tensor]:
    """The layers that a stack reads, and the position of each slice's among them."""
    layers, position = stack.layers.unique(return_inverse=True)
    return tuple(layers.tolist()), position


def evaluate(stack: Stack, split: Split, items: Integers | None = None) -> Said:
    """Let all probes predict the items of a split, or some of them."""
    numbers = np.arange(len(split.items)) if items is None else items
    features = lru_cache(maxsize=1)(partial(Features, split))
    said = []
    for slab in slabs(stack, CHUNK, split):
        layers, position = local_layers(slab)
        said.append(say(slab, features(layers, slab.layers.device), position, numbers))
    return Said(*(np.concatenate(parts) for parts in zip(*said, strict=True)))


@torch.no_grad()
def say(stack: Stack, features: Features, position: torch.Tensor, items: Integers) -> Said:
    """The same from features at hand; `position` is that of each slice's layer among them."""
    predicted, loss = [], []
    for some in torch.from_numpy(items).to(position.device).split(CHUNK):
        outputs = stack(features(position, some.expand(len(stack), -1))).double()
        targets = features.targets[some].expand(len(stack), -1)
        if targets.is_floating_point():
            predicted.append(outputs[..., 0].cpu().numpy())
            targets = targets.double()
        else:
            predicted.append(outputs.argmax(2).cpu().numpy())
        loss.append(losses(outputs, targets).cpu().numpy())
    return Said(np.concatenate(predicted, axis=1), np.concatenate(loss, axis=1))
