"""All similarities of 2 models x 6 layers x 20k tokens beside the GEMM limit and Wu et al.'s code.

The peer, contextual-corr-analysis, has no licence file, so none of it is here: name a checkout of
github johnmwu/contextual-corr-analysis in CONTEXTUAL_CORR_ANALYSIS to measure beside it.
"""

import contextlib
import itertools
import json
import os
import resource
import subprocess
import sys
import time
from types import ModuleType

import numpy as np
import torch

from ticketscope.similarity.covariance import BLOCK, cross_covariances
from ticketscope.similarity.layers import layer_sim_of, neuron_sim_of
from ticketscope.similarity.spectra import cumulative_shares

TOKENS = 20_000
DIM = 1024
NETWORKS = 12
PAIRS = list(itertools.combinations(range(NETWORKS), 2))
BLOCKS = len(PAIRS) + NETWORKS  # products of two networks' rows: 66 pairs and 12 own
LIMITS = {
    "gemm_share": ("at least", 0.9),
    "peer_over_ours": ("at least", 3),
    "six_times_over_six": ("at most", 1.1),
}


class Made:
    """Rows of a network of any length, made when they are read: one block again and again."""

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(self, tokens: int, seed: int) -> None:
        """`seed` is the network's number."""
        generator = np.random.default_rng(seed)
        self.rows = generator.standard_normal((BLOCK, DIM), dtype=np.float32)
        self.shape = (tokens, DIM)

    def __len__(self) -> int:
        """How many tokens."""
        return self.shape[0]

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Rows of a block."""
        return self.rows[: rows.stop - rows.start]


def gemm_limit(tokens: int, rounds: int = 15) -> float:
    """CPU-seconds of the products alone, at this process's rate now."""
    x, y = torch.randn(BLOCK, DIM), torch.randn(BLOCK, DIM)
    x.T @ y
    start = time.process_time()
    for _ in range(rounds):
        x.T @ y
    return (time.process_time() - start) / rounds * BLOCKS * tokens / BLOCK


def stream(tokens: int) -> dict[str, float]:
    """One pass, LinCKA plain and debiased, NeuronSim both ways, spectra."""
    networks = [Made(tokens, seed) for seed in range(NETWORKS)]
    before = gemm_limit(tokens)
    marks = [time.process_time()]
    sums = cross_covariances(networks, PAIRS)
    marks.append(time.process_time())
    for i, j in PAIRS:
        layer_sim_of(sums, i, j)
        layer_sim_of(sums, i, j, debiased=True)
        neuron_sim_of(sums, i, j)
        neuron_sim_of(sums, j, i)
    marks.append(time.process_time())
    for i in range(NETWORKS):
        cumulative_shares(sums, i)
    marks.append(time.process_time())
    parts = [round(b - a, 2) for a, b in itertools.pairwise(marks)]
    total = marks[-1] - marks[0]
    limit = (before + gemm_limit(tokens)) / 2
    return {
        "gemm_limit": round(limit, 2),
        **dict(zip(("pass", "cka_and_neurons", "spectra"), parts, strict=True)),
        "total": round(total, 2),
    }


def peer(tokens: int) -> dict[str, float]:
    """LinCKA and MaxCorr of contextual-corr-analysis, on tensors in memory."""
    sys.path.insert(0, os.environ["CONTEXTUAL_CORR_ANALYSIS"])
    # It imports h5py to read its own files; none is read here.
    sys.modules.setdefault("h5py", ModuleType("h5py"))
    from corr_methods import LinCKA, MaxCorr

    layers = {f"m_{i}": torch.from_numpy(made_whole(tokens, i)) for i in range(NETWORKS)}
    dims = dict.fromkeys(layers, DIM)
    before = gemm_limit(tokens)
    start = time.process_time()
    with contextlib.redirect_stdout(None):
        for method in (MaxCorr, LinCKA):
            method(dims, layers, torch.device("cpu")).compute_correlations()
    total = time.process_time() - start
    return {"gemm_limit": round(before, 2), "total": round(total, 2)}


def made_whole(tokens: int, seed: int) -> np.ndarray:
    """The same rows as `Made`, in one array."""
    rows = Made(tokens, seed).rows
    return np.concatenate([rows] * (tokens // BLOCK + 1))[:tokens]


def apart(what: str, tokens: int) -> dict[str, float]:
    """Measure in a process of its own, on one thread; with its peak memory in GiB."""
    done = subprocess.run(
        [sys.executable, __file__, what, str(tokens)],
        env=os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


def measure(tokens: int = TOKENS) -> dict[str, object]:
    """CPU-seconds and memory, ours, six times the tokens, and the peer if there is one."""
    small, large = apart("stream", tokens), apart("stream", 6 * tokens)
    result: dict[str, object] = {
        "tokens": tokens,
        # Without the work on matrices, which is the same for any number of tokens.
        "gemm_share_of_pass": round(small["gemm_limit"] / small["pass"], 3),
        "gemm_share": round(small["gemm_limit"] / small["total"], 3),
        "gemm_share_at_six_times": round(large["gemm_limit"] / large["total"], 3),
        # In units of the GEMM rate beside each, since neighbours slow the one or the other.
        "six_times_over_six": round(
            large["total"] / large["gemm_limit"] / (small["total"] / small["gemm_limit"]), 3
        ),
        "ours_cpu_seconds": small,
        "ours_cpu_seconds_at_six_times": large,
    }
    if "CONTEXTUAL_CORR_ANALYSIS" in os.environ:
        other = apart("peer", tokens)
        result["peer_over_ours"] = round(other["total"] / small["total"], 2)
        result["peer_cpu_seconds"] = other
    return result


if __name__ == "__main__":
    torch.set_num_threads(1)
    measured = {"stream": stream, "peer": peer}[sys.argv[1]](int(sys.argv[2]))
    measured["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    print(json.dumps(measured))
