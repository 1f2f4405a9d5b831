"""Weights and activations (Wanda; Sun et al. 2024)."""

from collections.abc import Mapping

import numpy as np

from ticketscope.tickets.masks import FloatArray

NEEDS = ("input_norm",)


def scores(
    weights: Mapping[str, FloatArray],
    *,
    seed: int,
    k: int,
    input_norm: Mapping[str, FloatArray],
) -> dict[str, FloatArray]:
    """|w| times the norm of its input over the calibration tokens; a bias has the input 1.

    Wanda compares the weights of an output with each other: `scope: row`, or `2:4`.
    """
    return {name: np.abs(array) * input_norm[name] for name, array in weights.items()}
