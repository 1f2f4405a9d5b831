"""What a ticket writes by itself: where it departs from LTH0, and the ways in which decoding fails.

An error early in a sentence leads all that follows onto another path, so that two models whose
predictions hardly differ may write quite different sentences.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ticketscope.corpus.settings import Tokenizer
from ticketscope.corpus.tokenization import join_subwords
from ticketscope.plan.names import TicketName

COLUMNS = [
    "seed", "series", "ticket", "k", "sentences", "identical", "departure", "length_ratio",
    "copied", "repeated",
]  # fmt: skip
NGRAM = 3  # words of a sequence whose repetition counts


def decoding_table(
    hypotheses: Mapping[TicketName, Sequence[str]],
    sources: Sequence[str],
    references: Sequence[str],
    *,
    tokenizer: Tokenizer,
) -> pd.DataFrame:
    """A row of `COLUMNS` for each ticket.

    `identical`: share of sentences that LTH0 of the seed translates alike. `departure`: subwords
    before the first that differs from LTH0's, as a share of LTH0's length, mean over sentences;
    1 if none differs. `length_ratio`: words of the translations by words of the references.
    `copied`: share of words that stand in the source and not in the reference. `repeated`: share of
    sequences of `NGRAM` words that occur earlier in the sentence.

    Args:
        hypotheses: Translations in subwords, by ticket.
        sources: Source sentences in subwords.
        references: References in subwords.
        tokenizer: Of the subwords.
    """
    source_words, reference_words = ([_words(line, tokenizer) for line in side] for side in
        (sources, references))  # fmt: skip
    referenced = sum(map(len, reference_words))
    rows = []
    for ticket, lines in hypotheses.items():
        words = [_words(line, tokenizer) for line in lines]
        dense = hypotheses[ticket.dense]
        pairs = list(zip(lines, dense, strict=True))
        translated = max(sum(map(len, words)), 1)
        copied = sum(
            sum(word in of_source and word not in of_reference for word in line)
            for line, of_source, of_reference in zip(
                words, map(set, source_words), map(set, reference_words), strict=True
            )
        )
        columns: dict[str, Any] = {
            "sentences": len(lines),
            "identical": np.mean([a == b for a, b in pairs]),
            "departure": np.mean([_departure(a.split(), b.split()) for a, b in pairs]),
            "length_ratio": sum(map(len, words)) / max(referenced, 1),
            "copied": copied / translated,
            "repeated": _repeated(words),
        }
        rows.append(ticket.columns | columns)
    return pd.DataFrame(rows, columns=COLUMNS)


def _words(line: str, tokenizer: Tokenizer) -> list[str]:
    return join_subwords(line, tokenizer).split()


def _departure(line: Sequence[str], dense: Sequence[str]) -> float:
    """Share of LTH0's subwords, the end included, before the first difference."""
    line, dense = [*line, ""], [*dense, ""]
    same = next((i for i, (a, b) in enumerate(zip(line, dense, strict=False)) if a != b), None)
    return 1.0 if same is None else same / len(dense)


def _repeated(sentences: Sequence[Sequence[str]]) -> float:
    """Share of sequences of words that occurred before in their sentence."""
    total = repeated = 0
    for words in sentences:
        grams = [tuple(words[i : i + NGRAM]) for i in range(len(words) - NGRAM + 1)]
        total += len(grams)
        repeated += len(grams) - len(set(grams))
    return repeated / total if total else 0.0
