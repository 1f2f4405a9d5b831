"""V-information: bits about a label that a family of probes reads off a vector.

    I_V(X -> Y) = H_V(Y) - H_V(Y|X),   H_V(Y|X) = mean -log2 f[x](y),   H_V(Y) = mean -log2 prior(y)

both on the test split, f being the family's probe trained on `train` and chosen by the cross
entropy of `dev`, and the prior that of the training labels. The difference of the two logarithms of
one item is its pointwise V-information; here is that difference, whose mean is I_V.

Source: Xu et al. 2020; Ethayarajh et al. 2022 (pointwise).
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST = 1e-12  # probability below which a label costs no more


def prior_bits(
    train: NDArray[np.int64], test: NDArray[np.int64], classes: int
) -> NDArray[np.float64]:
    """-log2 of the training labels' distribution, with one added to each count, at test labels.

    (items,), (items,) -> (items,).
    """
    counts = np.bincount(train, minlength=classes) + 1
    return -np.log2(counts / counts.sum())[test]


def pointwise(
    loss: NDArray[np.float64],
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    classes: int,
) -> NDArray[np.float64]:
    """Bits that each probe has about each test label (stack, items).

    Args:
        loss: -ln p(label) by each probe (stack, items).
        train: Training labels, for the prior.
        test: Test labels (items,).
        classes: K.
    """
    bits = np.minimum(loss / math.log(2), -math.log2(LEAST))
    return prior_bits(train, test, classes) - bits


def pointwise_values(
    predicted: NDArray[Any],
    on_dev: NDArray[Any],
    train: NDArray[Any],
    dev: NDArray[Any],
    test: NDArray[Any],
) -> NDArray[np.float64]:
    """The same for values (stack, items): normal densities in place of probabilities.

    The density around a probe's value has the variance of its residuals on dev; the prior has mean
    and variance of the training values. Only the difference of densities means something.

    Args:
        predicted: Of test (stack, items).
        on_dev: Of dev (stack, dev items).
        train: Training values.
        dev: Dev values.
        test: Test values (items,).
    """
    variance = ((on_dev - dev) ** 2).mean(axis=1, dtype=np.float64)[:, None]
    prior = _normal_bits(test - train.mean(dtype=np.float64), train.var(dtype=np.float64))
    return prior - _normal_bits(predicted - test, variance)


def _normal_bits(residuals: NDArray[Any], variance: Any) -> NDArray[np.float64]:
    variance = np.maximum(variance, LEAST)
    return np.asarray((residuals**2 / variance + np.log(2 * np.pi * variance)) / (2 * math.log(2)))
