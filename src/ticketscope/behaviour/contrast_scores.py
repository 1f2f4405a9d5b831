"""Which translation of each contrastive pair a ticket prefers: the scores of both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.behaviour.contrast_items import SIDES
from ticketscope.behaviour.force_decoding import Forced, Intervention, encode_pairs, force_decode
from ticketscope.corpus.contrast import Contrast
from ticketscope.corpus.spread import spread
from ticketscope.representations.model import LoadedModel


@dataclass(frozen=True)
class EncodedSet:
    """A contrast set, and its texts as a model reads them.

    Attributes:
        items: The contrasts.
        subwords: Those of each of `SIDES`, one line an item.
    """

    items: Sequence[Contrast]
    subwords: Mapping[str, Sequence[str]]

    def spread(self, most: int) -> "EncodedSet":
        """At most so many items of each phenomenon, evenly spread over those that it has.

        The first ones would not do: the grammar's contrasts begin with those whose correct form is
        the rarer one.
        """
        by_phenomenon: dict[str, list[int]] = {}
        for number, item in enumerate(self.items):
            by_phenomenon.setdefault(item.phenomenon, []).append(number)
        numbers = sorted(
            known[place] for known in by_phenomenon.values() for place in spread(len(known), most)
        )
        return EncodedSet(
            [self.items[number] for number in numbers],
            {side: [lines[number] for number in numbers] for side, lines in self.subwords.items()},
        )


def score_contrasts(
    loaded: LoadedModel,
    texts: Mapping[str, Sequence[str]],
    *,
    max_tokens: int,
    intervention: Intervention | None = None,
    progress: Callable[[str], None] = print,
) -> dict[str, NDArray[Any]]:
    """Force-decode both translations of each pair.

    Args:
        loaded: The model.
        texts: Subwords of each of `SIDES`, one line an item.
        max_tokens: Batch size in subwords, padding included.
        intervention: Changes what the encoder makes of subwords; None: none.
        progress: Gets a line every few seconds.

    Returns:
        `margin` and `margin_per_token` (items,): log-probability of the correct translation less
        that of the incorrect one, in nats; `greedy` (items,): whether the model's own greedy
        translation is the correct one.
    """
    source, targets = encode_pairs(loaded, texts["source"], [texts[side] for side in SIDES[1:]])
    correct, incorrect = force_decode(
        loaded, source, targets, max_tokens=max_tokens, intervention=intervention, progress=progress
    )
    return {
        "margin": (correct.log_probability - incorrect.log_probability).astype(np.float32),
        "margin_per_token": (_mean(correct) - _mean(incorrect)).astype(np.float32),
        "greedy": correct.greedy,
    }


def _mean(forced: Forced) -> NDArray[np.float64]:
    return forced.log_probability / forced.length
