"""States and attention of every layer for a text, the target forced on the decoder (section 5.1).

What a layer's state is:
- Layer 0 is the embedding as the first layer reads it: scaled token embedding plus position.
- Layer k is the output of the k-th layer.
- The last one is what the rest of the model reads. In pre-norm models a LayerNorm follows the last
  layer, and the state is the one after it; states in between are not normalised in such models.
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
from ticketscope.representations.contents import describe, index_of
from ticketscope.representations.layout import Integers, Kind, sides, starts
from ticketscope.representations.model import LoadedModel, load_model
from ticketscope.representations.progress import Pace
from ticketscope.representations.settings import Precision
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
    """Write the store of a text at `output` (the `store` module has its layout).

    Args:
        checkpoint: Of a fairseq Transformer.
        data: Folder of fairseq-preprocess with its dictionaries.
        source_lines: Subwords separated by spaces, a sentence a line.
        target_lines: Their translations; None: run the encoder alone.
        output: Folder to make; it appears when it is complete.
        precision: Of the numbers on disk.
        max_tokens: Batch size in subwords of the longer side, padding included.
        attention: Store attention too; the encoder alone never does.
        device: As torch names it; None: CPU.
        progress: Gets a line every few seconds.

    Raises:
        InputError: checkpoint, data or text are wrong, a line is too long for the model (its
            number and the limit), a value is beyond the precision, or the disk is full.
    """
    loaded = load_model(checkpoint, data, device)
    limits = loaded.model.encoder.max_positions(), loaded.model.decoder.max_positions()
    source = encode(source_lines, loaded.source, int(limits[0]), "source")
    target = None
    if target_lines is not None:
        if len(target_lines) != len(source_lines):
            raise InputError(
                f"the source text has {len(source_lines)} lines, the target text "
                f"{len(target_lines)}: they must be line by line a pair"
            )
        target = encode(target_lines, loaded.target, int(limits[1]), "target")
    attention = attention and target is not None
    description = describe(loaded, source, target, attention, precision, sha256(checkpoint))
    with new_store(output, description, index_of(source, target)) as writer:
        run = Extraction(loaded, source, target, attention, writer)
        with torch.inference_mode():
            run.all(max_tokens, progress)


class Extraction:
    """One pass over a text.

    Args:
        loaded: The model.
        source: What the encoder reads.
        target: What the decoder is forced to say; None: run the encoder alone.
        attention: Write attention too.
        writer: Of a store that `describe` describes.
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

    def all(self, max_tokens: int, progress: Callable[[str], None]) -> None:
        """Every batch, the longest sentences first, so that memory runs out at once or never."""
        lengths = self._source.lengths
        if self._target is not None:
            lengths = np.maximum(lengths, self._target.lengths)
        pace = Pace(int(lengths.sum()), "subwords", progress)
        for chosen in batches(lengths, max_tokens):
            self.batch(chosen)
            pace.advance(int(lengths[chosen].sum()))

    def batch(self, chosen: Integers) -> None:
        """Run the sentences of these numbers together, and write what they give."""
        loaded = self._loaded
        source = collate(
            self._source, chosen, loaded.source, left=loaded.left_pad_source, shift=False
        )
        if self._target is None:
            self._encode(source, chosen)
            return
        # Never on the left, whatever the model's task says: a padded position before the sentence
        # could attend to nothing, and its NaN would spread.
        target = collate(self._target, chosen, loaded.target, left=False, shift=True)
        if not self._pair_offsets:
            self._decode(target, self._encode(source, chosen), chosen)
            return
        flat = {
            kind: self._there(true_weights(*sides(kind, source, target), heads))
            for kind, heads in self._heads.items()
        }

        def keep(kind: Kind, layer: int, weights: torch.Tensor) -> None:
            # One gather leaves out the padding, most of a batch of unequal sentences, and puts
            # (batch, heads, query, key) in the store's order.
            pairs = weights.flatten().index_select(0, flat[kind]).view(-1, self._heads[kind])
            query, key = sides(kind, source, target)
            places = self._pair_offsets[kind][chosen]
            self._writer.put(kind, layer, pairs, places, query.lengths * key.lengths)

        with attention_weights(loaded.model, keep):
            self._decode(target, self._encode(source, chosen), chosen)

    def _encode(self, source: Side, chosen: Integers) -> dict[str, Any]:
        encoder = self._loaded.model.encoder
        out: dict[str, Any] = encoder(
            source.tokens.to(self._loaded.device),
            torch.from_numpy(source.lengths).to(self._loaded.device),
            return_all_hiddens=True,
        )
        states = [*out["encoder_states"][:-1], out["encoder_out"][0]]
        self._keep_states("encoder", states, source, self._source.offsets[chosen])
        return out

    def _decode(self, target: Side, encoded: dict[str, Any], chosen: Integers) -> None:
        assert self._target is not None
        decoder = self._loaded.model.decoder
        # Without logits: nobody reads them, and over a large vocabulary they cost a third.
        _, extra = decoder(
            target.tokens.to(self._loaded.device), encoder_out=encoded, features_only=True
        )
        states = extra["inner_states"]
        if decoder.layer_norm is not None:
            states = [*states[:-1], decoder.layer_norm(states[-1])]
        self._keep_states("decoder", states, target, self._target.offsets[chosen])

    def _keep_states(
        self, name: str, states: list[torch.Tensor], side: Side, places: Integers
    ) -> None:
        flat = self._there(true_positions(side))
        for layer, state in enumerate(states):  # each (width, batch, dim)
            rows = state.reshape(-1, state.shape[-1]).index_select(0, flat)
            self._writer.put(name, layer, rows, places, side.lengths)

    def _there(self, numbers: Integers) -> torch.Tensor:
        return torch.from_numpy(numbers).to(self._loaded.device)
