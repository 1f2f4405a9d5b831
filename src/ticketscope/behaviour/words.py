"""Which words a ticket still translates: F1 of words by their frequency in the training text.

As compare-mt counts (Neubig et al. 2019): a word of a translation is matched if the reference has
it as often; precision and recall are over all words of a frequency in the translations and in the
references. BLEU gives a rare word no more weight than any other, and there are few of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.corpus.parallel import TextFile
from ticketscope.corpus.settings import Tokenizer
from ticketscope.corpus.tokenization import join_subwords
from ticketscope.plan.names import TicketName
from ticketscope.stats.resampling import interval, resample

COLUMNS = [
    "bucket", "first", "last", "seed", "series", "ticket", "k", "words", "precision", "recall",
    "f1", "f1_low", "f1_high",
]  # fmt: skip

Counts = NDArray[np.int64]


class Buckets:
    """Frequencies in the training text, cut at some edges.

    Args:
        edges: Ascending: a word with at least so many occurrences is in the next bucket.
        frequencies: Occurrences of words in the training text.
    """

    def __init__(self, edges: Sequence[int], frequencies: Mapping[str, int]) -> None:
        self._edges, self._frequencies = np.asarray(edges), frequencies

    @property
    def ranges(self) -> list[tuple[int, int | None]]:
        """First and last frequency of each bucket."""
        return ranges(self._edges.tolist())

    def of(self, word: str) -> int:
        """The bucket of a word; one that train does not have is in the first."""
        return int(np.searchsorted(self._edges, self._frequencies.get(word, 0), side="right"))


def ranges(edges: Sequence[int]) -> list[tuple[int, int | None]]:
    """First and last of the numbers between some ascending edges, from 0; the last is open."""
    return list(zip([0, *edges], [*(edge - 1 for edge in edges), None], strict=True))


def tokenized(path: str | Path, tokenizer: Tokenizer) -> list[str]:
    """The lines of a text in words, by spaces, from its file of subwords.

    Raises:
        InputError: the file is missing, or not UTF-8.
    """
    return list(read_tokenized(path, tokenizer))


def read_tokenized(path: str | Path, tokenizer: Tokenizer) -> Iterator[str]:
    """The same line by line, for a text that is too large to be kept."""
    return (join_subwords(line, tokenizer) for line in TextFile(Path(path)).lines())


def frequencies(lines: Iterable[str]) -> Counter[str]:
    """Occurrences of each word in tokenised lines."""
    return Counter(word for line in lines for word in line.split())


def count_words(hypotheses: Sequence[str], references: Sequence[str], buckets: Buckets) -> Counts:
    """Matched words, words of the hypothesis and words of the reference, by bucket.

    Args:
        hypotheses: Tokenised translations of the sentences.
        references: Tokenised references.

    Returns:
        (sentences, buckets, 3).
    """
    counts = np.zeros((len(references), len(buckets.ranges), 3), dtype=np.int64)
    for row, hypothesis, reference in zip(counts, hypotheses, references, strict=True):
        translated, referenced = Counter(hypothesis.split()), Counter(reference.split())
        for place, words in enumerate((translated & referenced, translated, referenced)):
            for word, count in words.items():
                row[buckets.of(word), place] += count
    return counts


def f1(counts: NDArray[Any]) -> NDArray[np.float64]:
    """F1 of summed counts (..., 3) -> (...); 0 where nothing matches, NaN where no word is."""
    total = counts[..., 1] + counts[..., 2]
    return np.divide(2 * counts[..., 0], total, out=np.full(total.shape, np.nan), where=total > 0)


def known_interval(samples: NDArray[np.float64]) -> tuple[float, float]:
    """The interval of the resamples that are not NaN; NaN if all are.

    A resample without a word or sentence of a bucket says nothing of it, and is no score of 0.
    """
    known = samples[~np.isnan(samples)]
    return interval(known) if len(known) else (np.nan, np.nan)


def word_table(
    counts: Mapping[TicketName, Counts], buckets: Buckets, *, resamples: int
) -> pd.DataFrame:
    """A row of `COLUMNS` for each bucket and ticket.

    Args:
        counts: What `count_words` returned.
        buckets: The buckets.
        resamples: Bootstrap resamples of the sentences, the same for all tickets and seeds.
    """
    rows = []
    drawn: NDArray[np.int32] | None = None
    for ticket, of_ticket in counts.items():
        sums = of_ticket.sum(axis=0)
        drawn = resample(len(of_ticket), resamples) if drawn is None else drawn
        samples = f1(np.tensordot(drawn.astype(float), of_ticket.astype(float), axes=1))
        for number, (first, last) in enumerate(buckets.ranges):
            matched, translated, referenced = (int(count) for count in sums[number])
            low, high = known_interval(samples[:, number])
            rows.append(
                {"bucket": number, "first": first, "last": last}
                | ticket.columns
                | {
                    "words": referenced,
                    "precision": matched / translated if translated else np.nan,
                    "recall": matched / referenced if referenced else np.nan,
                    "f1": float(f1(sums[number])),
                    "f1_low": low,
                    "f1_high": high,
                }
            )
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"last": "Int64"})
