"""Classes of tasks by how their scores change with sparsity (section 4.2), over seeds."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from ticketscope.stats.corrections import benjamini_hochberg
from ticketscope.stats.seeds import LEAST_SEEDS, MeanEffect

# `described`: too few seeds for a class.
Class = Literal["degrading", "improving", "no change", "open", "described"]

# Largest change of a score that passes for none: the smallest that the paper calls a trend
# (SynPred, .905 to .921).
MARGIN = 0.016


def classes_of(changes: Sequence[MeanEffect], margin: float, *, level: float = 0.05) -> list[Class]:
    """The class of each task from its change with sparsity: a slope minus the control's, by seed.

    `no change`: two one-sided tests show that the change lies within +- `margin`. `degrading` and
    `improving`: a two-sided t test rejects that there is none, and it may be larger than `margin`.
    Both kinds of p-values are corrected for the number of tasks (Benjamini & Hochberg 1995).

    Args:
        changes: `stats.seeds.mean_effect` of each task, of shape (1,).
        margin: Largest change that passes for none, in the score's unit.
        level: False discovery rate.
    """
    if not changes:
        return []
    within = benjamini_hochberg(np.array([change.p_within(margin)[0] for change in changes]))
    beyond = benjamini_hochberg(np.array([change.p_beyond(0)[0] for change in changes]))
    classes: list[Class] = []
    for change, same, other in zip(changes, within, beyond, strict=True):
        if change.seeds < LEAST_SEEDS:
            classes.append("described")
        elif same <= level:
            classes.append("no change")
        elif other <= level:
            classes.append("improving" if change.value[0] > 0 else "degrading")
        else:
            classes.append("open")
    return classes
