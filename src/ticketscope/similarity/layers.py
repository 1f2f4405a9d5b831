"""LayerSim and NeuronSim: the similarity of two layers as wholes and neuron by neuron."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.similarity.covariance import Array, Covariances, cross_covariances
from ticketscope.similarity.invariances import invariant_to


@invariant_to("orthogonal", "scaling", "translation", "permutation")
def layer_sim(x: Array, y: Array, *, debiased: bool = False) -> float:
    """Linear CKA of two layers, the paper's LayerSim (section 5.1).

    With centred columns, |X^T Y|_F^2 / (|X^T X|_F |Y^T Y|_F): 1 for equal up to an orthogonal map
    and a scale. Symmetric. Biased upwards when tokens are few: independent 1024-dimensional data
    read .97 at 25 tokens, .91 at 100, .50 at 1000. `debiased` replaces each square by Song et al.'s
    unbiased estimate of HSIC, which is 0 on average for independent data and may be negative.

    The similarity of a constant layer to any other is 0.

    Invariant to orthogonal maps, one scale, translation. Source: Kornblith et al. 2019; debiased:
    Song et al. 2007, Nguyen et al. 2021.

    Args:
        x: (tokens, dim).
        y: (tokens, another dim), the same tokens.
        debiased: Whether to remove the bias of few tokens; needs at least 4 tokens.

    Raises:
        InputError: the numbers of tokens differ or are too small, or a value is not finite.
    """
    return layer_sim_of(cross_covariances([x, y], [(0, 1)]), 0, 1, debiased=debiased)


def layer_sim_of(sums: Covariances, i: int, j: int, *, debiased: bool = False) -> float:
    """`layer_sim` of two networks of a pass."""
    hsic = _hsic_unbiased if debiased else _hsic
    norm = hsic(sums, i, i) * hsic(sums, j, j)
    return hsic(sums, i, j) / math.sqrt(norm) if norm > 0 else 0.0


def _hsic(sums: Covariances, i: int, j: int) -> float:
    """n^2 times the biased HSIC of linear kernels: |X^T Y|_F^2."""
    return 0.0 if sums.is_constant(i) or sums.is_constant(j) else sums.squares(i, j)[0]


def _hsic_unbiased(sums: Covariances, i: int, j: int) -> float:
    """n (n - 3) times the unbiased HSIC, without the n x n kernels.

    With a = |x|^2, b = |y|^2 of centred rows: |X^T Y|_F^2 - sum ab + (sum a)(sum b) / ((n-1)(n-2))
    - 2 (sum ab) / (n-2). The kernels' diagonals are a and b, and a row of a centred kernel sums to
    0, so that without its diagonal it sums to -a.
    """
    n = sums.n
    if n < 4:
        raise InputError(f"debiased CKA needs at least 4 tokens, given {n}")
    if sums.is_constant(i) or sums.is_constant(j):
        return 0.0
    square, products = sums.squares(i, j)
    traces = sums.trace(i) * sums.trace(j)
    return square - products + traces / ((n - 1) * (n - 2)) - 2 * products / (n - 2)


@dataclass(frozen=True)
class NeuronSim:
    """The neurons of a layer matched with those of another.

    Attributes:
        value: Mean of the maxima.
        maxima: Highest correlation of each neuron with one of the other layer, (dim_x,).
        best: Number of that other neuron, -1 for a constant neuron, (dim_x,).
        same_rate: Share of neurons whose best match has their own number; NaN if the layers differ
            in dimension, where it is undefined.
    """

    value: float
    maxima: NDArray[np.float64]
    best: NDArray[np.int64]
    same_rate: float


@invariant_to("scaling", "translation", "permutation", "rescaling")
def neuron_sim(x: Array, y: Array, *, signed: bool = False) -> NeuronSim:
    """NeuronSim (section 5.1): each neuron of x is matched with its most correlated one in y.

    Mean over k of max over k' of |corr(x_k, y_k')|, Pearson over tokens. Not symmetric. The paper
    prints no absolute value; its code (Wu et al. 2020) takes it, since a neuron's sign is
    arbitrary. `signed` omits it.

    A constant neuron has correlation 0 with every other: its maximum is 0, its best match -1.

    Invariant (the value) to a scale and a shift of each neuron and to their order; not to
    orthogonal maps; with `signed`, to positive scales only. Source: Bau et al. 2019, Wu et al.
    2020.

    Args:
        x: (tokens, dim).
        y: (tokens, another dim), the same tokens.
        signed: Whether anticorrelated neurons count as dissimilar.

    Raises:
        InputError: the numbers of tokens differ or are too small, or a value is not finite.
    """
    return neuron_sim_of(cross_covariances([x, y], [(0, 1)]), 0, 1, signed=signed)


def neuron_sim_of(sums: Covariances, i: int, j: int, *, signed: bool = False) -> NeuronSim:
    """`neuron_sim` from network i to network j of a pass."""
    inverse = [_inverse(sums.variances(network)) for network in (i, j)]
    rows, columns = ((factor / math.sqrt(sums.n)).to(sums.precision) for factor in inverse)
    correlations = sums.cross(i, j).to(sums.precision).contiguous() * rows[:, None]
    correlations.mul_(columns).clamp_(-1, 1)
    if not signed:
        correlations.abs_()
    highest, where = correlations.max(1)
    best = torch.where(inverse[0] > 0, where, -1).cpu().numpy()
    maxima = highest.double().cpu().numpy()
    square = correlations.shape[0] == correlations.shape[1]
    same = float(np.mean(best == np.arange(len(best)))) if square else math.nan
    return NeuronSim(float(maxima.mean()), maxima, best, same)


def _inverse(variances: torch.Tensor) -> torch.Tensor:
    """1 / standard deviation, 0 for a constant neuron."""
    return torch.where(variances > 0, variances.rsqrt(), 0.0)
