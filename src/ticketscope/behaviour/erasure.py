"""Take away from states what a linear probe reads of a task: LEACE, and a random map beside it.

LEACE (Belrose et al. 2023, LEACE: Perfect linear concept erasure in closed form) is the affine map
that changes vectors least, in the mean of squares, so that no linear probe does better on them than
a constant answer:

    r(x) = x - W⁻¹ u uᵀ W (x - mean),    W = Σ^(-1/2),

where Σ is the covariance of the vectors and the columns of u span those of W Σ_xz, the whitened
cross-covariance with the one-hot labels z. The map's rank is the number of classes less one, or
less.

The fit is exact on the words that it is made from: in float64, without shrinkage of Σ, and with
every direction that correlates with a label, however weakly. The package's defaults shrink Σ, drop
directions below 0.01, which would leave rare classes, and may mix in another projection to bound
the variance, which would leave some of the label. Without shrinkage the variance cannot grow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from concept_erasure import LeaceFitter
from numpy.typing import NDArray

from ticketscope.representations.layout import Integers

NO_LABEL = -1
# Words at a time, which bounds the memory needed.
BLOCK = 16384
# Whitened singular values below it are roundings of zero.
ROUNDING = 1e-8

Vectors = NDArray[np.floating[Any]]
Concept = Callable[[slice], NDArray[np.float64]]


@dataclass(frozen=True)
class Eraser:
    """x -> x - left right (x - mean), an `Intervention`; all arrays are float64.

    A word's vector is the mean of its subwords' states, so that to map the states is to map the
    vector.

    Attributes:
        left: (dim, rank).
        right: (rank, dim).
        mean: Of the words that it was fit on, which it keeps (dim,).
        variance: Share of their variance that it takes away.
    """

    left: torch.Tensor
    right: torch.Tensor
    mean: torch.Tensor
    variance: float

    @property
    def rank(self) -> int:
        """Dimension of the subspace that is erased."""
        return len(self.right)

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """Erase from states (..., dim), in float64; the result has their type."""
        left, right, mean = (part.to(states.device) for part in (self.left, self.right, self.mean))
        wide = states.double()
        return (wide - (wide - mean) @ right.T @ left.T).to(states.dtype)


def fit(vectors: Vectors, labels: Integers) -> Eraser:
    """The map that takes a label away.

    Words without a label count in the mean and in Σ, not in Σ_xz: they get the mean of the labels
    as their own. So the label is erased from the words that have one, and the change is the least
    one for all words, since the map will meet all of them.

    Args:
        vectors: Word vectors (words, dim).
        labels: Class of each word, from 0, or `NO_LABEL` (words,).
    """
    known = labels[labels != NO_LABEL]
    classes = int(known.max()) + 1
    # The last row is that of -1.
    rows = np.vstack([np.eye(classes), np.bincount(known) / len(known)])
    return _fit(vectors, classes, lambda words: rows[labels[words]])


def random_like(eraser: Eraser, vectors: Vectors, seed: int | list[int]) -> Eraser:
    """A map that takes away a random subspace of the same rank.

    It is LEACE of as many made-up labels, normal numbers that know nothing of the words: u is then
    uniform among the subspaces of this dimension in the whitened space. Mean and metric are those
    of `eraser`.

    Args:
        eraser: What `fit` returned.
        vectors: The word vectors that it was fit on (words, dim).
        seed: Of the made-up labels, as numpy's generators take it.
    """
    generator = np.random.default_rng(seed)
    shape = len(vectors), eraser.rank
    labels = generator.standard_normal(shape)
    return _fit(vectors, eraser.rank, lambda words: labels[words])


def _fit(vectors: Vectors, width: int, concept: Concept) -> Eraser:
    """LEACE of a concept, whose numbers (words, width) are asked for block by block."""
    dim = vectors.shape[1]
    fitter = LeaceFitter(
        dim,
        width,
        dtype=torch.float64,
        shrinkage=False,
        constrain_cov_trace=False,
        svd_tol=ROUNDING,
    )
    for first in range(0, len(vectors), BLOCK):
        words = slice(first, first + BLOCK)
        block = torch.from_numpy(np.asarray(vectors[words], dtype=np.float64))
        fitter.update(block, torch.from_numpy(concept(words)))
    leace, sigma = fitter.eraser, fitter.sigma_xx
    left, right = leace.proj_left, leace.proj_right
    # The package leaves dropped directions in, as zeros.
    kept = right.abs().amax(1) > 0
    after = leace.P @ sigma @ leace.P.T
    variance = 1 - float(after.trace() / sigma.trace())
    return Eraser(left[:, kept], right[kept], fitter.mean_x, variance)
