"""What the store of a text will hold, known before the model has run."""

from typing import Any

import numpy as np

from ticketscope.representations.attention import attention_modules
from ticketscope.representations.batches import Text
from ticketscope.representations.layout import EOS, sides
from ticketscope.representations.model import LoadedModel
from ticketscope.representations.settings import Precision
from ticketscope.representations.store import Description


def describe(
    loaded: LoadedModel,
    source: Text,
    target: Text | None,
    attention: bool,
    precision: Precision,
    checkpoint: str,
) -> Description:
    """What a store of these texts will hold; `checkpoint` is the hash of its file."""
    stacks = {"encoder": (loaded.model.encoder, source)}
    if target is not None:
        stacks["decoder"] = (loaded.model.decoder, target)
    shapes = {
        name: [len(stack.layers) + 1, int(text.offsets[-1]), stack.layers[0].embed_dim]
        for name, (stack, text) in stacks.items()
    }
    if attention and target is not None:
        for kind, layer, module in attention_modules(loaded.model):
            query, key = sides(kind, source, target)
            pairs = int((query.lengths * key.lengths).sum())
            shapes[kind] = [layer + 1, pairs, module.num_heads]
    return Description(
        precision=precision,
        checkpoint=checkpoint,
        source=source.digest,
        target=None if target is None else target.digest,
        unknown={name: text.unknown for name, (_, text) in stacks.items()},
        final_norm=[name for name, (stack, _) in stacks.items() if stack.layer_norm is not None],
        shapes=shapes,
    )


def index_of(source: Text, target: Text | None) -> dict[str, Any]:
    """Arrays of the store's index.npz."""
    index: dict[str, Any] = {
        "encoder_offsets": source.offsets,
        "encoder_subwords": np.array([p for row in source.pieces for p in (*row, EOS)]),
    }
    if target is not None:
        index["decoder_offsets"] = target.offsets
        index["decoder_subwords"] = np.array([p for row in target.pieces for p in (EOS, *row)])
    return index
