"""V-information: zero for the prior, all of the entropy for an oracle."""

import math

import numpy as np
import pytest

from ticketscope.probing.vinformation import pointwise, pointwise_values, prior_bits


def test_the_prior_is_smoothed_by_one():
    train = np.array([0, 0, 1])
    # Counts 3, 2, 1 of 6: the third class is never seen in training.
    expected = [1, math.log2(3), math.log2(6)]
    np.testing.assert_allclose(prior_bits(train, np.array([0, 1, 2]), 3), expected)


def test_the_prior_itself_has_no_information_and_an_oracle_all():
    train = test = np.arange(1000) % 2
    prior = prior_bits(train, test, 2) * math.log(2)
    information = pointwise(np.stack([prior, np.zeros(1000)]), train, test, 2).mean(axis=1)
    np.testing.assert_allclose(information, [0, 1], atol=1e-12)


def test_certain_and_wrong_costs_forty_bits_not_infinity():
    information = pointwise(np.array([[np.inf]]), np.array([0, 1]), np.array([0]), 2)
    assert information[0, 0] == pytest.approx(1 - 12 * math.log2(10))


def test_values_of_a_normal_pair_have_the_information_of_their_correlation():
    """For normal X and Y with correlation r: -log2(1 - r^2) / 2 bits.

    A probe that says the mean has none, and one that is off by 1 less. On a test of twice the
    spread densities learned elsewhere are too narrow, the prior's as much as the probes'.
    """
    generator = np.random.default_rng(1)
    x, noise = generator.normal(size=(2, 60_000))
    y, r = 0.6 * x + 0.8 * noise, 0.6
    thirds = [slice(0, 20_000), slice(20_000, 40_000), slice(40_000, None)]
    train, dev, test = (y[third] for third in thirds)
    on_dev, on_test = (
        np.stack([r * x[third], 0 * x[third], r * x[third] + 1]) for third in thirds[1:]
    )
    expected = -np.log2([1 - r**2, 1, 2 - r**2]) / 2
    for spread in (1, 2):
        information = pointwise_values(spread * on_test, on_dev, train, dev, spread * test)
        np.testing.assert_allclose(information.mean(axis=1), expected, atol=0.02 * spread**2)
