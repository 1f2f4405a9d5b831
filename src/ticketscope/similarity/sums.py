"""Sums over tokens from which every similarity measure is computed without n x n matrices.

Rows are centred twice: on a pilot mean while they are read, so that float32 products lose no
precision to the mean, and on the true mean afterwards, by an exact rank-1 correction in float64.
All that is kept are sums over tokens, so the sums of groups of tokens can be added and subtracted.
"""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ticketscope.errors import InputError

Pair = tuple[int, int]
Floats = NDArray[np.float64]


class Covariances:
    """Cross-covariances of pairs of networks over the same n tokens.

    A network is a (tokens, dim) matrix, identified by its number. With x' a pilot-centred row of
    network i, y' of network j, a' = |x'|^2 and b' = |y'|^2, the sums kept are n, sum x', sum a',
    sum a'b', sum a'y' and, for each pair, sum x'y'^T. Own pairs (i, i) are always among the pairs.

    Attributes:
        n: Number of tokens.
        groups: The sums over each group of tokens, for the jackknife; only the pairs kept for it.
    """

    def __init__(self, pilots: Sequence[Tensor], pairs: Iterable[Pair]) -> None:
        """Start with no tokens.

        Args:
            pilots: Means to subtract, (dim,) of each network, on the device and in the precision
                of the computation.
            pairs: Numbers of the networks whose covariances are wanted.
        """
        networks = len(pilots)

        def zeros(*shape: int) -> Tensor:
            return torch.zeros(*shape, dtype=torch.float64, device=pilots[0].device)

        dims = [len(pilot) for pilot in pilots]
        self.n = 0
        self.groups: list[Covariances] = []
        self._pilots = list(pilots)
        self._sums = [zeros(dim) for dim in dims]
        self._norms = zeros(networks)
        self._norm_products = zeros(networks, networks)
        self._weighted = [zeros(networks, dim) for dim in dims]
        self._products = {(i, j): zeros(dims[i], dims[j]) for i, j in pairs}
        self._squares: dict[Pair, tuple[float, float]] = {}
        self._last: tuple[Pair, Tensor] | None = None

    @property
    def pairs(self) -> list[Pair]:
        """The pairs whose covariance can be computed, in either order."""
        return list(self._products)

    @property
    def precision(self) -> torch.dtype:
        """Precision of the products: float64 for float64 networks, else float32."""
        return self._pilots[0].dtype

    def add(self, blocks: Sequence[Tensor]) -> None:
        """Add pilot-centred rows, (rows, dim) of each network.

        Products within the block have the rows' precision, sums over blocks are in float64.
        """
        self._clear_cache()
        self.n += len(blocks[0])
        norms = torch.stack([torch.linalg.vector_norm(block, dim=1) for block in blocks]).square()
        precise_norms = norms.double()
        factors = torch.cat([norms, torch.ones_like(norms[:1])])  # sums and weighted sums in one
        self._norms += precise_norms.sum(1)
        self._norm_products += precise_norms @ precise_norms.T
        for i, block in enumerate(blocks):
            sums = factors @ block
            self._weighted[i] += sums[:-1]
            self._sums[i] += sums[-1]
        for (i, j), product in self._products.items():
            product += blocks[i].T @ blocks[j]

    def merge(self, other: "Covariances", sign: int = 1) -> Self:
        """Add the sums over other tokens, or subtract them with sign -1; only the pairs of self."""
        self._clear_cache()
        self.n += sign * other.n
        for total, part in (
            (self._norms, other._norms),
            (self._norm_products, other._norm_products),
            *zip(self._sums, other._sums, strict=True),
            *zip(self._weighted, other._weighted, strict=True),
            *((product, other._products[pair]) for pair, product in self._products.items()),
        ):
            total.add_(part, alpha=sign)
        return self

    def only(self, pairs: Iterable[Pair]) -> "Covariances":
        """A copy with fewer pairs, their products in the working precision to save memory."""
        copy = Covariances(self._pilots, []).merge(self)
        copy._products = {pair: self._products[pair].to(self.precision) for pair in pairs}
        return copy

    def without(self, group: int) -> "Covariances":
        """The sums over all tokens outside a group; only the pairs kept for the jackknife."""
        excluded = self.groups[group]
        return Covariances(self._pilots, excluded.pairs).merge(self).merge(excluded, -1)

    def is_finite(self) -> bool:
        """Whether all values so far were finite."""
        return bool(torch.isfinite(self._norms).all())

    def cross(self, i: int, j: int) -> Tensor:
        """Centred X^T Y, shape (dim_i, dim_j), float64, on the device.

        X'^T Y' - n d e^T, where d and e are the means of the pilot-centred rows. The last matrix
        is cached, since measures of a pair are mostly computed together: do not change it in place.

        Raises:
            InputError: the pair was not among those wanted.
        """
        if (i, j) not in self._products and (j, i) in self._products:
            return self.cross(j, i).T
        if (i, j) not in self._products:
            raise InputError(f"no covariance of networks {i} and {j}: it was not asked for")
        if self._last is None or self._last[0] != (i, j):
            product = self._products[i, j]
            centred = torch.addr(product, self._offset(i), self._offset(j), alpha=-self.n)
            self._last = (i, j), centred
        return self._last[1]

    def covariance(self, i: int, j: int) -> Floats:
        """Population covariance, shape (dim_i, dim_j)."""
        return (self.cross(i, j) / self.n).cpu().numpy()

    def mean(self, i: int) -> Floats:
        """Mean of each column, shape (dim,)."""
        return (self._pilots[i].double() + self._offset(i)).cpu().numpy()

    def variances(self, i: int) -> Tensor:
        """Population variance of each column, shape (dim,), float64; 0 for a constant column.

        A column is constant if its standard deviation is within the rounding error of its mean.
        """
        offset = self._offset(i)
        variances = self._products[i, i].diagonal() / self.n - offset.square()
        rounding = 4 * torch.finfo(self.precision).eps * (self._pilots[i].double() + offset)
        return torch.where(variances > rounding.square(), variances, 0.0)

    def is_constant(self, i: int) -> bool:
        """Whether all tokens are the same in a network."""
        return not bool(self.variances(i).any())

    def squares(self, i: int, j: int) -> tuple[float, float]:
        """|X^T Y|_F^2 and the sum over tokens of |x|^2 |y|^2, both centred, as CKA needs them.

        The second follows from the pilot-centred sums: with x = x' - d, y = y' - e,
        sum ab = sum a'b' - 2 e.sum a'y' - 2 d.sum b'x' + 4 d^T (X^T Y) e
        + |e|^2 sum a' + |d|^2 sum b' + n |d|^2 |e|^2.
        """
        if (i, j) not in self._squares:
            cross = self.cross(i, j)
            d, e = self._offset(i), self._offset(j)
            dd, ee = d @ d, e @ e
            products = (
                self._norm_products[i, j]
                - 2 * (self._weighted[j][i] @ e + self._weighted[i][j] @ d)
                + 4 * (d @ cross @ e)
                + ee * self._norms[i]
                + dd * self._norms[j]
                + self.n * dd * ee
            )
            flat = cross.reshape(-1)
            self._squares[i, j] = (float(flat @ flat), float(products))
        return self._squares[i, j]

    def trace(self, i: int) -> float:
        """|X|_F^2, centred: the sum over tokens of |x|^2."""
        offset = self._offset(i)
        return float(self._norms[i] - self.n * (offset @ offset))

    def _offset(self, i: int) -> Tensor:
        """Mean of the pilot-centred rows: the true mean minus the pilot."""
        return self._sums[i] / self.n

    def _clear_cache(self) -> None:
        self._squares.clear()
        self._last = None
