"""LEACE takes the label away and nothing else; the random subspace leaves it."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from ticketscope.behaviour import least_squares
from ticketscope.behaviour.erasure import NO_LABEL, fit, random_like

WORDS, DIM, CLASSES = 3000, 20, 4


def planted(seed: int = 0):
    """Words of four classes around centres of their own, in dimensions of unequal width."""
    generator = np.random.default_rng(seed)
    labels = generator.choice(CLASSES, WORDS, p=[0.4, 0.3, 0.2, 0.1])
    centres = np.random.default_rng(99).normal(size=(CLASSES, DIM))
    spread = np.linspace(0.1, 2, DIM)
    vectors = 5 + centres[labels] + spread * generator.normal(size=(WORDS, DIM))
    return vectors.astype(np.float32), labels


def erased(eraser, vectors):
    return eraser(torch.from_numpy(vectors.astype(np.float64))).numpy()


def accuracy(train, test, change=None) -> float:
    return least_squares.train(*train, change).accuracy(*test)


def test_a_probe_falls_to_the_majority_and_stays_up_beside_a_random_subspace():
    train, test = planted(), planted(1)
    eraser = fit(*train)
    floor = least_squares.majority(train[1], test[1])
    assert accuracy(train, test) > 0.9
    assert accuracy(train, test, eraser) == floor == pytest.approx(0.4, abs=0.03)
    assert accuracy(train, test, random_like(eraser, train[0], 1)) > 0.85


def test_no_other_linear_probe_does_better():
    """A probe with another loss than that of the closed form (theorem 3.1)."""
    vectors, labels = planted()
    states = erased(fit(vectors, labels), vectors)
    before, after = (LogisticRegression(C=1e4, max_iter=300).fit(x, labels).score(x, labels)
                     for x in (vectors, states))  # fmt: skip
    assert before > 0.95
    assert after == pytest.approx((labels == 0).mean(), abs=0.002)


def test_the_cross_covariance_is_gone_and_the_mean_stays():
    vectors, labels = planted()
    states = erased(fit(vectors, labels), vectors)
    classes = np.eye(CLASSES)[labels]
    centred = states - states.mean(axis=0)
    assert np.abs(centred.T @ classes / WORDS).max() < 1e-12
    np.testing.assert_allclose(states.mean(axis=0), vectors.mean(axis=0, dtype=float), atol=1e-12)


def test_ranks_are_equal_and_one_less_than_the_classes():
    vectors, labels = planted()
    eraser = fit(vectors, labels)
    other = random_like(eraser, vectors, 1)
    assert eraser.rank == other.rank == CLASSES - 1
    change = vectors - erased(other, vectors)
    assert np.linalg.matrix_rank(change, tol=1e-6) == CLASSES - 1


def test_both_are_projections_in_the_same_metric():
    """Erased twice is erased once, and what is left is uncorrelated with what was taken."""
    vectors, labels = planted()
    eraser = fit(vectors, labels)
    for each in (eraser, random_like(eraser, vectors, 1)):
        states = erased(each, vectors)
        np.testing.assert_allclose(erased(each, states), states, atol=1e-9)
        taken, left = vectors - states, states - states.mean(axis=0)
        assert np.abs(taken.T @ left / WORDS).max() < 1e-9
        total = vectors.var(axis=0, dtype=float).sum()
        assert each.variance == pytest.approx(1 - states.var(axis=0).sum() / total, abs=1e-9)


def test_a_random_subspace_follows_from_its_seed_and_is_another_for_another():
    vectors, labels = planted()
    eraser = fit(vectors, labels)
    a, b, c = (random_like(eraser, vectors, seed).left for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.allclose(a, c)
    assert torch.equal(fit(vectors, labels).left, eraser.left)


def test_words_without_a_label_are_in_the_metric_alone():
    vectors, labels = planted()
    labelled = np.random.default_rng(2).random(WORDS) < 0.2
    some = np.where(labelled, labels, NO_LABEL)
    # They lie elsewhere, which is no part of the label.
    vectors = vectors + 3 * ~labelled[:, None]
    eraser = fit(vectors, some)
    states = erased(eraser, vectors)
    assert eraser.rank == CLASSES - 1
    assert accuracy((vectors, some), (vectors, some), eraser) == (labels[labelled] == 0).mean()
    # Which words have a label is still to be told, and the mean of all words is kept.
    told = labelled.astype(int)
    assert accuracy((states, told), (states, told)) > 0.95
    np.testing.assert_allclose(states.mean(axis=0), vectors.mean(axis=0, dtype=float), atol=1e-12)


def test_a_mean_of_mapped_states_is_the_mapped_mean():
    vectors, labels = planted()
    eraser = fit(vectors, labels)
    states = torch.from_numpy(vectors[:30].reshape(10, 3, DIM).astype(np.float64))
    torch.testing.assert_close(eraser(states).mean(dim=1), eraser(states.mean(dim=1)))
    assert eraser(states.float()).dtype == torch.float32


def test_half_precision_and_constant_dimensions_do_no_harm():
    """As states of a pruned ticket are: rounded, and with neurons that never vary."""
    vectors, labels = planted()
    vectors[:, 3] = 1.5
    vectors = vectors.astype(np.float16)
    eraser = fit(vectors, labels)
    states = erased(eraser, vectors)
    assert np.isfinite(states).all() and eraser.rank == CLASSES - 1
    np.testing.assert_allclose(states[:, 3], 1.5, atol=1e-9)
    assert accuracy((vectors, labels), (vectors, labels), eraser) == (labels == 0).mean()
