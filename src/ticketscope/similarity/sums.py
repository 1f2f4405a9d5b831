"""Sums over tokens from which every measure of this room is read, free of n x n matrices.

Rows are centred twice: on a pilot mean while they stream by, so that float32 products lose nothing
to the mean, and on the true mean afterwards, by an exact rank-1 correction in float64. Everything
kept is a sum over tokens, so that sums of groups of tokens add up and can be taken out again.
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

PANEL = 256  # columns at a time of a symmetric product: 5/8 of the work at 1024, as fast a GEMM


class Covariances:
    """Cross-covariances of pairs of networks over the same n tokens.

    A network is a (tokens, dim) matrix, known by its number. With x' a pilot-centred row of network
    i, y' of network j, a' = |x'|^2 and b' = |y'|^2, the sums kept are n, sum x', sum a', sum a'b',
    sum a'y' and, for each pair, sum x'y'^T. Own pairs (i, i) are always there.

    Attributes:
        n: Number of tokens.
        groups: The same over each group of tokens, for the jackknife; pairs kept for it only.
    """

    def __init__(self, pilots: Sequence[Tensor], pairs: Iterable[Pair]) -> None:
        """Nothing summed yet; `pilots` are on the device and of the precision to work in."""
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
        self._buffers: dict[tuple[int, int], Tensor] = {}

    @property
    def pairs(self) -> list[Pair]:
        """The pairs whose covariance is there, in either order."""
        return list(self._products)

    def add(self, blocks: Sequence[Tensor]) -> None:
        """Add pilot-centred rows, (rows, dim) of each network.

        Products are in the rows' precision within the block, sums over blocks in float64.
        """
        self._forget()
        self.n += len(blocks[0])
        norms = torch.stack([torch.linalg.vector_norm(block, dim=1) for block in blocks]).square()
        wide = norms.double()
        factors = torch.cat([norms, torch.ones_like(norms[:1])])  # sums and weighted sums in one
        self._norms += wide.sum(1)
        self._norm_products += wide @ wide.T
        for i, block in enumerate(blocks):
            sums = factors @ block
            self._weighted[i] += sums[:-1]
            self._sums[i] += sums[-1]
        for (i, j), product in self._products.items():
            out = self._scratch(blocks[i], blocks[j])
            if i != j:
                product += torch.mm(blocks[i].T, blocks[j], out=out)
                continue
            for start in range(0, len(product), PANEL):
                panel = slice(start, start + PANEL)
                left, right, corner = (
                    blocks[i][:, panel].T,
                    blocks[i][:, start:],
                    out[panel, start:],
                )
                product[panel, start:] += torch.mm(left, right, out=corner)

    def _forget(self) -> None:
        """What was read before is of fewer tokens."""
        self._squares.clear()
        self._last = None

    def _scratch(self, x: Tensor, y: Tensor) -> Tensor:
        """Where a product of blocks goes; the same memory every time, which spares page faults."""
        shape = (x.shape[1], y.shape[1])
        if shape not in self._buffers:
            self._buffers[shape] = x.new_empty(shape)
        return self._buffers[shape]

    def merge(self, other: "Covariances", sign: int = 1) -> Self:
        """Add the sums over other tokens, or with sign -1 take them out; for the pairs here."""
        self._forget()
        self.n += sign * other.n
        self._norms += sign * other._norms
        self._norm_products += sign * other._norm_products
        for mine, theirs in zip(self._sums, other._sums, strict=True):
            mine += sign * theirs
        for mine, theirs in zip(self._weighted, other._weighted, strict=True):
            mine += sign * theirs
        for pair, product in self._products.items():
            product.add_(other._products[pair], alpha=sign)
        return self

    def only(self, pairs: Iterable[Pair]) -> "Covariances":
        """A copy with fewer pairs, their products in the working precision to save memory."""
        copy = Covariances(self._pilots, []).merge(self)
        copy._products = {pair: self._products[pair].to(self.precision) for pair in pairs}
        return copy

    def without(self, group: int) -> "Covariances":
        """Over all tokens but those of a group; only the pairs kept for the jackknife."""
        taken = self.groups[group]
        return Covariances(self._pilots, taken.pairs).merge(self).merge(taken, -1)

    def is_finite(self) -> bool:
        """Whether no row so far had a value that is NaN or infinite."""
        return bool(torch.isfinite(self._norms).all())

    def cross(self, i: int, j: int) -> Tensor:
        """Centred X^T Y, shape (dim_i, dim_j), float64, on the device.

        X'^T Y' - n d e^T, where d and e are the means that the pilots left. The last one is kept,
        since measures of a pair are mostly asked for together: do not change it in place.
        """
        if (i, j) not in self._products and (j, i) in self._products:
            return self.cross(j, i).T
        if (i, j) not in self._products:
            raise InputError(f"no covariance of networks {i} and {j}: it was not asked for")
        if self._last is None or self._last[0] != (i, j):
            product = self._products[i, j]
            if i == j:
                _mirror(product)
            centred = torch.addr(product, self._left(i), self._left(j), alpha=-self.n)
            self._last = (i, j), centred
        return self._last[1]

    def covariance(self, i: int, j: int) -> Floats:
        """Population covariance, shape (dim_i, dim_j)."""
        return (self.cross(i, j) / self.n).cpu().numpy()

    def mean(self, i: int) -> Floats:
        """Mean of each column, shape (dim,)."""
        return (self._pilots[i].double() + self._left(i)).cpu().numpy()

    def variances(self, i: int) -> Tensor:
        """Population variance of each column, shape (dim,), float64; 0 for a constant column.

        A column is constant when its standard deviation is within the rounding of its mean.
        """
        left = self._left(i)
        variances = self._products[i, i].diagonal() / self.n - left.square()
        rounding = 4 * torch.finfo(self._pilots[i].dtype).eps * (self._pilots[i].double() + left)
        return torch.where(variances > rounding.square(), variances, 0.0)

    def deviations(self, i: int) -> Floats:
        """Population standard deviation of each column, shape (dim,)."""
        return self.variances(i).sqrt().cpu().numpy()

    @property
    def precision(self) -> torch.dtype:
        """What products were computed in: float64 for float64 networks, else float32."""
        return self._pilots[0].dtype

    def squares(self, i: int, j: int) -> tuple[float, float]:
        """|X^T Y|_F^2 and sum over tokens of |x|^2 |y|^2, both centred: what CKA is made of.

        The second follows from the pilot-centred sums: with x = x' - d, y = y' - e,
        sum ab = sum a'b' - 2 e.sum a'y' - 2 d.sum b'x' + 4 d^T (X^T Y) e
        + |e|^2 sum a' + |d|^2 sum b' + n |d|^2 |e|^2.
        """
        if (i, j) not in self._squares:
            cross = self.cross(i, j)
            d, e = self._left(i), self._left(j)
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
        left = self._left(i)
        return float(self._norms[i] - self.n * (left @ left))

    def _left(self, i: int) -> Tensor:
        """Mean of the pilot-centred rows."""
        return self._sums[i] / self.n


def _mirror(product: Tensor) -> None:
    """Fill in what `add` leaves out of a symmetric product: all left of its panels."""
    for start in range(0, len(product), PANEL):
        panel = slice(start, start + PANEL)
        product[start + PANEL :, panel] = product[panel, start + PANEL :].T
