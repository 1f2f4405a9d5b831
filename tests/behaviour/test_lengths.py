"""BLEU and word F1 by the length of the sentence, against sacrebleu and by hand."""

import numpy as np
import pandas as pd
import pytest
from sacrebleu.metrics import BLEU

from ticketscope.behaviour.lengths import length_table
from ticketscope.behaviour.words import Buckets, count_words
from ticketscope.plan.names import TicketName
from ticketscope.stats.resampling import resample
from ticketscope.translation.scores import sentence_statistics

REFERENCES = [
    "the cat sleeps now", "a small dog barks at the old gate", "we go home today",
    "the old man reads a long letter at night", "she sees the big house of the king",
]  # fmt: skip
HYPOTHESES = [
    "the cat sleeps now", "a small dog barks at a gate", "we went home today",
    "the man reads a letter at night", "she sees the house of a king",
]  # fmt: skip
DENSE, SPARSE = TicketName(1, "dense", 0), TicketName(1, "magnitude", 2)
COUNTS = resample(len(REFERENCES), 200)
LENGTHS = np.array([len(line.split()) for line in REFERENCES])


def table(hypotheses, edges=(5, 9, 20)):
    buckets = Buckets([1], {})
    tickets = dict(zip((DENSE, SPARSE), hypotheses, strict=True))
    return length_table(
        {ticket: count_words(lines, REFERENCES, buckets) for ticket, lines in tickets.items()},
        {ticket: sentence_statistics(lines, REFERENCES) for ticket, lines in tickets.items()},
        LENGTHS,
        edges,
        resamples=200,
    )


def bleu(places):
    """sacrebleu's score of these sentences."""
    hypotheses, references = (
        [text[place] for place in places] for text in (HYPOTHESES, REFERENCES)
    )
    return BLEU().corpus_score(hypotheses, [references]).score


def test_a_bucket_has_the_bleu_of_its_sentences():
    rows = table([REFERENCES, HYPOTHESES]).set_index(["series", "bucket"])
    assert rows.loc["dense", "bleu"].tolist() == pytest.approx([100] * 3)
    for bucket, places in {0: [0, 2], 1: [1, 4], 2: [3]}.items():
        row = rows.loc[("magnitude", bucket)]
        assert (row["sentences"], row["bleu"]) == (len(places), pytest.approx(bleu(places)))
        # Draws without a sentence of the bucket say nothing of it, and are no BLEU of 0.
        drawn = [np.repeat(places, times) for times in COUNTS[:, places] if times.any()]
        ends = np.quantile([*map(bleu, drawn)], [0.025, 0.975])
        assert row[["bleu_low", "bleu_high"]].tolist() == pytest.approx(ends.tolist())
    # Of 8 words of the short ones 7 match; of the longest, 7 of 7 in 9.
    assert rows.loc[("magnitude", 0), "f1"] == pytest.approx(7 / 8)
    assert rows.loc[("magnitude", 0), ["f1_low", "f1_high"]].tolist() == [3 / 4, 1]
    assert rows.loc[("magnitude", 2), ["f1", "length_ratio"]].tolist() == pytest.approx(
        [2 * 7 / (7 + 9), 7 / 9]
    )


def test_a_ticket_that_loses_long_sentences_loses_that_bucket_alone():
    long = LENGTHS >= 9
    worse = ["x" if is_long else line for line, is_long in zip(REFERENCES, long, strict=True)]
    rows = table([REFERENCES, worse]).set_index(["series", "bucket"])["bleu"]
    assert rows["magnitude"].tolist() == pytest.approx([100, 100, 0])


def test_buckets_are_told_by_their_ends_and_empty_ones_are_left_out():
    rows = table([REFERENCES, HYPOTHESES]).drop_duplicates("bucket")
    assert rows[["first", "last"]].values.tolist() == [[0, 4], [5, 8], [9, 19]]
    rows = table([REFERENCES, HYPOTHESES], edges=(2, 9)).drop_duplicates("bucket")
    assert rows["first"].tolist() == [2, 9] and pd.isna(rows["last"].iloc[1])
