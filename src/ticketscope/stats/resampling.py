"""Bootstrap over the sentences of a test set, the same draws for all systems (Koehn 2004)."""

import numpy as np
from numpy.typing import NDArray


def resample(sentences: int, resamples: int, seed: int = 1) -> NDArray[np.int32]:
    """How often each sentence is drawn in each resample: shape (resamples, sentences).

    The same for all systems of a text, in all seeds of an experiment: their comparison is paired.
    """
    generator = np.random.default_rng(seed)
    counts = np.empty((resamples, sentences), dtype=np.int32)
    for row in counts:
        row[:] = np.bincount(generator.integers(0, sentences, sentences), minlength=sentences)
    return counts


def interval(samples: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Percentile interval."""
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def paired_p_value(
    score: float, samples: NDArray[np.float64], other: float, others: NDArray[np.float64]
) -> float:
    """Two-sided p-value of a difference of scores by paired bootstrap (Koehn 2004).

    The resampled differences, centred on zero, are the null distribution; the p-value is the share
    of them at least as large as the observed difference, with one added to both counts. sacrebleu's
    `--paired-bs` centres absolute differences, which counts one side: its value is about half, and
    1 / (resamples + 1) for two systems that say the same.

    Args:
        score: Of the first system on the whole test set.
        samples: Its scores in each resample (resamples,).
        other: Of the second system.
        others: The second system's (resamples,).
    """
    differences = samples - others
    null = differences - differences.mean()
    extreme = int(np.count_nonzero(np.abs(null) >= abs(score - other)))
    return (extreme + 1) / (len(null) + 1)
