"""Multiplications of a forward pass, with all weights and with those that a mask keeps."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ticketscope.tickets.parameters import module_of

Shapes = Mapping[str, tuple[int, ...]]
_ATTENTION = re.compile(r"(encoder|decoder)\.layers\.\d+\.(self_attn|encoder_attn)\.q_proj\.weight")
# Keys and values of the encoder's output: computed once a source subword.
_OF_SOURCE = re.compile(r"decoder\.layers\.\d+\.encoder_attn\.[kv]_proj\.weight")


@dataclass(frozen=True)
class Operations:
    """Multiply-accumulates of one forward pass.

    Attributes:
        source: A source subword.
        target: A target subword, of a sentence that is decoded with a cache or force-decoded.
    """

    source: int
    target: int


def operations(shapes: Shapes, kept: Mapping[str, int], length: int) -> Operations:
    """Multiply-accumulates a subword of a Transformer (Vaswani et al. 2017, table 1).

    Counted are the projections of attention, its scores and weighted sums, the feed-forward layers
    and the output projection. Not counted are biases, LayerNorm, softmax, and the look-up of
    embeddings. With n subwords on either side, attention over the source takes 2 n d of a subword
    and layer, attention over what precedes in the target the mean over its places, (n + 1) d.

    Args:
        shapes: Of all parameters by name, also those of a shared matrix.
        kept: Entries that the mask keeps, of each parameter that it names.
        length: Subwords of a sentence, n.
    """
    source = target = 0
    for name, shape in shapes.items():
        module = module_of(name)
        if module is None or module.kind == "bias" or name.endswith("embed_tokens.weight"):
            continue
        weights = kept.get(name, math.prod(shape))
        if module.side == "encoder" or _OF_SOURCE.fullmatch(name):
            source += weights
        else:
            target += weights
    for name, shape in shapes.items():
        if match := _ATTENTION.fullmatch(name):
            side, attention = match.groups()
            if side == "encoder":
                source += 2 * length * shape[0]
            else:
                target += (2 * length if attention == "encoder_attn" else length + 1) * shape[0]
    return Operations(source, target)
