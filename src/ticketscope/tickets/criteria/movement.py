"""Movement away from zero (Sanh, Wolf and Rush 2020)."""

from collections.abc import Mapping

import numpy as np

from ticketscope.tickets.masks import FloatArray

NEEDS = ("rewound",)


def scores(
    weights: Mapping[str, FloatArray],
    *,
    seed: int,
    k: int,
    rewound: Mapping[str, FloatArray],
) -> dict[str, FloatArray]:
    """(w^2 - v^2) / 2, from the weight v that is rewound to, to the last ticket's w.

    Sanh et al. add up -w dL/dw over the updates of training. Where updates follow the gradient, the
    sum is the integral of w dw, which has this closed form: positive for a weight that grew, and
    negative for one that shrank. Only the ends of the path are read.
    """
    return {
        name: (np.square(array) - np.square(rewound[name])) / 2 for name, array in weights.items()
    }
