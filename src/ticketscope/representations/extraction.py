"""States and attention of every layer for a text, with a forced target (section 5.1).

The states of a layer:
- Layer 0 is the embedding as the first layer reads it: scaled token embedding plus position.
- Layer k is the output of the k-th layer.
- The last one is what the rest of the model reads. In pre-norm models a LayerNorm follows the last
  layer, and the state is its output; the states of other layers are not normalised there.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ticketscope.errors import InputError
from ticketscope.representations.attention import attention_modules, attention_weights
from ticketscope.representations.batches import (
    Side,
    Text,
    batches,
    collate,
    encode,
    true_positions,
    true_weights,
)
from ticketscope.representations.layout import EOS, Integers, Kind, sides, starts
from ticketscope.representations.model import LoadedModel, load_model
from ticketscope.representations.progress import Pace
from ticketscope.representations.settings import Precision
from ticketscope.representations.store import Description
from ticketscope.representations.writing import Writer, new_store
from ticketscope.runtime.files import sha256


def extract(
    checkpoint: Path,
    data: Path,
    source_lines: Sequence[str],
    target_lines: Sequence[str] | None,
    output: Path,
    *,
    precision: Precision = "float16",
    max_tokens: int = 4000,
    attention: bool = True,
    device: str | None = None,
    progress: Callable[[str], None] = print,
) -> None:
    """Write the representations of a text to a store (its layout is described in `store`).

    Args:
        checkpoint: Checkpoint of a fairseq Transformer.
        data: Folder of fairseq-preprocess with the dictionaries.
        source_lines: The sentences as subwords separated by spaces.
        target_lines: Their translations in the same form; None: run the encoder alone.
        output: Folder to make; it appears when it is complete.
        precision: Precision of the stored numbers.
        max_tokens: Batch size in subwords of the longer side, including padding.
        attention: Whether to store attention; the encoder alone has none stored.
        device: Device, as torch names it; None: CPU.
        progress: Gets a line every few seconds.

    Raises:
        InputError: checkpoint, data or text are wrong, a line is too long for the model (gives its
            number and the limit), a value exceeds the precision's range, or the disk or the
            device's memory is full.
    """
    loaded = load_model(checkpoint, data, device)
    source_limit, target_limit = (
        int(stack.max_positions()) for stack in (loaded.model.encoder, loaded.model.decoder)
    )
    source = encode(source_lines, loaded.source, source_limit, "source")
    target = None
    if target_lines is not None:
        if len(target_lines) != len(source_lines):
            raise InputError(
                f"the source text has {len(source_lines)} lines, the target text "
                f"{len(target_lines)}: each line must have its translation"
            )
        target = encode(target_lines, loaded.target, target_limit, "target")
    attention = attention and target is not None
    description = describe(loaded, source, target, attention, precision, sha256(checkpoint))
    with new_store(output, description, index_of(source, target)) as writer:
        extraction = Extraction(loaded, source, target, attention, writer)
        try:
            with torch.inference_mode():
                extraction.run(max_tokens, progress)
        except torch.OutOfMemoryError as error:
            raise InputError(
                f"the GPU's memory was full at a batch of {max_tokens} subwords of {checkpoint}: "
                "lower representations.max_tokens"
            ) from error


def describe(
    loaded: LoadedModel,
    source: Text,
    target: Text | None,
    attention: bool,
    precision: Precision,
    checkpoint: str,
) -> Description:
    """The description of a store of these texts; `checkpoint` is the SHA-256 of its file."""
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


class Extraction:
    """One pass of a model over a text.

    Args:
        loaded: The model.
        source: Text that the encoder reads.
        target: Text that is forced on the decoder; None: run the encoder alone.
        attention: Whether to write attention.
        writer: Writer of a store that `describe` describes.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        source: Text,
        target: Text | None,
        attention: bool,
        writer: Writer,
    ) -> None:
        self._loaded = loaded
        self._source = source
        self._target = target
        self._writer = writer
        self._pair_offsets: dict[Kind, Integers] = {}
        self._heads: dict[Kind, int] = {}
        if attention and target is not None:
            for kind, _, module in attention_modules(loaded.model):
                self._heads[kind] = module.num_heads
                query, key = sides(kind, source, target)
                self._pair_offsets[kind] = starts(query.lengths * key.lengths)

    def run(self, max_tokens: int, progress: Callable[[str], None]) -> None:
        """Run all batches, longest sentences first: if memory is too small, that shows at once."""
        lengths = self._source.lengths
        if self._target is not None:
            lengths = np.maximum(lengths, self._target.lengths)
        pace = Pace(int(lengths.sum()), "subwords", progress)
        for sentences in batches(lengths, max_tokens):
            self.batch(sentences)
            pace.advance(int(lengths[sentences].sum()))

    def batch(self, sentences: Integers) -> None:
        """Run the sentences of these numbers as a batch and write their representations."""
        loaded = self._loaded
        source = collate(
            self._source, sentences, loaded.source, left=loaded.left_pad_source, shift=False
        )
        if self._target is None:
            self._encode(source, sentences)
            return
        # Never padded on the left, whatever the model's task says: a padded position before the
        # sentence could attend to nothing, and its NaN would spread.
        target = collate(self._target, sentences, loaded.target, left=False, shift=True)
        if not self._pair_offsets:
            self._decode(target, self._encode(source, sentences), sentences)
            return
        places = {
            kind: self._on_device(true_weights(*sides(kind, source, target), heads))
            for kind, heads in self._heads.items()
        }

        def keep(kind: Kind, layer: int, weights: torch.Tensor) -> None:
            # One gather leaves out the padding, most of a batch of unequal sentences, and puts
            # (batch, heads, query, key) in the store's order.
            pairs = weights.flatten().index_select(0, places[kind]).view(-1, self._heads[kind])
            query, key = sides(kind, source, target)
            offsets = self._pair_offsets[kind][sentences]
            self._writer.put(kind, layer, pairs, offsets, query.lengths * key.lengths)

        with attention_weights(loaded.model, keep):
            self._decode(target, self._encode(source, sentences), sentences)

    def _encode(self, source: Side, sentences: Integers) -> dict[str, Any]:
        encoder = self._loaded.model.encoder
        encoded: dict[str, Any] = encoder(
            source.tokens.to(self._loaded.device),
            self._on_device(source.lengths),
            return_all_hiddens=True,
        )
        states = [*encoded["encoder_states"][:-1], encoded["encoder_out"][0]]
        self._keep_states("encoder", states, source, self._source.offsets[sentences])
        return encoded

    def _decode(self, target: Side, encoded: dict[str, Any], sentences: Integers) -> None:
        assert self._target is not None
        decoder = self._loaded.model.decoder
        # Without logits: they are not needed, and over a large vocabulary they cost a third.
        _, extra = decoder(
            target.tokens.to(self._loaded.device), encoder_out=encoded, features_only=True
        )
        states = extra["inner_states"]
        if decoder.layer_norm is not None:
            states = [*states[:-1], decoder.layer_norm(states[-1])]
        self._keep_states("decoder", states, target, self._target.offsets[sentences])

    def _keep_states(
        self, name: str, states: list[torch.Tensor], side: Side, offsets: Integers
    ) -> None:
        places = self._on_device(true_positions(side))
        for layer, state in enumerate(states):  # each (width, batch, dim)
            rows = state.reshape(-1, state.shape[-1]).index_select(0, places)
            self._writer.put(name, layer, rows, offsets, side.lengths)

    def _on_device(self, numbers: Integers) -> torch.Tensor:
        return torch.from_numpy(numbers).to(self._loaded.device)
