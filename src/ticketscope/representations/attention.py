"""The attention of every head of every layer, which fairseq computes and discards."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ticketscope.representations.layout import Kind

Keep = Callable[[Kind, int, Tensor], None]


@contextmanager
def attention_weights(model: Any, keep: Keep) -> Iterator[None]:
    """Within the block, each forward pass hands over the attention of all layers.

    fairseq ignores `need_head_weights` in self-attention, and elsewhere its product is slower than
    torch's; within the block the modules call torch's function. Afterwards the model is as before.

    Args:
        model: fairseq's Transformer encoder-decoder, in evaluation mode.
        keep: Called by each layer with kind, layer (from 0) and weights (batch, heads, query,
            key): holding those of all layers would take far more memory than the model.
    """
    with ExitStack() as undo:
        for kind, layer, module in attention_modules(model):
            module.forward = _keeping_forward(module, keep, kind, layer)
            undo.callback(delattr, module, "forward")
        yield


def attention_modules(model: Any) -> list[tuple[Kind, int, Any]]:
    """Every attention module with its kind and layer, in the order in which they run."""
    modules: list[tuple[Kind, int, Any]] = []
    for index, layer in enumerate(model.encoder.layers):
        modules.append(("enc_self", index, layer.self_attn))
    for index, layer in enumerate(model.decoder.layers):
        modules.append(("dec_self", index, layer.self_attn))
        modules.append(("enc_dec", index, layer.encoder_attn))
    return modules


def _keeping_forward(module: Any, keep: Keep, kind: Kind, layer: int) -> Callable[..., Any]:
    """A replacement of the forward function of fairseq's module that also computes weights."""

    def forward(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        attn_mask: Tensor | None = None,
        **_: Any,
    ) -> tuple[Tensor, None]:
        output, weights = functional.multi_head_attention_forward(
            query,
            key,
            value,
            module.embed_dim,
            module.num_heads,
            None,
            torch.cat([module.q_proj.bias, module.k_proj.bias, module.v_proj.bias]),
            module.bias_k,
            module.bias_v,
            module.add_zero_attn,
            0.0,
            module.out_proj.weight,
            module.out_proj.bias,
            training=False,
            key_padding_mask=key_padding_mask,
            attn_mask=attn_mask,
            use_separate_proj_weight=True,
            q_proj_weight=module.q_proj.weight,
            k_proj_weight=module.k_proj.weight,
            v_proj_weight=module.v_proj.weight,
            average_attn_weights=False,
        )
        assert weights is not None
        keep(kind, layer, weights)
        return output, None

    return forward
