"""Adam on a stack of probes (Kingma & Ba 2015), with PyTorch's betas, eps and no decay.

Being element by element, it gives each probe the steps that it would take alone, and probes can
leave together with their moments. torch.optim loads a compiler that takes longer than a small
task's probes; its kernel is called here directly.
"""

from collections.abc import Sequence

import torch

BETAS = (0.9, 0.999)
EPS = 1e-8


class Flat:
    """A copy of some tensors, end to end in one vector: one call serves all of them.

    Attributes:
        whole: The vector (numbers,).
        parts: Views of it, in the shapes of the tensors.
    """

    def __init__(self, tensors: Sequence[torch.Tensor]) -> None:
        self.whole = torch.cat([tensor.flatten() for tensor in tensors])
        pieces = self.whole.split([tensor.numel() for tensor in tensors])
        self.parts = [
            piece.view(tensor.shape) for piece, tensor in zip(pieces, tensors, strict=True)
        ]

    def select(self, chosen: torch.Tensor) -> "Flat":
        """A copy of some of the slices of all parts, by number or by mask."""
        return Flat([part[chosen] for part in self.parts])

    def zeros(self) -> "Flat":
        """As many numbers in the same shapes, all 0."""
        return Flat([torch.zeros_like(part) for part in self.parts])


class Adam:
    """The moments of parameters that are stacked along their first axis."""

    def __init__(self, parameters: Flat, lr: float) -> None:
        self._lr = lr
        self._steps = torch.zeros((), device=parameters.whole.device)
        self._means = parameters.zeros()
        self._squares = parameters.zeros()

    def step(self, parameters: Flat, gradients: Flat) -> None:
        """Change the parameters in place."""
        self._steps += 1
        torch._fused_adam_(
            [parameters.whole],
            [gradients.whole],
            [self._means.whole],
            [self._squares.whole],
            [],
            [self._steps],
            lr=self._lr,
            beta1=BETAS[0],
            beta2=BETAS[1],
            weight_decay=0.0,
            eps=EPS,
            amsgrad=False,
            maximize=False,
        )

    def keep(self, going: torch.Tensor) -> None:
        """Forget the slices that are not in the mask."""
        self._means = self._means.select(going)
        self._squares = self._squares.select(going)
