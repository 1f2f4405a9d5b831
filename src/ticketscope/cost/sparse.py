"""A model whose pruned matrices are multiplied by torch's sparse kernels."""

import warnings
from collections.abc import Collection
from typing import Any

from torch import Tensor, nn

from ticketscope.representations.attention import attention_modules


class SparseLinear(nn.Module):
    """A linear layer whose weight is in compressed sparse rows; zeros are not stored.

    Args:
        dense: The layer that it computes the same as.
    """

    def __init__(self, dense: nn.Linear) -> None:
        super().__init__()
        with warnings.catch_warnings():  # sparse CSR is in beta, says torch
            warnings.simplefilter("ignore", UserWarning)
            self.weight = dense.weight.detach().to_sparse_csr()
        self.bias = dense.bias

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., in). Returns (..., out)."""
        product = (self.weight @ x.reshape(-1, x.shape[-1]).t()).t()
        if self.bias is not None:
            product = product + self.bias
        return product.reshape(*x.shape[:-1], -1)


def call_projections(model: Any) -> None:
    """Let attention call its projections as modules; in place.

    Else torch multiplies with their weights itself, and a projection of another kind is not asked.
    """
    for _, _, attention in attention_modules(model):
        attention.skip_embed_dim_check = True


def make_sparse(model: Any, pruned: Collection[str]) -> None:
    """Replace the linear layers whose weights are named; in place.

    The output projection is left as it is where it shares the embedding.
    """
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and f"{name}.weight" in pruned:
            parent, _, child = name.rpartition(".")
            setattr(model.get_submodule(parent), child, SparseLinear(module))
