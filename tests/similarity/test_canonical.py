"""SVCCA and PWCCA against google/svcca, Procrustes and RSA against scipy and their definitions."""

import numpy as np
import pytest
from scipy.spatial import procrustes as scipy_procrustes
from scipy.stats import spearmanr

from ticketscope.errors import InputError
from ticketscope.similarity import procrustes, pwcca, rsa, svcca

from .data import layers


def test_svcca_is_googles():
    """Computed with google/svcca (GitHub, Apache-2.0) as its tutorial says: SVD, then the mean of
    cca_core.get_cca_similarity's coefficients."""
    x, y = layers()
    assert svcca(x, y) == pytest.approx(0.6723939402588534, abs=1e-9)
    assert svcca(x, y, share=0.9) == pytest.approx(0.8089087790636007, abs=1e-9)


def test_pwcca_is_googles():
    """The first with google/svcca's compute_pwcca, on a white x, since it forgets to whiten; the
    second with the directions and coefficients of its get_cca_similarity(compute_dirns=True) and
    the weights of Morcos et al. 2018."""
    x, y = layers()
    white = np.linalg.qr(x[:, :5] - x[:, :5].mean(axis=0))[0] * np.sqrt(len(x))
    assert pwcca(white, y) == pytest.approx(0.6639940085791576, abs=1e-9)
    assert pwcca(x, y) == pytest.approx(0.7140642989399926, abs=1e-9)


def test_canonical_correlations_of_a_layer_with_itself_are_1():
    x, _ = layers()
    x[:, 3] = x[:, 2]  # a direction without variance
    assert svcca(x, x) == pytest.approx(1)
    assert pwcca(x, x) == pytest.approx(1)
    with pytest.raises(InputError, match="8 tokens, 8 dimensions"):
        svcca(x[:8], x[:8])
    with pytest.raises(InputError, match="all the same"):
        pwcca(np.ones((50, 2)), np.ones((50, 2)))


def test_procrustes_is_scipys():
    x, _ = layers()
    y = np.roll(x, 1, axis=1) + np.random.default_rng(1).standard_normal(x.shape)
    assert procrustes(x, y) ** 2 == pytest.approx(1 - scipy_procrustes(x, y)[2], abs=1e-9)
    assert procrustes(x, x) == pytest.approx(1)
    assert procrustes(x, np.ones((200, 3))) == 0


def test_rsa_is_its_definition():
    x, y = layers(n=50)
    upper = np.triu_indices(50, 1)
    distances = [1 - np.corrcoef(z)[upper] for z in (x, y)]
    assert rsa(x, y) == pytest.approx(spearmanr(*distances).statistic, abs=1e-12)
    assert rsa(x, x) == pytest.approx(1)
    for bad, message in (
        (np.ones((50, 3)), "vector is constant"),
        (y[:49], "given 50 and 49"),
        (np.full((50, 3), np.nan), "NaN"),
    ):
        with pytest.raises(InputError, match=message):
            rsa(x, bad)
