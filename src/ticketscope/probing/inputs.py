"""Features and targets of probes, from instances and word vectors (section 4.1, appendix A.1).

A probe reads the vector w of a token, or [x; y; x * y] of a pair of tokens, where x belongs to the
first token (dependent, later mention) and y to the second (head, earlier mention). Features are
built block by block, because the pairs of all layers do not fit into memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.representations.layout import Integers, starts

Vectors = NDArray[np.floating[Any]]
Form = tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """The items to predict in a split, all instances concatenated.

    Attributes:
        places: Rows of the word vectors (items, 1), or of both words of a pair (items, 2).
        targets: Classes (items,), int64, or values, float32.
        offsets: First item of each instance (instances + 1,); no instance is empty.
        forms: Word or pair of words of each item, as text.
    """

    places: Integers
    targets: NDArray[Any]
    offsets: Integers
    forms: tuple[Form, ...]

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def instances(self) -> int:
        """Number of instances."""
        return len(self.offsets) - 1

    @cached_property
    def sizes(self) -> Integers:
        """Number of items of each instance (instances,)."""
        return np.diff(self.offsets)

    @property
    def regression(self) -> bool:
        """Whether the targets are values."""
        return self.targets.dtype.kind == "f"

    def of(self, instances: Integers) -> Integers:
        """The items of the instances, in their order."""
        sizes = self.sizes[instances]
        first = self.offsets[instances] - starts(sizes)[:-1]
        return np.arange(sizes.sum()) + np.repeat(first, sizes)


@dataclass(frozen=True)
class Split:
    """A split of a task, with the word vectors (layers, words, dim) that `items.places` indexes."""

    items: Items
    vectors: Vectors
    # Cache of one entry, since many small trainings ask for the same layers. Copies that `replace`
    # makes with other items share it.
    _cache: dict[tuple[tuple[int, ...], torch.device], torch.Tensor] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def width(self) -> int:
        """Size of a feature: dim, or three times dim for pairs."""
        return self.vectors.shape[2] * (1 if self.items.places.shape[1] == 1 else 3)

    def tensor(self, layers: Sequence[int], device: torch.device) -> torch.Tensor:
        """Vectors of some layers, concatenated (layers * words, dim), float32.

        The result is cached until other layers are requested.

        Raises:
            InputError: a value is not finite.
        """
        key = tuple(layers), device
        if key not in self._cache:
            self._cache.clear()
            # A slice avoids a copy of the vectors, which may be large.
            first, last = layers[0], layers[-1] + 1
            consecutive = list(layers) == list(range(first, last))
            chosen = self.vectors[first:last] if consecutive else self.vectors[list(layers)]
            chosen = np.require(chosen, dtype=np.float32, requirements=["C", "W"])
            tensor = torch.from_numpy(chosen)
            for layer, vectors in zip(layers, tensor, strict=True):
                # Extremes are not finite if any value is not; this takes half the time.
                if vectors.numel() and not torch.stack(vectors.aminmax()).isfinite().all():
                    raise InputError(
                        f"word vectors of layer {layer} hold values that are not finite"
                    )
            self._cache[key] = tensor.flatten(0, 1).to(device)
        return self._cache[key]


class Block(NamedTuple):
    """Items that are processed together.

    Attributes:
        rows: Rows in the word vectors of all layers (one or two words, stack, items).
        targets: Classes or values (stack, 1, items).
    """

    rows: torch.Tensor
    targets: torch.Tensor


def vocabulary(task: str, splits: Iterable[Sequence[Instance]]) -> tuple[str, ...]:
    """The classes of a task: the sorted labels of all splits, as in AllenNLP; empty for regression.

    A label that is missing in training is a class that no probe predicts.

    Raises:
        InputError: labels mix text and numbers, or all labels are equal.
    """
    labels = {label for split in splits for instance in split for label in instance.labels}
    if not all(isinstance(label, str) for label in labels):
        if any(isinstance(label, str) for label in labels):
            raise InputError(f"task {task}: labels are text in one split, numbers in another")
        return ()
    if len(labels) < 2:
        raise InputError(f"task {task}: all labels are the same, {min(map(str, labels))}")
    return tuple(sorted(map(str, labels)))


def pack(
    instances: Sequence[Instance], rows: Integers, words: int, classes: Sequence[str]
) -> Items:
    """Concatenate the items of a split.

    Args:
        instances: Instances of one kind.
        rows: First row of each instance's words among the vectors, and the row after the last
            (instances, 2). Tasks with the same sentences can share vectors.
        words: Number of word vectors.
        classes: Classes of the task; empty for regression.

    Raises:
        InputError: the numbers of tokens and rows of an instance differ.
    """
    if len(rows) != len(instances):
        raise InputError(f"{len(instances)} instances have word vectors of {len(rows)}")
    index = {label: number for number, label in enumerate(classes)}
    places: list[tuple[int, ...]] = []  # in the instances
    forms: list[Form] = []
    targets: list[Any] = []
    for instance, (first, last) in zip(instances, rows.tolist(), strict=True):
        tokens = instance.tokens
        if not 0 <= first <= last <= words or last - first != len(tokens):
            raise InputError(
                f"instance {instance.id}: {len(tokens)} tokens have word vectors "
                f"{first} to {last} of {words}"
            )
        if instance.pairs is not None:
            places += instance.pairs
            forms += [(tokens[i], tokens[j]) for i, j in instance.pairs]
        elif instance.indices is not None:
            places += zip(instance.indices)
            forms += [(tokens[i],) for i in instance.indices]
        else:
            places += zip(range(len(tokens)))
            forms += zip(tokens)
        targets += [index[str(label)] for label in instance.labels] if classes else instance.labels
    sizes = np.array([len(instance.labels) for instance in instances], dtype=np.int64)
    return Items(
        np.array(places, dtype=np.int64) + np.repeat(rows[:, 0], sizes)[:, None],
        np.array(targets, dtype=np.int64 if classes else np.float32),
        starts(sizes),
        tuple(forms),
    )


def mean_weights(items: Items, instances: Integers, size: int) -> NDArray[np.float32]:
    """Weight of each item in the loss of its batch of `size` instances; a batch sums to 1.

    Classes: mean over instances of the mean within each, 1 / (instances * items of the instance).
    Values: mean over items, 1 / items of the batch.
    """
    sizes = items.sizes[instances]
    begins = np.arange(0, len(sizes), size)
    if items.regression:
        filled = np.add.reduceat(sizes, begins)
        return np.repeat(1 / filled, filled).astype(np.float32)
    counts = np.diff(begins, append=len(sizes))
    return np.repeat(1 / (np.repeat(counts, counts) * sizes), sizes).astype(np.float32)


class Features:
    """Features of some layers of a split, built on request.

    Calls share one buffer, because mapping new memory for each batch takes longer than filling it.
    """

    def __init__(self, split: Split, layers: Sequence[int], device: torch.device) -> None:
        self._words = split.vectors.shape[1]
        self._vectors = split.tensor(layers, device)
        self._places = torch.from_numpy(split.items.places.T).to(device)
        self._targets = torch.from_numpy(split.items.targets).to(device)
        self._width = split.width
        self._buffer = self._vectors.new_empty(0)

    def blocks(
        self, items: torch.Tensor, choice: torch.Tensor, layers: torch.Tensor, sizes: Sequence[int]
    ) -> list[Block]:
        """Rows and targets of items, in blocks.

        Args:
            items: Several selections of the same number of items (selections, items).
            choice: Selection that each slice reads (stack,).
            layers: Position of each slice's layer among the layers of these features (stack,).
            sizes: Number of items in each block.
        """
        # Looked up once for all layers; index_select is several times faster than indexing.
        places = self._places.index_select(1, items.flatten()).view(-1, *items.shape)
        targets = self._targets.index_select(0, items.flatten()).view(*items.shape)
        rows = places.index_select(1, choice) + layers[:, None] * self._words
        targets = targets.index_select(0, choice)[:, None]
        # Resized once for all blocks.
        self._buffer.resize_(len(layers) * max(sizes), self._width)
        return list(map(Block, rows.split(sizes, 2), targets.split(sizes, 2)))

    def __call__(self, rows: torch.Tensor) -> torch.Tensor:
        """Gather features; valid until the next call.

        (one or two words, stack, items) -> (stack, items, dim or three times dim).
        """
        _, stack, items = rows.shape
        joined = self._buffer.resize_(stack * items, self._width)
        parts = joined.split(self._vectors.shape[1], dim=1)
        for row, part in zip(rows, parts, strict=False):
            torch.index_select(self._vectors, 0, row.flatten(), out=part)
        if len(rows) == 2:
            torch.mul(parts[0], parts[1], out=parts[2])
        return joined.view(stack, items, self._width)
