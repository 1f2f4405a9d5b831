"""What a model thinks of given translations: force decoding.

The log-probability of a translation is the sum over its subwords, the end of sentence included, as
`fairseq-generate --score-reference` has it; fairseq prints the mean, in bits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.representations.batches import Text, batches, collate, encode, true_positions
from ticketscope.representations.layout import Integers, starts
from ticketscope.representations.model import LoadedModel
from ticketscope.representations.progress import Pace
from ticketscope.runtime.devices import full_memory

ADVICE = "lower behaviour.max_tokens"
# Changes states of the encoder's output (width, batch, dim) before the decoder reads them.
Intervention = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Forced:
    """What a model thinks of a text's translations; all arrays have the shape (sentences,).

    Attributes:
        log_probability: Natural logarithm, summed over subwords and the end of sentence.
        length: Number of subwords, the end of sentence included.
        greedy: Whether every subword is the model's first choice after those before it: greedy
            decoding then writes this very translation.
    """

    log_probability: NDArray[np.float64]
    length: Integers
    greedy: NDArray[np.bool_]


def encode_pairs(
    loaded: LoadedModel, source: Sequence[str], targets: Sequence[Sequence[str]]
) -> tuple[Text, list[Text]]:
    """A source text and its translations as numbers, one line a sentence, subwords by spaces.

    Raises:
        InputError: a line is too long for the model, numbers of lines differ, or the model has no
            plain softmax.
    """
    if loaded.model.decoder.adaptive_softmax is not None:
        raise InputError("a model with an adaptive softmax cannot be scored: it has no logits")
    if any(len(lines) != len(source) for lines in targets):
        raise InputError("source and translations have different numbers of lines")
    limits = [int(stack.max_positions()) for stack in (loaded.model.encoder, loaded.model.decoder)]
    texts = [encode(lines, loaded.target, limits[1], "target") for lines in targets]
    return encode(source, loaded.source, limits[0], "source"), texts


def force_decode(
    loaded: LoadedModel,
    source: Text,
    targets: Sequence[Text],
    *,
    max_tokens: int,
    intervention: Intervention | None = None,
    progress: Callable[[str], None] = print,
) -> list[Forced]:
    """Score translations; the encoder reads each sentence once for all of them.

    Args:
        loaded: The model.
        source: The sentences.
        targets: Their translations: one text for each kind, such as correct and incorrect.
        max_tokens: Batch size in subwords of the longest side, padding included.
        intervention: Changes what the encoder makes of subwords, as `intervene` does; None: none.
        progress: Gets a line every few seconds.
    """
    count = len(source.ids)
    scored = [
        Forced(np.zeros(count), text.lengths.copy(), np.zeros(count, dtype=bool))
        for text in targets
    ]
    lengths = np.max([source.lengths, *(text.lengths for text in targets)], axis=0)
    pace = Pace(int(lengths.sum()), "subwords", progress)
    with torch.inference_mode(), full_memory(ADVICE):
        for sentences in batches(lengths, max_tokens):
            encoded = encode_source(loaded, source, sentences, intervention)
            for text, forced in zip(targets, scored, strict=True):
                predicted = predict(loaded, text, sentences, encoded)
                wanted = gold(text, sentences).to(predicted.device)
                chosen = predicted.gather(1, wanted[:, None])[:, 0]
                first = (chosen == predicted.amax(1)).cpu().numpy()
                begins = starts(text.lengths[sentences])[:-1]
                summed = np.add.reduceat(chosen.double().cpu().numpy(), begins)
                forced.log_probability[sentences] = summed
                forced.greedy[sentences] = np.logical_and.reduceat(first, begins)
            pace.advance(int(lengths[sentences].sum()))
    return scored


def encode_source(
    loaded: LoadedModel,
    source: Text,
    sentences: Integers,
    intervention: Intervention | None = None,
) -> dict[str, list[torch.Tensor]]:
    """fairseq's output of the encoder on some sentences."""
    side = collate(source, sentences, loaded.source, left=loaded.left_pad_source, shift=False)
    encoded: dict[str, list[torch.Tensor]] = loaded.model.encoder(
        side.tokens.to(loaded.device), torch.from_numpy(side.lengths).to(loaded.device)
    )
    return encoded if intervention is None else intervene(encoded, intervention)


def intervene(
    encoded: dict[str, list[torch.Tensor]], intervention: Intervention
) -> dict[str, list[torch.Tensor]]:
    """fairseq's output of the encoder with the states of subwords changed, not those of the ends.

    Erasers are fit on words. A sentence's end lies far from all words, the farther the sparser the
    ticket, so a map of words would displace it by much, and the decoder attends to it.
    """
    read = ~encoded["encoder_padding_mask"][0]
    ends = read & (read.cumsum(1) == read.sum(1, keepdim=True))
    kept = ends.T[:, :, None]
    states = [torch.where(kept, state, intervention(state)) for state in encoded["encoder_out"]]
    return encoded | {"encoder_out": states}


def predict(
    loaded: LoadedModel,
    target: Text,
    sentences: Integers,
    encoded: dict[str, list[torch.Tensor]],
) -> torch.Tensor:
    """Log-probabilities of every next subword, after the ones before it of a translation.

    Returns:
        (positions, types), sentence by sentence and without padding.

    Raises:
        InputError: the decoder's output is NaN or infinite, which would count as a wrong answer.
    """
    side = collate(target, sentences, loaded.target, left=False, shift=True)
    decoder = loaded.model.decoder
    features, _ = decoder(side.tokens.to(loaded.device), encoder_out=encoded, features_only=True)
    # The product with all types is most of the work: padding is left out of it.
    places = torch.from_numpy(true_positions(side)).to(loaded.device)
    rows = features.transpose(0, 1).reshape(-1, features.shape[-1]).index_select(0, places)
    if not bool(torch.isfinite(rows).all()):
        raise InputError(
            "the decoder's output holds NaN or infinite values: the checkpoint is broken, or what "
            "was changed in it is"
        )
    logits: torch.Tensor = decoder.output_layer(rows)
    return logits.log_softmax(1, dtype=torch.float32)


def gold(target: Text, sentences: Integers) -> torch.Tensor:
    """The subwords of some sentences and their ends, one behind the other (positions,)."""
    return torch.cat([target.ids[number] for number in sentences])
