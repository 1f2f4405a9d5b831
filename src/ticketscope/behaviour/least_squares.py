"""A linear probe in closed form: least squares of the one-hot labels.

Where erasure is exact, every linear probe is down at a constant answer, this one as much as those
of `probing`, which take longer to train.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.behaviour.erasure import BLOCK, NO_LABEL
from ticketscope.representations.layout import Integers

# Directions with less than this share of the largest sum of squares are roundings of zero.
ROUNDING = 1e-10

Floats = NDArray[np.float64]
Vectors = NDArray[np.floating[Any]]
Change = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class LeastSquares:
    """A trained probe.

    Attributes:
        weights: Of each number of a vector, and last the bias (dim + 1, classes).
        shift: Subtracted from a vector before (dim,).
        change: Of the vectors before the probe reads them; None: none.
    """

    weights: Floats
    shift: Floats
    change: Change | None

    def accuracy(self, vectors: Vectors, labels: Integers) -> float:
        """Share of the words with a label whose class is right; vectors (words, dim)."""
        right = [
            (inputs @ self.weights).argmax(1) == classes
            for inputs, classes in _blocks(vectors, labels, self.shift, self.change)
        ]
        return float(np.concatenate(right).mean())


def train(vectors: Vectors, labels: Integers, change: Change | None = None) -> LeastSquares:
    """Train on the words that have a label.

    Args:
        vectors: Word vectors (words, dim).
        labels: Class of each word, from 0, or `NO_LABEL` (words,).
        change: Of the vectors, such as an eraser; it should keep their mean.
    """
    classes, dim = int(labels.max()) + 1, vectors.shape[1]
    shift = vectors.mean(axis=0, dtype=np.float64)
    products, targets = np.zeros((dim + 1, dim + 1)), np.zeros((dim + 1, classes))
    for inputs, wanted in _blocks(vectors, labels, shift, change):
        products += inputs.T @ inputs
        targets += inputs.T @ np.eye(classes)[wanted]
    weights = np.linalg.lstsq(products, targets, rcond=ROUNDING)[0]
    return LeastSquares(weights, shift, change)


def majority(train: Integers, test: Integers) -> float:
    """Accuracy on test of the class that is most frequent in train."""
    commonest = np.bincount(train[train != NO_LABEL]).argmax()
    return float((test[test != NO_LABEL] == commonest).mean())


def _blocks(
    vectors: Vectors, labels: Integers, shift: Floats, change: Change | None
) -> Iterator[tuple[Floats, Integers]]:
    """Inputs (words, dim + 1) and classes (words,) of some words with a label at a time."""
    labelled = np.flatnonzero(labels != NO_LABEL)
    for first in range(0, len(labelled), BLOCK):
        words = labelled[first : first + BLOCK]
        states = torch.from_numpy(np.asarray(vectors[words], dtype=np.float64))
        changed = (states if change is None else change(states)).numpy() - shift
        yield np.column_stack([changed, np.ones(len(words))]), labels[words]
