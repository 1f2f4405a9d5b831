"""The spectrum of a layer: the number of directions over which its tokens spread (Figure A7)."""

from dataclasses import dataclass

import numpy as np
import torch

from ticketscope.errors import InputError
from ticketscope.similarity.covariance import Array, Covariances, Floats, cross_covariances


@dataclass(frozen=True)
class Spectrum:
    """Shares of a layer's squared singular values.

    Attributes:
        cumulative: Share of the largest, of the largest two, ..., (dim,); the last is 1.
    """

    cumulative: Floats

    def k(self, share: float) -> int:
        """The smallest number of directions that hold a share; the paper quotes 0.8."""
        return int(np.searchsorted(self.cumulative, share - 1e-12)) + 1


def spectrum(x: Array, *, centered: bool = True) -> Spectrum:
    """Cumulative shares of the squared singular values of a layer.

    They are computed as eigenvalues of X^T X, at a thirtieth of the cost of an SVD. The paper's
    authors did not centre X; the first direction is then mostly the mean.

    Invariant to orthogonal maps, one scale and, if centred, translation. Source: Figure A7.

    Args:
        x: (tokens, dim).
        centered: Whether columns are centred first.

    Raises:
        InputError: all tokens are the same (uncentred: zero), or a value is not finite.
    """
    cumulative = cumulative_shares(cross_covariances([x], [(0, 0)]), 0, centered=centered)
    if np.isnan(cumulative).any():
        raise InputError("a layer whose tokens are all the same has no spectrum")
    return Spectrum(cumulative)


def cumulative_shares(sums: Covariances, i: int, *, centered: bool = True) -> Floats:
    """`Spectrum.cumulative` of a network of a pass; NaN if its tokens are all the same.

    Uncentred, X^T X = n (covariance + mean mean^T), and only zeros have no spectrum.
    """
    gram = sums.cross(i, i)
    if not centered:
        mean = torch.from_numpy(sums.mean(i)).to(gram.device)
        gram = torch.addr(gram, mean, mean, alpha=sums.n)
    if sums.is_constant(i) and (centered or not mean.any()):
        return np.full(len(gram), np.nan)
    values = torch.linalg.eigvalsh(gram).clamp(min=0).flip(0).cpu().numpy()
    shares = np.cumsum(values)
    return np.asarray(shares / shares[-1])
