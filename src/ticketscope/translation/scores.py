"""BLEU and chrF of a translation, and the BLEU of bootstrap resamples.

sacrebleu counts the sufficient statistics of each sentence once; a resample is a sum of them.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import BLEU, CHRF

Statistics = NDArray[np.int64]


@dataclass(frozen=True)
class Score:
    """The scores of a system on a text.

    Attributes:
        bleu: Detokenised BLEU (sacrebleu).
        bleu_compound_split: Tokenised BLEU after splitting compounds (the paper's footnote 1).
        chrf: chrF2.
        signature: sacrebleu's signatures of BLEU and chrF.
        statistics: Of each sentence, (sentences, 10): length of hypothesis and reference in
            tokens, correct n-grams and all n-grams for n = 1..4.
    """

    bleu: float
    bleu_compound_split: float
    chrf: float
    signature: str
    statistics: Statistics


def score(
    hypotheses: list[str],
    references: list[str],
    *,
    tokenized_hypotheses: list[str],
    tokenized_references: list[str],
) -> Score:
    """Score a system.

    Args:
        hypotheses: Detokenised translations of the sentences.
        references: The raw text.
        tokenized_hypotheses: The translations as Moses tokens.
        tokenized_references: The raw text as Moses tokens.
    """
    bleu, chrf = BLEU(), CHRF()
    statistics = sentence_statistics(hypotheses, references, bleu)
    split = BLEU(tokenize="none", force=True).corpus_score(
        [split_compounds(line) for line in tokenized_hypotheses],
        [[split_compounds(line) for line in tokenized_references]],
    )
    characters = chrf.corpus_score(hypotheses, [references])
    return Score(
        bleu=float(corpus_bleu(statistics.sum(axis=0, keepdims=True))[0]),
        bleu_compound_split=split.score,
        chrf=characters.score,
        signature=f"BLEU|{bleu.get_signature()} chrF|{chrf.get_signature()}",
        statistics=statistics,
    )


def sentence_statistics(
    hypotheses: list[str], references: list[str], bleu: BLEU | None = None
) -> Statistics:
    """Count `Score.statistics`, (sentences, 10).

    Args:
        hypotheses: Detokenised translations of the sentences.
        references: The raw text.
        bleu: The counting metric, which remembers the number of references for its signature.
    """
    statistics = (bleu or BLEU())._extract_corpus_statistics(hypotheses, [references])
    return np.array(statistics, dtype=np.int64)


def split_compounds(tokens: str) -> str:
    """Split hyphenated compounds: `Arbeits-Zimmer` counts as three tokens.

    The transformation of Vaswani et al.'s evaluation. It raises BLEU, since parts of a compound
    can match; the paper therefore reports detokenised BLEU (footnote 1).
    """
    return re.sub(r"(\S)-(\S)", r"\1 ##AT##-##AT## \2", tokens)


def corpus_bleu(sums: Statistics) -> NDArray[np.float64]:
    """BLEU of rows of summed statistics, shape (rows, 10) -> (rows,), in [0, 100].

    sacrebleu's default: geometric mean of four precisions with exponential smoothing of zeros, and
    the brevity penalty (Papineni et al. 2002; Post 2018).
    """
    lengths, references = sums[:, 0].astype(float), sums[:, 1].astype(float)
    correct, total = sums[:, 2:6].astype(float), sums[:, 6:10].astype(float)
    # Each zero, from low n to high, halves the count that stands for it.
    zero = (correct == 0) & (total > 0)
    smooth = 1 / 2.0 ** np.cumsum(zero, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(zero, smooth / total, correct / total)
        mean = np.exp(np.where(total > 0, np.log(precision), -np.inf).mean(axis=1))
        brevity = np.where(lengths < references, np.exp(1 - references / lengths), 1.0)
    bleu = 100 * np.where(lengths > 0, brevity, 0) * mean
    return np.where(correct.sum(axis=1) > 0, bleu, 0.0)


def bootstrap_bleu(statistics: Statistics, counts: NDArray[np.int32]) -> NDArray[np.float64]:
    """BLEU of every resample (Koehn 2004).

    Args:
        statistics: As in `Score`, (sentences, 10).
        counts: How often each sentence was drawn, (resamples, sentences).

    Returns:
        (resamples,), in [0, 100].
    """
    return corpus_bleu(counts.astype(np.int64) @ statistics)
