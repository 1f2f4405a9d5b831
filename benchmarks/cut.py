"""A global magnitude cut of 176 million weights against one np.partition over the same array."""

import statistics
import time

import numpy as np

from ticketscope.tickets.criteria.magnitude import scores as magnitude
from ticketscope.tickets.cut import cut
from ticketscope.tickets.masks import Mask

SIZE = 176_295_936  # prunable weights of Transformer-Big
ROUNDS = 3
LIMITS = {f"{name}_ratio_median": ("at most", 2) for name in ("dense", "later")}


def measure() -> dict[str, object]:
    """Seconds of the first cut (dense) and of the fifth (59 % gone) over those of one partition."""
    generator = np.random.default_rng(1)
    weights = {f"w{i}": generator.standard_normal(SIZE // 16, dtype=np.float32) for i in range(16)}
    dense = Mask.full({name: array.shape for name, array in weights.items()})
    later = Mask({name: generator.random(array.shape) > 0.59 for name, array in weights.items()})
    together = np.concatenate([np.abs(array) for array in weights.values()])
    rows = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        np.partition(together, together.size // 5)
        peer = time.perf_counter() - start
        row = {"partition_seconds": round(peer, 2)}
        for name, mask in (("dense", dense), ("later", later)):
            start = time.perf_counter()
            cut(mask, magnitude(weights, seed=1, k=1), 0.2, "global")
            row[f"{name}_ratio"] = round((time.perf_counter() - start) / peer, 2)
        rows.append(row)
    return {
        "dense_ratio_median": statistics.median(row["dense_ratio"] for row in rows),
        "later_ratio_median": statistics.median(row["later_ratio"] for row in rows),
        "rounds": rows,
    }
