"""Tables of a made-up experiment's cost: formats and kernels of known sizes and times."""

from collections.abc import Sequence

import pandas as pd

from tests.report.test_figures_sparsity import made_up
from ticketscope.report.figures.cost import Tables


def cost_tables(seeds: Sequence[int]) -> Tables:
    """Of 1000 weights each iteration prunes 300; sparse products take a second longer."""
    sparsity = made_up(2, seeds=tuple(seeds)).sparsity
    names = sparsity[["seed", "series", "ticket", "k"]]
    counts = names.assign(
        parameters=1000,
        nonzero=1000 - 300 * names["k"] * (names["series"] != "control"),
        bytes_dense=4000,
        bytes_bitmask=lambda t: 4 * t["nonzero"] + 100 + t["seed"],
        bytes_csr=lambda t: 8 * t["nonzero"] + t["seed"],
        bytes_deflate=lambda t: 4 * t["nonzero"] - t["seed"],
    )
    times = [
        names.assign(side=side, kernel=kernel, seconds=base + names["seed"] / 10 - names["k"] / 9)
        for side in ("encoder", "decoder")
        for kernel, base in (("dense", 1), ("csr", 2))
    ]
    speed = pd.concat(times)
    return Tables(sparsity, counts, speed[speed["series"] != "control"])
