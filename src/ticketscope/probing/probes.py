"""Linear and MLP probes of all layers and replicates, as one stack of matrices (appendix A.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn


@dataclass(frozen=True)
class Stack:
    """Independent probes of one shape.

    linear: Linear(in, out); mlp: Linear(in, hidden), ReLU, Linear(hidden, out); no dropout.

    Attributes:
        parameters: Weight (stack, out, in) and bias (stack, out, 1) of each Linear in turn.
        layers: Layer that each slice reads (stack,).
        replicates: Number of each slice's replicate (stack,).
    """

    parameters: list[torch.Tensor]
    layers: torch.Tensor
    replicates: torch.Tensor

    def __len__(self) -> int:
        return len(self.layers)

    def __call__(self, features: torch.Tensor) -> torch.Tensor:
        """(stack, items, in) -> (stack, out, items)."""
        return self.states(features)[-1]

    def states(self, features: torch.Tensor) -> list[torch.Tensor]:
        """The input of each Linear (stack, in, items), followed by the outputs of the probes.

        Items are the last axis, so that softmax runs along vectors of items and not along the few
        classes of each item. Products with few classes are faster, too.
        """
        states = [features.transpose(1, 2)]
        for place in range(0, len(self.parameters), 2):
            if place:
                states[-1].relu_()
            weight, bias = self.parameters[place : place + 2]
            states.append(torch.baddbmm(bias, weight, states[-1]))
        return states

    def select(self, chosen: torch.Tensor) -> "Stack":
        """A copy of some of the slices, by number or by mask."""
        return Stack(
            [parameter[chosen] for parameter in self.parameters],
            self.layers[chosen],
            self.replicates[chosen],
        )


def fresh(
    width: int,
    hidden: int | None,
    outputs: int,
    layers: Sequence[int],
    seeds: Sequence[int],
    device: str = "cpu",
) -> Stack:
    """Untrained probes, ordered by layer and then by replicate.

    The weights of a slice are those of nn.Linear after `manual_seed` with its replicate's seed, the
    same on all layers.

    Args:
        width: Size of the features.
        hidden: Hidden units of the MLP; None: linear.
        outputs: Classes, or 1 for regression.
        layers: Layers to probe.
        seeds: One per replicate.
        device: Device of the parameters.
    """
    sizes = [width, outputs] if hidden is None else [width, hidden, outputs]
    replicates = []
    with torch.random.fork_rng(devices=[]):
        for seed in seeds:
            torch.manual_seed(seed)
            linears = [nn.Linear(a, b) for a, b in pairwise(sizes)]
            replicates.append(
                [part.detach() for x in linears for part in (x.weight, x.bias[:, None])]
            )
    parameters = [torch.stack(parts) for parts in zip(*replicates, strict=True)]
    return Stack(
        [parameter.repeat(len(layers), 1, 1).to(device) for parameter in parameters],
        torch.tensor(layers).repeat_interleave(len(seeds)).to(device),
        torch.arange(len(seeds)).repeat(len(layers)).to(device),
    )


def join(stacks: Sequence[Stack]) -> Stack:
    """The slices of several stacks in one."""
    return Stack(
        [torch.cat(parts) for parts in zip(*(x.parameters for x in stacks), strict=True)],
        torch.cat([stack.layers for stack in stacks]),
        torch.cat([stack.replicates for stack in stacks]),
    )
