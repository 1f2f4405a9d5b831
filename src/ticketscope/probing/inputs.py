"""Features and targets of probes, from instances and word vectors (section 4.1, appendix A.1).

A probe reads the vector w of a token, or [x; y; x * y] of a pair of tokens, where x belongs to the
first token (dependent, later mention) and y to the second (head, earlier mention). Features are
built block by block, because the pairs of all layers do not fit into memory.
"""

from collections.abc import Hashable, Iterable, Sequence
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
    """A split of a task.

    Attributes:
        items: What is to be predicted.
        vectors: Word vectors that `items.places` indexes (layers, words, dim).
        scaling: What is subtracted from the vectors and what they are divided by, each
            (layers, dim); None: they are used as they are.
        beside: Whether the vector of layer 0 is put before that of each layer, which doubles dim.
    """

    items: Items
    vectors: Vectors
    scaling: tuple[Vectors, Vectors] | None = None
    beside: bool = False
    # Cache of one entry, since many small trainings ask for the same layers. Copies that `replace`
    # makes share it. An entry keeps the arrays by whose identity it is found.
    _cache: dict[Hashable, tuple[torch.Tensor, object]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def width(self) -> int:
        """Size of a feature: dim, or three times dim for pairs; twice that beside layer 0."""
        pair = self.items.places.shape[1] == 2
        return self.vectors.shape[2] * (3 if pair else 1) * (2 if self.beside else 1)

    def tensor(self, layers: Sequence[int], device: torch.device) -> torch.Tensor:
        """Vectors of some layers, concatenated (layers * words, dim or twice dim), float32.

        The result is cached until other layers are requested.

        Raises:
            InputError: a value is not finite.
        """
        key = tuple(layers), device, id(self.vectors), id(self.scaling), self.beside
        if key not in self._cache:
            self._cache.clear()
            tensor = self._layers(layers)
            if self.beside:
                tensor = torch.cat([self._layers([0]).expand_as(tensor), tensor], dim=2)
            tensor = tensor.flatten(0, 1).to(device)
            self._cache[key] = tensor, (self.vectors, self.scaling)
        return self._cache[key][0]

    def _layers(self, layers: Sequence[int]) -> torch.Tensor:
        """Vectors of some layers, scaled (layers, words, dim), float32."""
        # A slice avoids a copy of the vectors, which may be large.
        first, last = layers[0], layers[-1] + 1
        consecutive = list(layers) == list(range(first, last))
        part = slice(first, last) if consecutive else list(layers)
        chosen = np.require(self.vectors[part], dtype=np.float32, requirements=["C", "W"])
        tensor = torch.from_numpy(chosen)
        for layer, vectors in zip(layers, tensor, strict=True):
            # Extremes are not finite if any value is not; this takes half the time.
            if vectors.numel() and not torch.stack(vectors.aminmax()).isfinite().all():
                raise InputError(f"word vectors of layer {layer} hold values that are not finite")
        if self.scaling is not None:
            shift, scale = (torch.from_numpy(numbers[part])[:, None] for numbers in self.scaling)
            tensor = (tensor - shift) / scale
        return tensor


def scaling_of(train: Split) -> tuple[Vectors, Vectors]:
    """Mean and standard deviation of the words that `train` has items on, each (layers, dim).

    A number that does not vary is not divided.
    """
    words = np.unique(train.items.places)
    shifts, scales = [], []
    for layer in train.vectors:
        vectors = np.asarray(layer[words], dtype=np.float64)
        shifts.append(vectors.mean(axis=0))
        spread = vectors.std(axis=0)
        scales.append(np.where(spread > 0, spread, 1))
    return np.array(shifts, dtype=np.float32), np.array(scales, dtype=np.float32)


class Block(NamedTuple):
    """Items that are processed together.

    Attributes:
        rows: Rows in the word vectors of all layers (one or two words, stack, items).
        targets: Classes or values (stack, 1, items).
    """

    rows: torch.Tensor
    targets: torch.Tensor


class Vocabulary(NamedTuple):
    """The classes of a task.

    Attributes:
        classes: Labels of the class numbers; empty for values. Those that only test has come last.
        known: Number of classes that train or dev has: the outputs of a probe.
    """

    classes: tuple[str, ...]
    known: int


def vocabulary(
    task: str, known: Iterable[Sequence[Instance]], test: Sequence[Instance]
) -> Vocabulary:
    """The sorted labels of train and dev, then those of test alone, which no probe can predict.

    AllenNLP, and so Liu et al., let probes choose among the labels of test, too.

    Raises:
        InputError: labels mix text and numbers, or all labels are equal.
    """
    labels = {label for split in known for instance in split for label in instance.labels}
    tested = {label for instance in test for label in instance.labels}
    if not all(isinstance(label, str) for label in labels | tested):
        if any(isinstance(label, str) for label in labels | tested):
            raise InputError(f"task {task}: labels are text in one split, numbers in another")
        return Vocabulary((), 0)
    if len(labels) < 2:
        raise InputError(f"task {task}: all labels are the same, {min(map(str, labels))}")
    ordered = [*sorted(map(str, labels)), *sorted(map(str, tested - labels))]
    return Vocabulary(tuple(ordered), len(labels))


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
