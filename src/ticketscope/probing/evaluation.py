"""What trained probes say about a split."""

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

# Bytes of features and states that are worked on at a time: on a CPU so many that the calls cost
# little, not so many that they are far from the caches; a GPU wants much at once.
ROOM = {"cpu": 2**23, "cuda": 2**30}
CHUNK = 1024  # items that count as a batch where none is trained on

# Outputs (stack, classes, items), or (stack, 1, items) for values, and targets (stack, 1, items) ->
# something about each item (stack, items).
Answer = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def predictions(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """An answer: class or value."""
    if targets.is_floating_point():
        return outputs[:, 0].double()
    # The same as argmax, several times faster.
    return outputs.max(1).indices


def losses(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """An answer: nats, -ln p(label), or SmoothL1 with beta 1."""
    if targets.is_floating_point():
        return F.smooth_l1_loss(outputs, targets, reduction="none")[:, 0]
    return F.cross_entropy(outputs, targets[:, 0], reduction="none")


def exact_losses(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The same in double precision: of codes it is added up over many labels."""
    return losses(outputs.double(), targets.double() if targets.is_floating_point() else targets)


def room(stack: Stack) -> int:
    """How many items of one probe, or probes with one item each, are worked on at a time."""
    weights = stack.parameters[::2]
    numbers = weights[0].shape[2] + sum(weight.shape[1] for weight in weights)
    return ROOM[stack.layers.device.type] // (4 * numbers)


def slabs(stack: Stack, items: int) -> Iterator[Stack]:
    """Cut a stack so that the features of so many items fit into the room.

    A slab holds whole layers, or replicates of one layer.
    """
    most = max(1, room(stack) // max(items, 1))
    _, replicates = stack.layers.unique_consecutive(return_counts=True)
    layer = int(replicates.max())
    numbers = torch.arange(len(stack), device=stack.layers.device)
    if most >= layer:
        whole = numbers.split(most // layer * layer)
    else:
        whole = [part for one in numbers.split(replicates.tolist()) for part in one.split(most)]
    for chosen in whole:
        yield stack.select(chosen)


def local_layers(stack: Stack) -> tuple[tuple[int, ...], torch.Tensor]:
    """The layers that a stack reads, and the position of each slice's among them."""
    layers, position = stack.layers.unique(return_inverse=True)
    return tuple(layers.tolist()), position


def cut(items: int, most: int) -> list[int]:
    """Sizes of the fewest blocks, all nearly the same, of at most so many items but at least 1."""
    count = -(-items // max(most, 1))
    return [items * (i + 1) // count - items * i // count for i in range(count)]


def evaluate(
    stack: Stack, split: Split, answer: Answer, items: Integers | None = None
) -> NDArray[Any]:
    """What all probes answer about the items of a split, or some of them (stack, items)."""
    numbers = torch.arange(len(split.items)) if items is None else torch.from_numpy(items)
    features = lru_cache(maxsize=1)(partial(Features, split))
    said = []
    for slab in slabs(stack, CHUNK):
        layers, position = local_layers(slab)
        own = features(layers, slab.layers.device)
        (answers,) = say(slab, own, all_blocks(slab, own, position, numbers), [answer])
        said.append(answers)
    return np.concatenate(said)


def all_blocks(
    stack: Stack, features: Features, position: torch.Tensor, items: torch.Tensor
) -> list[Block]:
    """The same items (items,) for all slices; `position` is that of each slice's layer."""
    same = torch.zeros_like(position)
    sizes = cut(len(items), room(stack) // len(stack))
    return features.blocks(items.to(position.device)[None], same, position, sizes)


def say(
    stack: Stack, features: Features, blocks: Iterable[Block], answers: Sequence[Answer]
) -> list[NDArray[Any]]:
    """Each of the answers about the items of the blocks, (stack, items)."""
    said: list[list[torch.Tensor]] = [[] for _ in answers]
    for rows, targets in blocks:
        outputs = stack(features(rows))
        for parts, answer in zip(said, answers, strict=True):
            parts.append(answer(outputs, targets))
    return [torch.cat(parts, dim=1).cpu().numpy() for parts in said]
