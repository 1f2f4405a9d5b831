"""V-information: bits about a label that a family of probes can read from a vector.

    I_V(X -> Y) = H_V(Y) - H_V(Y|X),   H_V(Y|X) = mean -log2 f[x](y),   H_V(Y) = mean -log2 prior(y)

Both are computed on the test split. f is the probe of the family that is trained on `train` and
chosen by the cross entropy of `dev`; the prior is the distribution of the training labels. This
module computes the difference of the two logarithms for each item, its pointwise V-information.
Their mean is I_V.

Source: Xu et al. 2020; Ethayarajh et al. 2022 (pointwise).
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOOR = 1e-12  # lower bound of probabilities and variances


def prior_bits(
    train: NDArray[np.int64], test: NDArray[np.int64], classes: int
) -> NDArray[np.float64]:
    """-log2 of the training labels' distribution at the test labels; one is added to each count.

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
    """Pointwise V-information of each probe about each test label, in bits (stack, items).

    Neither the probe nor the prior knows a label that only test has; the information about it is 0.

    Args:
        loss: -ln p(label) of each probe (stack, items).
        train: Training labels, for the prior.
        test: Test labels (items,); those that only test has are K and above.
        classes: K.
    """
    bits = np.minimum(loss / math.log(2), -math.log2(FLOOR))
    prior = prior_bits(train, np.minimum(test, classes - 1), classes)
    return np.where(test < classes, prior - bits, 0)


def pointwise_values(
    predicted: NDArray[Any],
    on_dev: NDArray[Any],
    train: NDArray[Any],
    dev: NDArray[Any],
    test: NDArray[Any],
) -> NDArray[np.float64]:
    """Pointwise V-information about values (stack, items): densities replace probabilities.

    A probe's density is normal around its prediction, with the variance of its residuals on dev.
    The prior is normal with mean and variance of the training values.

    Args:
        predicted: Predictions on test (stack, items).
        on_dev: Predictions on dev (stack, dev items).
        train: Training values.
        dev: Dev values.
        test: Test values (items,).
    """
    variance = ((on_dev - dev) ** 2).mean(axis=1, dtype=np.float64)[:, None]
    prior = _normal_bits(test - train.mean(dtype=np.float64), train.var(dtype=np.float64))
    return prior - _normal_bits(predicted - test, variance)


def _normal_bits(residuals: NDArray[Any], variance: Any) -> NDArray[np.float64]:
    variance = np.maximum(variance, FLOOR)
    return np.asarray((residuals**2 / variance + np.log(2 * np.pi * variance)) / (2 * math.log(2)))
