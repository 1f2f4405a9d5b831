"""Any weights: the random baseline."""

from collections.abc import Mapping

import numpy as np

from ticketscope.tickets.masks import FloatArray


def scores(weights: Mapping[str, FloatArray], *, seed: int, k: int) -> dict[str, FloatArray]:
    """A uniform number for every entry, drawn anew at iteration k."""
    generator = np.random.default_rng([seed, k])
    return {
        name: generator.random(array.shape, dtype=np.float32) for name, array in weights.items()
    }
