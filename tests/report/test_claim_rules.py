"""Every rule gives each of its verdicts."""

import math

import pytest

from ticketscope.report.claims.findings import explained
from ticketscope.report.claims.model import AGREES, DIFFERS, UNDECIDED, Estimate
from ticketscope.report.claims.rules import (
    by_class,
    by_distance,
    by_equivalence,
    by_interval,
    by_p_value,
    by_retention,
    by_trend,
    mean,
    minus,
    over_seeds,
    share,
)
from ticketscope.stats.trends import Trend


@pytest.mark.parametrize(
    ("low", "high", "sign", "bar", "verdict"),
    [
        (0.1, 0.3, 1, 0, AGREES),
        (-0.3, -0.1, 1, 0, DIFFERS),
        (-0.1, 0.3, 1, 0, UNDECIDED),
        (0.0, 0.3, 1, 0, UNDECIDED),
        (-0.3, -0.1, -1, 0, AGREES),
        (0.1, 0.3, -1, 0, DIFFERS),
        (-0.1, 0.3, -1, 0, UNDECIDED),
        (0.92, 0.98, 1, 0.9, AGREES),
        (0.7, 0.8, 1, 0.9, DIFFERS),
        (0.7, 0.95, 1, 0.9, UNDECIDED),
        (math.nan, math.nan, 1, 0, UNDECIDED),
    ],
)
def test_by_interval(low, high, sign, bar, verdict):
    assert by_interval(Estimate(0.2, low, high), sign, bar) == verdict


@pytest.mark.parametrize(
    ("held", "n", "verdict"),
    [(9, 9, AGREES), (8, 9, AGREES), (7, 9, UNDECIDED), (0, 9, DIFFERS), (5, 5, UNDECIDED)],
)
def test_share_is_a_sign_test(held, n, verdict):
    found = share([True] * held + [False] * (n - held))
    assert found.value == pytest.approx(held / n)
    assert by_interval(found, 1, 0.5) == verdict


def test_the_shares_interval_is_exact():
    # Nothing but successes: the lower end solves low^n = .025.
    found = share([True] * 9)
    assert found.low == pytest.approx(0.025 ** (1 / 9), abs=1e-6)
    assert found.high == 1


@pytest.mark.parametrize(
    ("change", "rho", "p", "sign", "verdict"),
    [
        (Estimate(0.1), 0.9, 0.01, 1, AGREES),
        (Estimate(-0.1), -0.9, 0.01, -1, AGREES),
        (Estimate(-0.1), -0.9, 0.01, 1, DIFFERS),
        (Estimate(0.1), 0.9, 0.01, -1, DIFFERS),
        (Estimate(0.1), 0.9, 0.2, 1, UNDECIDED),  # no trend
        (Estimate(-0.1), 0.9, 0.01, 1, UNDECIDED),  # the ticket lies the other way
        (Estimate(0.1, -0.05, 0.3), 0.9, 0.01, 1, UNDECIDED),  # seeds disagree
        (Estimate(0.1, 0.05, 0.3), 0.9, 0.01, 1, AGREES),
        (Estimate(0.0), 0.9, 0.01, 1, UNDECIDED),
    ],
)
def test_by_trend(change, rho, p, sign, verdict):
    assert by_trend(change, Trend(rho, p, 1e-4), sign) == verdict


def test_by_distance():
    assert by_distance(0.57, 0.55, 0.05) == AGREES
    assert by_distance(0.63, 0.55, 0.05) == DIFFERS


@pytest.mark.parametrize(
    ("value", "p_values", "verdict"),
    [
        (-1, [0.01, 0.02], AGREES),
        (1, [0.01], DIFFERS),
        (-1, [0.01, 0.2], UNDECIDED),
        (-1, [math.nan], UNDECIDED),
    ],
)
def test_by_p_value(value, p_values, verdict):
    assert by_p_value(value, p_values, -1) == verdict


@pytest.mark.parametrize(
    ("ratio", "p_values", "verdict"),
    [
        (1.02, [0.01], AGREES),  # above LTH0, however surely
        (0.995, [0.4], AGREES),
        (0.995, [0.4, 0.01], UNDECIDED),
        (0.97, [0.4], UNDECIDED),
        (0.97, [0.01, 0.3], UNDECIDED),
        (0.97, [0.01], DIFFERS),
    ],
)
def test_by_retention(ratio, p_values, verdict):
    assert by_retention(ratio, p_values, 0.99) == verdict


def test_by_class():
    assert by_class("degrading", "degrading") == AGREES
    assert by_class("improving", "degrading") == DIFFERS
    assert by_class("invariant", "degrading") == UNDECIDED
    assert by_class("undecided", "improving") == UNDECIDED


@pytest.mark.parametrize(
    ("found", "low", "high", "verdict"),
    [
        ("invariant", -0.01, 0.01, AGREES),
        ("invariant", -0.03, 0.01, UNDECIDED),  # no trend shown, but none excluded
        ("degrading", -0.01, 0.01, DIFFERS),
        ("undecided", -0.01, 0.01, UNDECIDED),
    ],
)
def test_by_equivalence(found, low, high, verdict):
    assert by_equivalence(found, Estimate(0, low, high), 0.016) == verdict


def test_intervals_of_a_difference_a_mean_and_several_seeds():
    a, b = Estimate(0.9, 0.87, 0.94), Estimate(0.5, 0.46, 0.53)
    difference = minus(a, b)
    assert difference.value == pytest.approx(0.4)
    assert difference.low == pytest.approx(0.4 - math.hypot(0.03, 0.03))
    assert difference.high == pytest.approx(0.4 + math.hypot(0.04, 0.04))
    assert mean([a, b]).low == pytest.approx((0.87 + 0.46) / 2)
    assert over_seeds([a, b]) == Estimate(pytest.approx(0.7), 0.46, 0.94)
    assert over_seeds([Estimate(1), Estimate(3)]) == Estimate(2, 1, 3)
    assert math.isnan(over_seeds([Estimate(1)]).low)


def test_what_the_control_explains():
    assert explained(0.10, 0.12, 1) == "further training explains all of it"
    assert explained(-0.10, -0.06, -1) == "further training explains 60 % of it"
    assert explained(0.10, 0.005, 1) == "further training does not explain it"
    assert explained(0.10, -0.06, 1) == "further training does not explain it"
    assert explained(0.1, 0.1, 1, "random") == "any pruning explains all of it"
    assert "relative to the control (-0.04) the direction is the" in explained(0.01, 0.05, -1)
    assert explained(0.05, 0.01, -1) == "relative to the control the claim does not hold either"
