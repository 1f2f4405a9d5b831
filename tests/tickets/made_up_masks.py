"""Masks of a Transformer of one layer a side, of any width, in fairseq's names."""

from collections.abc import Callable

import numpy as np

from ticketscope.tickets.masks import Mask

HEADS = {"encoder": 2, "decoder": 4}


def shapes(dim: int = 8, hidden: int = 12) -> dict[str, tuple[int, ...]]:
    """Shapes of all prunable parameters."""
    found: dict[str, tuple[int, ...]] = {}
    for side, blocks in (("encoder", ["self_attn"]), ("decoder", ["self_attn", "encoder_attn"])):
        layer = f"{side}.layers.0"
        sizes = {
            f"{layer}.{b}.{p}_proj": (dim, dim) for b in blocks for p in ("k", "v", "q", "out")
        }
        sizes |= {f"{layer}.fc1": (hidden, dim), f"{layer}.fc2": (dim, hidden)}
        for name, (rows, columns) in sizes.items():
            found |= {f"{name}.weight": (rows, columns), f"{name}.bias": (rows,)}
    return found


def random_mask(
    seed: int,
    keep: float | Callable[[str], float] = 0.5,
    sizes: dict[str, tuple[int, ...]] | None = None,
) -> Mask:
    """Keeps each entry by chance.

    Args:
        seed: Of the draw.
        keep: Probability, or one for each name.
        sizes: Shapes by name; None: `shapes()`.
    """
    draw = np.random.default_rng(seed)
    share = keep if callable(keep) else lambda name: keep
    return Mask({n: draw.random(s) < share(n) for n, s in (sizes or shapes()).items()})
