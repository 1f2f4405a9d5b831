"""Explicit gradients of the probes' loss, because autograd has a large overhead on small tasks."""

from collections.abc import Sequence

import torch

from ticketscope.probing.probes import Stack


def add_gradients(
    gradients: Sequence[torch.Tensor],
    stack: Stack,
    features: torch.Tensor,
    targets: torch.Tensor,
    weights: torch.Tensor,
) -> None:
    """Add the gradients of the weighted sum of `losses` of some items.

    Args:
        gradients: Shaped like the stack's parameters.
        stack: The probes.
        features: (stack, items, in).
        targets: Classes or values (stack, 1, items).
        weights: Weights of the items (stack, 1, items).
    """
    *inputs, outputs = stack.states(features)
    change = output_gradients(outputs, targets, weights)
    for place in reversed(range(len(inputs))):
        weight, bias = gradients[2 * place : 2 * place + 2]
        # The sum comes first: `change` is still cached, and the product fills the cache.
        bias.add_(change.sum(2, keepdim=True))
        weight.baddbmm_(change, inputs[place].transpose(1, 2))
        if place:
            # The gradient of ReLU is 1 where a hidden unit is above 0: the sign of the unit.
            change = torch.bmm(stack.parameters[2 * place].transpose(1, 2), change)
            change.mul_(inputs[place].sign_())


def output_gradients(
    outputs: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """Gradients of the weighted sum of `losses` with respect to outputs (stack, out, items).

    Cross entropy: weight * (softmax - one-hot). SmoothL1: weight * residual, clipped
    to [-1, 1].
    """
    if targets.is_floating_point():
        return (outputs - targets).clamp_(-1, 1).mul_(weights)
    return outputs.softmax(1).mul_(weights).scatter_add_(1, targets, weights.neg())
