"""Let an fp16 training go on from a save as if it had never stopped.

Wrong upstream (ve-fairseq 0.12.3): in fp16 the optimiser updates float32 masters of the weights. A
checkpoint holds neither them, but their rounding to float16, nor when the loss scale last changed.
So a ticket depended on how often its training had been interrupted.
Gain: masters and scaler are saved with Adam's moments, 4 bytes a weight, and restored with them.
Can go: when fairseq saves them.
"""

from typing import Any

import torch
from fairseq.optim import FP16Optimizer

from ticketscope.upstream import made_for

_MASTERS, _SCALER = "fp32_masters", "loss_scaler"


def apply() -> None:
    """Once a process, before a training begins."""
    if hasattr(FP16Optimizer.state_dict, "__wrapped__"):
        return
    if not made_for("ve-fairseq", "0.12.3", "exact resumption in fp16"):
        return
    save, load = FP16Optimizer.state_dict, FP16Optimizer.load_state_dict

    def state_dict(self: Any) -> dict[str, Any]:
        scaler = {_SCALER: dict(vars(self.scaler))} if self.scaler is not None else {}
        return {**save(self), **scaler, _MASTERS: [master.data for master in _masters(self)]}

    def load_state_dict(self: Any, state: dict[str, Any], overrides: Any = None) -> None:
        load(self, state, overrides)
        # A checkpoint from elsewhere has neither.
        for master, saved in zip(_masters(self), state.get(_MASTERS, []), strict=False):
            master.data.copy_(saved)
        if self.scaler is not None:
            vars(self.scaler).update(state.get(_SCALER, {}))

    state_dict.__wrapped__ = save  # type: ignore[attr-defined]
    FP16Optimizer.state_dict = state_dict
    FP16Optimizer.load_state_dict = load_state_dict


def _masters(optimizer: Any) -> list[torch.nn.Parameter]:
    """One a parameter, or one flat tensor a device."""
    masters = optimizer.fp32_params
    return list(masters.values()) if isinstance(masters, dict) else masters
