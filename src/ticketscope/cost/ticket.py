"""A row of cost.csv: what follows from a ticket's weights and mask alone."""

from typing import Any

import numpy as np

from ticketscope.cost.operations import operations
from ticketscope.cost.storage import storage
from ticketscope.tickets.checkpoints import State, parameters
from ticketscope.tickets.masks import Mask


def ticket_cost(state: State, mask: Mask, length: int) -> dict[str, Any]:
    """Parameters, operations and bytes of a ticket.

    Args:
        state: Its checkpoint.
        mask: Its mask.
        length: Subwords of a sentence, for the operations of attention.

    Returns:
        parameters (tied ones once), nonzero (those that the mask keeps or does not name), length,
        macs_source_dense, macs_source, macs_target_dense, macs_target (multiply-accumulates a
        subword: of the network with all weights, and of one that skips the pruned), bytes_dense,
        bytes_bitmask, bytes_csr, bytes_deflate.
    """
    weights = {name: tensor.float().numpy() for name, tensor in parameters(state).items()}
    shapes = {name: tuple(tensor.shape) for name, tensor in state["model"].items()}
    total = sum(array.size for array in weights.values())
    kept = {name: int(np.count_nonzero(array)) for name, array in mask.kept.items()}
    # A shared matrix is masked by one of its names.
    shared = {
        other: kept[name]
        for name in kept
        for other, tensor in state["model"].items()
        if tensor.shape and tensor.data_ptr() == state["model"][name].data_ptr()
    }
    dense, sparse = operations(shapes, {}, length), operations(shapes, shared, length)
    return {
        "parameters": total,
        "nonzero": total - mask.pruned,
        "length": length,
        "macs_source_dense": dense.source,
        "macs_source": sparse.source,
        "macs_target_dense": dense.target,
        "macs_target": sparse.target,
        **storage(weights, mask.kept).columns(),
    }
