"""LTH0's mask, which names every prunable parameter and cuts nothing."""

from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import is_prunable


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
