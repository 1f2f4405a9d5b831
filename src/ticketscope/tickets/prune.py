"""One pruning iteration: cut what the criterion ranks lowest (section 3.2)."""

from importlib import import_module
from pathlib import Path

from ticketscope.tickets import checkpoints, criteria
from ticketscope.tickets.cut import cut
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.settings import Series


def prune(
    checkpoint: Path,
    mask: Path,
    *,
    series: Series,
    fraction: float,
    seed: int,
    k: int,
    output: Path,
) -> Mask:
    """One pruning iteration: ticket k's mask, from ticket k-1's checkpoint and mask.

    Raises:
        InputError: NaN in the weights, or mask and checkpoint do not fit each other.
    """
    before = Mask.load(mask)
    if series.criterion == "none":
        after = before
    else:
        weights = checkpoints.masked_weights(checkpoints.load(checkpoint), before, str(checkpoint))
        # By name, so that another criterion may be added or edited and this one's masks stay.
        criterion = import_module(f"{criteria.__name__}.{series.criterion}")
        after = cut(before, criterion.scores(weights, seed=seed, k=k), fraction, series.scope)
    if not after.is_nested_in(before):
        raise AssertionError(f"the mask of iteration {k} revives weights")  # a bug of ours
    after.save(output)
    return after
