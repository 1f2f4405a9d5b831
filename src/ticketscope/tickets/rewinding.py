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
"""

from ticketscope.tickets.checkpoints import State, apply_mask
from ticketscope.tickets.masks import Mask


def start_checkpoint(kind: str, last: State, rewound: State, mask: Mask) -> State:
    """Put a start checkpoint together; masked weights are zero in it.

    The moments of masked weights are cleared by the fairseq plugin when training begins: it knows
    which moment belongs to which parameter.

    Args:
        kind: `learning_rate`, `weights` or `none`.
        last: The finished checkpoint of ticket k-1.
        rewound: LTH0's checkpoint of the rewind epoch.
        mask: Ticket k's mask.

    Raises:
        InputError: the mask is of another architecture.
    """
    weights = rewound if kind == "weights" else last
    schedule = last if kind == "none" else rewound
    state = {
        **last,
        "model": dict(weights["model"]),
        "last_optimizer_state": weights["last_optimizer_state"],
        "optimizer_history": schedule["optimizer_history"],
        "extra_state": schedule["extra_state"],
    }
    apply_mask(state, mask, "the checkpoint to prune")
    return state
