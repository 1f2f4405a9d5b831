"""The mean of an effect over seeds: its error, its interval, and tests against a bar or a margin.

A seed is one training; whatever is measured within it is one number. All seeds are measured on the
same sentences, so that the error of the mean has a part that more seeds do not remove.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
# Seeds from which there are verdicts: a t interval of two is useless (t = 12.7).
LEAST_SEEDS = 3


@dataclass(frozen=True)
class MeanEffect:
    """Means of one effect in some experiments; all arrays have the shape (experiments,).

    Attributes:
        value: Mean over the experiment's seeds.
        error: Standard error of the mean; of the sentences alone where there is one seed.
        seeds: Number of seeds of an experiment.
        freedom: Degrees of freedom (experiments,); seeds - 1 if not given.
    """

    value: Floats
    error: Floats
    seeds: int
    freedom: Floats | None = None

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Student's interval; of one seed the normal one."""
        reach = self.error * stats.t.ppf((1 + level) / 2, self._df)
        return self.value - reach, self.value + reach

    def p_above(self, bar: float) -> Floats:
        """One-sided p-value of the hypothesis that the effect is at most `bar`."""
        return self._upper_tail(self.value - bar)

    def p_below(self, bar: float) -> Floats:
        """One-sided p-value of the hypothesis that the effect is at least `bar`."""
        return self._upper_tail(bar - self.value)

    def p_within(self, margin: float) -> Floats:
        """p-value of two one-sided tests (Schuirmann 1987).

        It is at most .05 where the whole 90 % interval lies within +- `margin`.
        """
        return np.maximum(self.p_above(-margin), self.p_below(margin))

    def p_beyond(self, margin: float) -> Floats:
        """Two-sided p-value of the hypothesis that the effect is within +- `margin`."""
        return np.minimum(2 * np.minimum(self.p_above(margin), self.p_below(-margin)), 1)

    @property
    def _df(self) -> Floats | float:
        if self.freedom is not None:
            return self.freedom
        return self.seeds - 1 if self.seeds > 1 else np.inf

    def _upper_tail(self, distance: Floats) -> Floats:
        # Without any spread a distance of 0 says nothing, and any other one everything.
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(distance == 0, 0, distance / self.error)
        return np.asarray(stats.t.sf(ratio, self._df))


def mean_effect(effects: Floats, sentence_draws: Floats | None = None) -> MeanEffect:
    """The mean over seeds, with var(effects) / seeds + var(mean over a bootstrap of sentences).

    Args:
        effects: (experiments, seeds).
        sentence_draws: The effect when the sentences are resampled, (resamples, experiments,
            seeds), less a constant; a resample has the same sentences for all seeds. None: the
            effect does not depend on sentences.
    """
    seeds = effects.shape[-1]
    variance = effects.var(axis=-1, ddof=1) / seeds if seeds > 1 else np.zeros(len(effects))
    if sentence_draws is not None:
        variance = variance + sentence_draws.mean(axis=-1).var(axis=0, ddof=1)
    elif seeds == 1:
        variance = np.full(len(effects), np.nan)
    return MeanEffect(effects.mean(axis=-1), np.sqrt(variance), seeds)


def mean_difference(a: Floats, b: Floats, items: Floats, *, paired: bool) -> MeanEffect:
    """B's mean over seeds less A's: of paired seeds, or by Welch's test.

    It has no error and no p-value where the seeds do not vary: they do not show how far others
    would be from them.

    Args:
        a: (experiments, seeds of A).
        b: (experiments, seeds of B).
        items: Variance of the difference over test sentences or instances (experiments,); NaN: the
            tables do not tell, and only the seeds count.
        paired: Whether both have the same seeds, in the same order.
    """
    value = b.mean(axis=-1) - a.mean(axis=-1)
    samples = [b - a] if paired else [a, b]
    seeds = min(sample.shape[-1] for sample in samples)
    if seeds == 1:
        return MeanEffect(value, np.sqrt(items), seeds)
    parts = np.array([sample.var(axis=-1, ddof=1) / sample.shape[-1] for sample in samples])
    freedom = np.array([[sample.shape[-1] - 1] for sample in samples])
    variance = parts.sum(axis=0)
    rounding = 1e-12 * np.maximum(np.abs(a).max(axis=-1), np.abs(b).max(axis=-1))
    varies = variance > rounding**2
    with np.errstate(invalid="ignore"):  # Welch and Satterthwaite; 0 / 0 where nothing varies
        df = np.where(varies, variance**2 / (parts**2 / freedom).sum(axis=0), np.nan)
    error = np.sqrt(variance + np.nan_to_num(items))
    return MeanEffect(value, error, seeds, df)


def slope_weights(x: Floats) -> Floats:
    """Weights w with w @ y the least-squares slope of y on x, both of shape (points,)."""
    centred = x - x.mean()
    return np.asarray(centred / (centred @ centred))
