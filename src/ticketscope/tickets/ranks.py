"""Ranks of what a mask leaves of each weight matrix."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import structural_rank as matching

from ticketscope.tickets.masks import BoolArray, Mask
from ticketscope.tickets.parameters import module_of


def structural_rank(kept: BoolArray) -> int:
    """The largest rank that a matrix with nonzeros in these places can have, (out, in).

    It is the size of a maximum matching of rows and columns, and the rank for all but a null set
    of values (scipy.sparse.csgraph.structural_rank).
    """
    return min(kept.shape) if kept.all() else int(matching(csr_array(kept)))


def singular_values(weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Singular values of a matrix, (min(out, in),), largest first.

    As roots of the eigenvalues of the smaller Gram matrix in float64, at a fraction of an SVD's
    cost: those below 1e-8 of the largest are lost, and `numerical_rank` does not count as small
    ones.
    """
    wide = weights.astype(np.float64)
    wide = wide if wide.shape[0] <= wide.shape[1] else wide.T
    return np.sqrt(np.clip(np.linalg.eigvalsh(wide @ wide.T), 0, None))[::-1]


def numerical_rank(values: NDArray[np.float64], shape: tuple[int, ...]) -> int:
    """How many singular values are above what float32 resolves in a matrix of this shape.

    The threshold is numpy's and MATLAB's: the largest singular value times max(out, in) times the
    epsilon of float32, in which weights are stored.
    """
    threshold = values[0] * max(shape) * np.finfo(np.float32).eps
    return int(np.count_nonzero(values > threshold))


def effective_rank(values: NDArray[np.float64]) -> float:
    """exp of the entropy of the singular values as shares of their sum; 0 if all are 0.

    It is r for r equal singular values (Roy & Vetterli 2007, EUSIPCO).
    """
    shares = values[values > 0] / values.sum() if values[0] > 0 else values[:0]
    return float(np.exp(-(shares * np.log(shares)).sum())) if shares.size else 0.0


def stable_rank(values: NDArray[np.float64]) -> float:
    """Squared Frobenius norm over squared spectral norm; 0 if all singular values are 0.

    At most the rank, and little changed by small singular values (Rudelson & Vershynin 2007).
    """
    return float((values**2).sum() / values[0] ** 2) if values[0] > 0 else 0.0


def matrix_ranks(mask: Mask, weights: Mapping[str, NDArray[np.float32]]) -> pd.DataFrame:
    """Ranks of every pruned weight matrix W * M.

    The cost is that of the eigenvalues, cubic in the smaller side: on one core 0.2 s for a
    Transformer-Big's 1024 x 1024.

    Args:
        mask: M by parameter name.
        weights: W by parameter name, as `checkpoints.masked_weights` gives them.

    Returns:
        One row a matrix of the mask. Columns side, layer, block, part (as
        `sparsity.module_sparsity`), full_rank (the smaller side), kept (entries), structural_rank,
        numerical_rank, effective_rank, stable_rank.
    """
    rows = []
    for name, kept in mask.kept.items():
        module = module_of(name)
        if module is None or module.kind == "bias":
            continue
        values = singular_values(weights[name] * kept)
        rows.append(
            {
                "side": module.side,
                "layer": module.layer,
                "block": module.block,
                "part": module.part,
                "full_rank": min(kept.shape),
                "kept": int(np.count_nonzero(kept)),
                "structural_rank": structural_rank(kept),
                "numerical_rank": numerical_rank(values, kept.shape),
                "effective_rank": effective_rank(values),
                "stable_rank": stable_rank(values),
            }
        )
    return pd.DataFrame(rows)
