"""Correction for testing several hypotheses."""

import numpy as np
from numpy.typing import NDArray


def benjamini_hochberg(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """p-values adjusted so that `adjusted <= q` keeps the false discovery rate at q.

    Source: Benjamini & Hochberg 1995.

    Args:
        p_values: (hypotheses, ...); each column is a family of its own. NaN stands for a hypothesis
            that was not tested, which is not counted and stays NaN.
    """
    order = np.argsort(p_values, axis=0, kind="stable")  # NaN last
    ranked = np.take_along_axis(p_values, order, axis=0)
    tested = np.sum(~np.isnan(p_values), axis=0)
    ranks = np.arange(1, len(p_values) + 1).reshape(-1, *[1] * (p_values.ndim - 1))
    steps = np.where(np.isnan(ranked), np.inf, ranked * tested / ranks)
    # The smallest of all steps from a rank on.
    smallest = np.minimum.accumulate(steps[::-1], axis=0)[::-1]
    adjusted = np.empty_like(p_values)
    np.put_along_axis(adjusted, order, np.where(np.isnan(ranked), np.nan, smallest), axis=0)
    return adjusted


def benjamini_yekutieli(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same, valid under any dependence between the hypotheses.

    Source: Benjamini & Yekutieli 2001.

    Args:
        p_values: As of `benjamini_hochberg`.
    """
    tested = np.sum(~np.isnan(p_values), axis=0)
    harmonic = np.append(0, np.cumsum(1 / np.arange(1, len(p_values) + 1)))
    return np.asarray(np.minimum(benjamini_hochberg(p_values) * harmonic[tested], 1))
