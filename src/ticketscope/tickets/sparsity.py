"""Where weights are pruned: counts by module, layer and head (section 3.4, Figures A1 and A2)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ticketscope.tickets.checkpoints import State, attention_heads, count_parameters
from ticketscope.tickets.heads import Heads, split_heads
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import module_of


@dataclass(frozen=True)
class Architecture:
    """What a mask alone does not tell.

    Attributes:
        parameters: Number of all parameters, tied ones once.
        without_embeddings: The same less token embeddings.
        heads: Attention heads of a layer, by side.
    """

    parameters: int
    without_embeddings: int
    heads: Heads

    @classmethod
    def of(cls, state: State) -> "Architecture":
        """Read off a fairseq checkpoint."""
        return cls(*count_parameters(state), heads=attention_heads(state))


def ticket_sparsity(mask: Mask, architecture: Architecture) -> dict[str, Any]:
    """Table A1's two sparsities: pruned weights over all parameters, and over all but embeddings.

    Not over the prunable ones: LayerNorm counts in the denominator. Only so does the paper's LTH9
    come out as printed (0.865; over the prunable ones it would be 0.866).
    """
    return {
        "parameters": architecture.parameters,
        "without_embeddings": architecture.without_embeddings,
        "prunable": mask.total,
        "pruned": mask.pruned,
        "sparsity_incl": mask.pruned / architecture.parameters,
        "sparsity_excl": mask.pruned / architecture.without_embeddings,
    }


def module_sparsity(mask: Mask, architecture: Architecture) -> pd.DataFrame:
    """Counts of the finest modules: one row a head of each projection's weight and of the biases of
    q, k and v, and one for each other weight and bias.

    Columns: side, layer (from 1), block (enc-self, dec-self, enc-dec, fc, embedding), part (q, k,
    v, o, fc1, fc2), kind (weight, bias), head (from 1; empty where there is none), total, pruned,
    sparsity. Any coarser module is a sum of `total` and `pruned` over a group of rows.
    """
    rows = []
    for name, kept in mask.kept.items():
        module = module_of(name)
        if module is None:  # a mask made elsewhere may hold more
            continue
        for head, part in split_heads(module, kept, architecture.heads[module.side]):
            pruned = part.size - int(np.count_nonzero(part))
            rows.append(
                {
                    **vars(module),
                    "head": head,
                    "total": part.size,
                    "pruned": pruned,
                    "sparsity": pruned / part.size,
                }
            )
    return pd.DataFrame(rows).astype({"head": "Int64"})
