"""Trends with sparsity, and corrections for many tests."""

import numpy as np
import pytest
from scipy import stats

from ticketscope.stats.corrections import holm
from ticketscope.stats.trends import trend

SPARSITY = np.array([0, 0.2, 0.36, 0.488, 0.59, 0.672, 0.738, 0.79, 0.832])
# Table A2.
PS_FXN = np.array([0.858, 0.859, 0.847, 0.840, 0.847, 0.841, 0.833, 0.826, 0.828])
SYN_PRED = np.array([0.905, 0.906, 0.908, 0.909, 0.912, 0.915, 0.916, 0.919, 0.921])


def test_trends_are_spearmans_with_the_exact_p():
    found = trend(PS_FXN, SPARSITY, seed=1)
    assert found.rho == pytest.approx(stats.spearmanr(PS_FXN, SPARSITY).statistic)
    assert found.p == pytest.approx(stats.spearmanr(PS_FXN, SPARSITY).pvalue, abs=0.002)
    best = trend(SYN_PRED[:8], SPARSITY[:8], seed=1)
    assert (best.rho, best.p) == (pytest.approx(1), pytest.approx(2 / 40_320))
    assert best.least == pytest.approx(best.p)
    assert trend(SYN_PRED[:4], SPARSITY[:4], seed=1).p == pytest.approx(2 / 24)


def test_equal_scores_have_no_trend():
    assert trend(np.full(9, 0.5), SPARSITY, seed=1).p == 1
    assert trend(np.array([0.5, 0.6]), SPARSITY[:2], seed=1).p == 1


def test_nine_tickets_are_tested_by_seeded_permutations():
    one, two = (trend(SYN_PRED, SPARSITY, seed=1) for _ in range(2))
    assert one == two
    assert one.rho == pytest.approx(1)
    assert one.least <= one.p < 3e-4


def test_holm():
    # Worked by hand: .01 * 4, .02 * 3, then .03 * 2 and .04 * 1 may not be below .06.
    found = holm(np.array([0.04, 0.01, 0.03, 0.02]))
    np.testing.assert_allclose(found, [0.06, 0.04, 0.06, 0.06])
    np.testing.assert_allclose(holm(np.array([0.9, 0.8])), [1, 1])
