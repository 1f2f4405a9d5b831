"""Masks of tickets: LTH0's keeps everything, each next one cuts what its criterion ranks lowest."""

from importlib import import_module
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.tickets import checkpoints, criteria
from ticketscope.tickets.cut import cut
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import is_prunable
from ticketscope.tickets.settings import Series


def dense_mask(checkpoint: Path, *, embeddings: bool, biases: bool, output: Path) -> Mask:
    """LTH0's mask: nothing cut, and every parameter that may be pruned named.

    Raises:
        InputError: the model has nothing to prune.
    """
    weights = checkpoints.parameters(checkpoints.load(checkpoint))
    mask = Mask.full(
        {
            name: tuple(tensor.shape)
            for name, tensor in weights.items()
            if is_prunable(name, embeddings=embeddings, biases=biases)
        }
    )
    if not mask.kept:
        raise InputError(f"{checkpoint} has no prunable parameter: is it a fairseq Transformer?")
    mask.save(output)
    return mask


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
