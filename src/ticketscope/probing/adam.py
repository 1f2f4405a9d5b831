"""Adam on a stack of probes (Kingma & Ba 2015), with PyTorch's betas, eps and no decay.

Adam works element by element, so each probe takes the steps that it would take alone, and can leave
the stack together with its moments. The kernel of torch.optim is called directly, because
torch.optim loads a compiler, which takes longer than the training of a small task.
"""

from collections.abc import Sequence

import torch

BETAS = (0.9, 0.999)
EPS = 1e-8


class Flat:
    """A copy of some tensors, concatenated in one vector, so that one call updates all of them.

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
        """Zeros in the same shapes."""
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

    def keep(self, kept: torch.Tensor) -> None:
        """Keep only some of the slices, by number or by mask."""
        self._means = self._means.select(kept)
        self._squares = self._squares.select(kept)
