"""Per-head attention of every layer, which fairseq computes and throws away."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor

from dissect.representations.layout import Kind

Keep = Callable[[Kind, int, Tensor], None]


@contextmanager
def attention_weights(model: Any, keep: Keep) -> Iterator[None]:
    """Within the block, each forward pass hands over the attention of each of its layers.

    fairseq ignores `need_head_weights` in self-attention, so hooks ask for them at each module and
    switch off torch's fused attention, which returns none. The model is left as it was.

    Args:
        model: fairseq's Transformer encoder-decoder.
        keep: Gets kind, layer (from 0) and weights (heads, batch, query, key), at once: holding
            them all would take far more memory than the model.
    """
    with ExitStack() as undo:
        for kind, layer, module in attention_modules(model):
            undo.callback(setattr, module, "skip_embed_dim_check", module.skip_embed_dim_check)
            module._set_skip_embed_dim_check()
            for handle in (
                module.register_forward_pre_hook(_ask, with_kwargs=True),
                module.register_forward_hook(_hand_over(keep, kind, layer)),
            ):
                undo.callback(handle.remove)
        yield


def attention_modules(model: Any) -> list[tuple[Kind, int, Any]]:
    """Every attention module with its kind and layer, in the order in which they run."""
    found: list[tuple[Kind, int, Any]] = []
    for index, layer in enumerate(model.encoder.layers):
        found.append(("enc_self", index, layer.self_attn))
    for index, layer in enumerate(model.decoder.layers):
        found.append(("dec_self", index, layer.self_attn))
        found.append(("enc_dec", index, layer.encoder_attn))
    return found


def _ask(module: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return arguments, {**options, "need_weights": True, "need_head_weights": True}


def _hand_over(keep: Keep, kind: Kind, layer: int) -> Callable[..., None]:
    def hook(module: Any, arguments: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        keep(kind, layer, output[1])

    return hook
