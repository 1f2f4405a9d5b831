"""The smallest weights first."""

from collections.abc import Mapping

import numpy as np

from ticketscope.tickets.masks import FloatArray


def scores(weights: Mapping[str, FloatArray], *, seed: int, k: int) -> dict[str, FloatArray]:
    """|w| of every entry (section 3.2: 'the 20% lowest magnitude')."""
    return {name: np.abs(array) for name, array in weights.items()}
