"""How well a ticket translates short and long sentences: BLEU and word F1 by length.

As compare-mt's buckets of sentences (Neubig et al. 2019): by the words of the reference, which all
tickets share. Corpus BLEU weighs a sentence by its length, and so says most of the long ones.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.behaviour.words import Counts, f1, known_interval, ranges
from ticketscope.plan.names import TicketName
from ticketscope.stats.resampling import resample
from ticketscope.translation.scores import Statistics, bootstrap_bleu, corpus_bleu

COLUMNS = [
    "bucket", "first", "last", "seed", "series", "ticket", "k", "sentences", "bleu", "bleu_low",
    "bleu_high", "f1", "f1_low", "f1_high", "length_ratio",
]  # fmt: skip


def length_table(
    counts: Mapping[TicketName, Counts],
    statistics: Mapping[TicketName, Statistics],
    lengths: NDArray[np.int64],
    edges: Sequence[int],
    *,
    resamples: int,
) -> pd.DataFrame:
    """A row of `COLUMNS` for each bucket that has sentences, and ticket.

    Args:
        counts: What `words.count_words` returned (sentences, buckets of words, 3).
        statistics: What `scores.sentence_statistics` returned (sentences, 10).
        lengths: Words of the references (sentences,).
        edges: Ascending: a sentence of at least so many words is in the next bucket.
        resamples: Bootstrap resamples of the sentences, the same for all tickets and seeds.
    """
    bucket_of = np.searchsorted(edges, lengths, side="right")
    drawn = resample(len(lengths), resamples)
    rows = []
    for ticket, of_words in counts.items():
        for number, (first, last) in enumerate(ranges(edges)):
            inside = bucket_of == number
            if not inside.any():
                continue
            words, ngrams = of_words[inside].sum(axis=1), statistics[ticket][inside]
            total = words.sum(axis=0)
            times = drawn[:, inside]
            scores = np.where(times.any(axis=1), bootstrap_bleu(ngrams, times), np.nan)
            bleu = known_interval(scores)
            f1_ends = known_interval(f1(times.astype(np.int64) @ words))
            rows.append(
                {"bucket": number, "first": first, "last": last}
                | ticket.columns
                | {
                    "sentences": int(inside.sum()),
                    "bleu": float(corpus_bleu(ngrams.sum(axis=0, keepdims=True))[0]),
                    "bleu_low": bleu[0],
                    "bleu_high": bleu[1],
                    "f1": float(f1(total)),
                    "f1_low": f1_ends[0],
                    "f1_high": f1_ends[1],
                    "length_ratio": total[1] / total[2],
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS).astype({"last": "Int64"})
