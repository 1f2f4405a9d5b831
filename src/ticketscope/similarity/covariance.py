"""One pass over blocks of tokens that computes all cross-covariances wanted.

It holds one block of each network and one matrix of each pair in memory, however many tokens.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ticketscope.errors import InputError
from ticketscope.similarity.sums import Covariances, Floats, Pair

Array = NDArray[Any] | Tensor
Rows = NDArray[np.integer]
# Each group's runs of tokens: where a run begins, and where it ends.
Groups = Sequence[Sequence[tuple[int, int]]]

__all__ = [
    "Array", "Covariances", "Floats", "Groups", "Pair", "Rows", "as_tensor", "cross_covariances",
]  # fmt: skip

PILOT = 1024  # tokens; their mean is close enough to that of all for float32
BLOCK = 8192  # tokens; adding up blocks in float64 costs 2 % of their products, 4 % at 4096


def cross_covariances(
    networks: Sequence[Array],
    pairs: Sequence[Pair],
    *,
    rows: Rows | None = None,
    groups: Groups = (),
    grouped: Sequence[Pair] = (),
    block: int = BLOCK,
    device: str | torch.device | None = None,
) -> Covariances:
    """Covariances of pairs of networks, and of every network in them with itself.

    GEMMs in float32 (float64 for float64 networks) on rows centred on the mean of the first tokens;
    sums over blocks in float64; then an exact rank-1 correction to the true mean.

    Args:
        networks: Each (tokens, dim), of the same tokens: arrays, memory maps or tensors.
        pairs: Pairs of numbers of networks.
        rows: Numbers of the tokens to use, in this order; None: all.
        groups: Groups of the tokens used, which cover all of them once. Their sums are kept apart
            for the jackknife.
        grouped: Pairs to keep for each group.
        block: Tokens at a time.
        device: Where to compute, as torch names it; None: a GPU if there is one.

    Raises:
        InputError: the networks differ in their number of tokens, have fewer than two tokens or
            not two dimensions, the groups do not cover them, or a value is NaN or infinite (gives
            network and token).
    """
    n = _count_tokens(networks, rows)
    groups = _covering(groups, n)
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    precise = any(_is_precise(network) for network in networks)
    dtype = torch.float64 if precise else torch.float32

    size = min(block, n)
    buffers = [
        torch.empty(size, network.shape[1], dtype=dtype, device=place) for network in networks
    ]

    def read(start: int, stop: int) -> list[Tensor]:
        """A block of each network, in buffers that the next block overwrites."""
        taken = slice(start, stop) if rows is None else rows[start:stop]
        blocks = [buffer[: stop - start] for buffer in buffers]
        for network, piece in zip(networks, blocks, strict=True):
            piece.copy_(as_tensor(network[taken]))
        return blocks

    pilots = [piece.mean(0, dtype=torch.float64).to(dtype) for piece in read(0, min(size, PILOT))]
    wanted = _with_own(range(len(networks)), (*pairs, *grouped))
    kept = _with_own({i for pair in grouped for i in pair}, grouped)
    total = Covariances(pilots, wanted)
    for runs in groups:
        part = Covariances(pilots, wanted) if grouped else total
        for low, high in runs:
            for start in range(low, high, block):
                blocks = read(start, min(start + block, high))
                part.add([piece.sub_(pilot) for piece, pilot in zip(blocks, pilots, strict=True)])
                if not part.is_finite():
                    _refuse(read(start, min(start + block, high)), start)
        if grouped:
            total.merge(part)
            total.groups.append(part.only(kept))
    return total


def _count_tokens(networks: Sequence[Array], rows: Rows | None) -> int:
    """Check the networks; the number of tokens that are compared."""
    if not networks:
        raise InputError("no networks to compare")
    for i, network in enumerate(networks):
        if network.ndim != 2:
            raise InputError(
                f"network {i} has the shape {tuple(network.shape)}, expected (tokens, dim)"
            )
        if len(network) != len(networks[0]):
            raise InputError(
                f"network {i} has {len(network)} tokens, network 0 has {len(networks[0])}: "
                "they must be the same tokens"
            )
    n = len(networks[0]) if rows is None else len(rows)
    if n < 2:
        raise InputError(f"similarity needs at least two tokens, given {n}")
    return n


def _covering(groups: Groups, n: int) -> Groups:
    """The groups if they cover all tokens once; without any, a single one."""
    groups = groups or [[(0, n)]]
    runs = sorted(run for group in groups for run in group)
    ends = [0, *(high for _, high in runs)]
    starts = [*(low for low, _ in runs), n]
    if ends != starts or any(low >= high for low, high in runs):
        raise InputError(f"groups must cover the {n} tokens, each of them once: {groups}")
    return groups


def as_tensor(piece: Array) -> Tensor:
    """Rows as a tensor; read-only arrays are copied, since torch would warn about them."""
    if isinstance(piece, Tensor):
        return piece
    return torch.from_numpy(piece if piece.flags.writeable else piece.copy())


def _is_precise(network: Array) -> bool:
    """Whether float32 would lose precision."""
    halves = ("float16", "bfloat16", "float32")
    return str(network.dtype).removeprefix("torch.") not in halves


def _with_own(networks: Iterable[int], pairs: Iterable[Pair]) -> list[Pair]:
    """Own pairs, then the others; (1, 0) is (0, 1) transposed and is not computed again."""
    ordered = ((min(pair), max(pair)) for pair in pairs)
    return list(dict.fromkeys([*((i, i) for i in networks), *ordered]))


def _refuse(blocks: Sequence[Tensor], start: int) -> None:
    for network, block in enumerate(blocks):
        bad = torch.nonzero(~torch.isfinite(block).all(1))
        if len(bad):
            raise InputError(
                f"network {network}, token {start + int(bad[0])}: a value is NaN or infinite "
                "(float16 ends at 65504)"
            )
    raise InputError("values are too large for the sums of their squares")
