"""Adam on a stack of probes (Kingma & Ba 2015), with PyTorch's betas, eps and no decay.

Being element by element, it gives each probe the steps that it would take alone, and probes can
leave together with their moments. torch.optim loads a compiler that takes longer than a small
task's probes.
"""

from collections.abc import Sequence

import torch

BETAS = (0.9, 0.999)
EPS = 1e-8


class Adam:
    """The moments of a list of parameters, stacked along their first axis."""

    def __init__(self, parameters: Sequence[torch.Tensor], lr: float) -> None:
        self._lr = lr
        self._steps = 0
        self._means = [torch.zeros_like(parameter) for parameter in parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in parameters]

    @torch.no_grad()
    def step(self, parameters: Sequence[torch.Tensor], gradients: Sequence[torch.Tensor]) -> None:
        """Change the parameters in place."""
        self._steps += 1
        rate = self._lr / (1 - BETAS[0] ** self._steps)
        unbias = (1 - BETAS[1] ** self._steps) ** 0.5
        for parameter, gradient, mean, square in zip(
            parameters, gradients, self._means, self._squares, strict=True
        ):
            mean.lerp_(gradient, 1 - BETAS[0])
            square.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
            parameter.addcdiv_(mean, square.sqrt().div_(unbias).add_(EPS), value=-rate)

    def keep(self, going: torch.Tensor) -> None:
        """Forget the slices that are not in the mask."""
        self._means = [mean[going] for mean in self._means]
        self._squares = [square[going] for square in self._squares]
