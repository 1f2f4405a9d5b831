"""Rewinding: the checkpoint that a pruned model's retraining starts from (section 3.2).

fairseq's schedule has no state but the number of updates, which it takes from `optimizer_history`;
the place in the data comes from `extra_state`. So a start checkpoint is put together from the
last ticket and from the checkpoint that LTH0 left at the rewind epoch:

=============  ==================  =====================  =======================
kind           model               optimiser's moments    schedule, place in data
=============  ==================  =====================  =======================
learning_rate  last ticket         last ticket            rewind epoch
weights        rewind epoch        rewind epoch           rewind epoch
none           last ticket         last ticket            last ticket
=============  ==================  =====================  =======================

`learning_rate` and `weights` are Renda et al. (2020); `none` trains on where the last ticket
ended, which is fine-tuning. Data order follows from seed and epoch, so the epochs that are
replayed see the same batches in the same order.

Where `weights` rewinds to the initialisation (Frankle and Carbin 2019), and where weights are drawn
anew (`redrawn`, their control), nothing is put together: fairseq draws weights, LTH0's own from
LTH0's seed, and the plugin masks them before the first update.
"""

import numpy as np

from ticketscope.tickets.checkpoints import State, apply_mask
from ticketscope.tickets.masks import Mask


def redraw_seed(seed: int, k: int) -> int:
    """The seed of weights that are drawn anew, of its own for each ticket."""
    return int(np.random.SeedSequence([seed, k]).generate_state(1)[0])


def start_checkpoint(kind: str, last: State, rewound: State | None, mask: Mask) -> State:
    """Put a start checkpoint together; masked weights are zero in it.

    The moments of masked weights are cleared by the fairseq plugin when training begins: it knows
    which moment belongs to which parameter.

    Args:
        kind: `learning_rate`, `weights` or `none`.
        last: The finished checkpoint of ticket k-1.
        rewound: LTH0's checkpoint of the rewind epoch; None for the beginning, to which only the
            learning rate is rewound.
        mask: Ticket k's mask.

    Raises:
        InputError: the mask is of another architecture.
    """
    schedule = last if kind == "none" else rewound or _beginning(last)
    weights = schedule if kind == "weights" else last
    state = {
        **last,
        "model": dict(weights["model"]),
        "last_optimizer_state": weights["last_optimizer_state"],
        "optimizer_history": schedule["optimizer_history"],
        "extra_state": schedule["extra_state"],
    }
    apply_mask(state, mask, "the checkpoint to prune")
    return state


def _beginning(state: State) -> State:
    """A checkpoint's schedule and place in the data before the first update."""
    history, place = state["optimizer_history"][-1], state["extra_state"]["train_iterator"]
    return {
        "optimizer_history": [history | {"num_updates": 0}],
        "extra_state": {"train_iterator": place | {"epoch": 1, "iterations_in_epoch": 0}},
    }
