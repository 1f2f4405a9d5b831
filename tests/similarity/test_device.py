"""Similarity on a device: nothing is made elsewhere, and a pass reads next to nothing."""

from dataclasses import astuple

import numpy as np
import pytest
import torch

from tests.pretend_gpu import DEVICE, PretendGpu
from tests.similarity.data import layers
from ticketscope.similarity import category_sim
from ticketscope.similarity.covariance import cross_covariances
from ticketscope.similarity.pair import compare, compare_self


def test_the_pretended_gpu_refuses_what_a_real_one_refuses():
    with PretendGpu() as gpu:
        x = torch.ones(3).to(DEVICE)
        with pytest.raises(AssertionError, match="mixes tensors of the device with others"):
            x + torch.ones(3)
        with pytest.raises((RuntimeError, TypeError, AssertionError)):
            x.numpy()
        assert float((x + x * 2).sum()) == 9
        assert (x + 1).cpu().tolist() == [2, 2, 2]
    assert dict(gpu.reads) == {"_local_scalar_dense": 1, "_to_copy": 1}
    assert gpu.uploads == 1


def test_a_pass_reads_one_value_a_block_and_sends_each_block_once():
    networks = [np.asarray(x, dtype=np.float32) for x in layers(n=200)]
    pairs = [(0, 1)]
    with PretendGpu() as gpu:
        cross_covariances(networks, pairs, block=50, device=DEVICE)
    assert dict(gpu.reads) == {"_local_scalar_dense": 4}
    assert gpu.uploads == 2 * (1 + 4)  # and the first tokens, for the pilot means


@pytest.mark.parametrize("own", [True, False])
def test_comparisons_are_those_of_the_cpu(own):
    x, y = (np.stack([a, a[::-1] ** 2]).astype(np.float32) for a in layers(n=120))

    def result(device: str) -> dict[str, np.ndarray]:
        if own:
            return compare_self(x, block=50, device=device).arrays()
        return compare(x, y, groups=[[(0, 60)], [(60, 120)]], block=50, device=device).arrays()

    expected = result("cpu")
    with PretendGpu():
        computed = result(DEVICE)
    assert expected.keys() == computed.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(computed[name], values, err_msg=name)


def test_categories_are_those_of_the_cpu():
    x, y = (np.asarray(values, dtype=np.float32) for values in layers(n=120))
    labels = np.array(["NN"] * 70 + ["VB"] * 50)
    expected = category_sim(x, y, labels, least=20, block=33, device="cpu")
    with PretendGpu() as gpu:
        computed = category_sim(x, y, labels, least=20, block=33, device=DEVICE)
    assert gpu.uploads > 0
    assert [astuple(category) for category in computed] == [astuple(each) for each in expected]
