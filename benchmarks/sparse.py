"""A feed-forward layer of the paper's size, dense and in compressed rows, one core, by sparsity."""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from ticketscope.cost.sparse import SparseLinear
from ticketscope.cost.storage import deflated

WIDTH, INNER = 1024, 4096
SPARSITIES = (0.0, 0.2, 0.5, 0.79, 0.866, 0.95, 0.98, 0.99)
BATCHES = (1, 25, 500)  # subwords: a step of decoding, a sentence, a batch
REPEATS = 7


def measure() -> dict[str, object]:
    """Milliseconds of a product, sparse over dense, and speed of both and of deflate."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rows = []
    with torch.inference_mode():
        for subwords in BATCHES:
            for sparsity in SPARSITIES:
                rows.append(_product(sparsity, subwords))
    weights = torch.randn(INNER, WIDTH).numpy()
    start = time.process_time()
    deflated([weights])
    return {
        "layer": f"{WIDTH} x {INNER}",
        "rows": rows,
        "deflate_mb_s": round(weights.nbytes / 1e6 / (time.process_time() - start), 1),
    }


def _product(sparsity: float, subwords: int) -> dict[str, float]:
    dense = nn.Linear(WIDTH, INNER)
    dense.weight[torch.rand(INNER, WIDTH) < sparsity] = 0
    sparse, x = SparseLinear(dense), torch.randn(subwords, WIDTH)
    assert torch.allclose(dense(x), sparse(x), atol=1e-4)
    kinds: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {"dense": dense, "csr": sparse}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(REPEATS):
        for name, layer in kinds.items():
            start = time.process_time()
            layer(x)
            times[name].append(time.process_time() - start)
    seconds = {name: float(np.median(values)) for name, values in times.items()}
    macs = subwords * WIDTH * INNER
    return {
        "subwords": subwords,
        "sparsity": sparsity,
        "dense_ms": round(1000 * seconds["dense"], 3),
        "csr_ms": round(1000 * seconds["csr"], 3),
        "csr_over_dense": round(seconds["csr"] / seconds["dense"], 2),
        "dense_gmacs_s": round(macs / seconds["dense"] / 1e9, 1),
        "csr_gmacs_s": round((1 - sparsity) * macs / seconds["csr"] / 1e9, 2),
    }
