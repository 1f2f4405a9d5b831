"""Loss and BLEU of a model on a few sentences: what is asked again after each change of weights.

Loss is the mean negative log-likelihood of the reference's subwords, ends of sentence included, in
nats and without label smoothing, so that it is the same number for tickets trained with and without
it. BLEU is that of greedy translations, which take a third of the time of a beam: it says how far a
model falls, not what the beam of the experiment would reach.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
import torch
from fairseq.sequence_generator import SequenceGenerator

from ticketscope.behaviour.force_decoding import (
    ADVICE,
    Intervention,
    encode_pairs,
    encode_source,
    gold,
    intervene,
    predict,
)
from ticketscope.corpus.settings import Tokenizer
from ticketscope.corpus.spread import spread
from ticketscope.corpus.tokenization import detokenize_line
from ticketscope.representations.batches import Text, batches, collate
from ticketscope.representations.model import LoadedModel
from ticketscope.runtime.devices import full_memory
from ticketscope.translation.scores import Statistics, corpus_bleu, sentence_statistics

# Longest translation: so many subwords for one of the source, its end included, and so many more.
# Models between two tickets may never end a sentence; fairseq-generate would go on to 200.
LONGEST = (2, 20)
# fairseq's output of the encoder, batch by batch.
Encoded = Iterable[dict[str, list[torch.Tensor]]]


@dataclass(frozen=True)
class Sentences:
    """Some sentences of a parallel text.

    Attributes:
        source: Their subwords, one line a sentence.
        target: Subwords of their references.
        reference: The raw references, for BLEU.
        language: Of the references.
        tokenizer: Of the subwords.
    """

    source: list[str]
    target: list[str]
    reference: list[str]
    language: str
    tokenizer: Tokenizer

    def spread(self, count: int) -> "Sentences":
        """So many of the sentences, evenly spread over the text; all if there are no more."""
        numbers = spread(len(self.source), count)
        source, target, reference = (
            [text[number] for number in numbers]
            for text in (self.source, self.target, self.reference)
        )
        return replace(self, source=source, target=target, reference=reference)


class SpotCheck:
    """Asks a model for its loss and BLEU; its parameters may be others at each call.

    Args:
        loaded: The model.
        sentences: What it is asked about.
        max_tokens: Batch size in subwords, padding included.

    Raises:
        InputError: as `force_decoding.encode_pairs`.
    """

    def __init__(self, loaded: LoadedModel, sentences: Sentences, *, max_tokens: int) -> None:
        self.loaded, self._sentences, self._max_tokens = loaded, sentences, max_tokens
        self._source, (self._target,) = encode_pairs(loaded, sentences.source, [sentences.target])
        lengths = np.maximum(self._source.lengths, self._target.lengths)
        self._batches = list(batches(lengths, max_tokens))

    def encode(self) -> Iterator[dict[str, list[torch.Tensor]]]:
        """What the encoder makes of the sentences, batch by batch."""
        with torch.inference_mode(), full_memory(ADVICE):
            for sentences in self._batches:
                yield encode_source(self.loaded, self._source, sentences)

    def loss(self, encoded: Encoded | None = None) -> float:
        """Mean negative log-likelihood of the references' subwords, nats.

        Args:
            encoded: What `encode` returned, if the encoder has not changed since; None: it is
                asked again.
        """
        total = 0.0
        with torch.inference_mode(), full_memory(ADVICE):
            for sentences, states in zip(self._batches, encoded or self.encode(), strict=True):
                predicted = predict(self.loaded, self._target, sentences, states)
                correct = gold(self._target, sentences).to(predicted.device)
                total -= float(predicted.gather(1, correct[:, None]).double().sum())
        return total / int(self._target.lengths.sum())

    def bleu(self) -> float:
        """Detokenised BLEU of the model's greedy translations, in [0, 100]."""
        return float(corpus_bleu(self.statistics().sum(axis=0, keepdims=True))[0])

    def statistics(self, intervention: Intervention | None = None) -> Statistics:
        """What BLEU is made of, sentence by sentence: `scores.sentence_statistics`.

        Args:
            intervention: Changes what the encoder makes of subwords; None: none.
        """
        lines = translate(self.loaded, self._source, self._max_tokens, intervention)
        language, tokenizer = self._sentences.language, self._sentences.tokenizer
        texts = [detokenize_line(line, language, tokenizer) for line in lines]
        return sentence_statistics(texts, self._sentences.reference)


def translate(
    loaded: LoadedModel,
    source: Text,
    max_tokens: int,
    intervention: Intervention | None = None,
) -> list[str]:
    """Greedy translations, by fairseq's generator in this process.

    Args:
        loaded: The model.
        source: The sentences.
        max_tokens: Batch size in subwords, padding included.
        intervention: Changes what the encoder makes of subwords; None: none.

    Returns:
        Subwords, one line a sentence; the longest have as many as `LONGEST` allows.
    """
    generator = SequenceGenerator(
        [loaded.model], loaded.target, beam_size=1, max_len_a=LONGEST[0], max_len_b=LONGEST[1]
    )
    lines = [""] * len(source.ids)
    with _changed(loaded, intervention), torch.inference_mode(), full_memory(ADVICE):
        for sentences in batches(source.lengths, max_tokens):
            side = collate(
                source, sentences, loaded.source, left=loaded.left_pad_source, shift=False
            )
            inputs = {
                "src_tokens": side.tokens.to(loaded.device),
                "src_lengths": torch.from_numpy(side.lengths).to(loaded.device),
            }
            best = generator.generate([loaded.model], {"net_input": inputs})
            for number, hypotheses in zip(sentences, best, strict=True):
                # The generator's limit is that of the longest source of the batch.
                limit = LONGEST[0] * int(source.lengths[number]) + LONGEST[1]
                lines[number] = loaded.target.string(hypotheses[0]["tokens"][:limit])
    return lines


@contextmanager
def _changed(loaded: LoadedModel, intervention: Intervention | None) -> Iterator[None]:
    """An encoder whose output is changed, for as long as the context lasts.

    The generator asks for `encoder.forward` by name, which goes past torch's hooks.
    """
    if intervention is None:
        yield
        return
    encoder = loaded.model.encoder
    forward = encoder.forward

    def changed(*args: Any, **kwargs: Any) -> dict[str, list[torch.Tensor]]:
        return intervene(forward(*args, **kwargs), intervention)

    encoder.forward = changed
    try:
        yield
    finally:
        del encoder.forward
