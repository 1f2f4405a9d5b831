"""The stack against PyTorch's own layers and optimizer."""

import numpy as np
import pytest
import torch
from torch import nn

from ticketscope.probing.adam import Adam, Flat
from ticketscope.probing.probes import fresh


@pytest.mark.parametrize("hidden", [None, 7])
def test_slices_are_what_pytorch_makes_of_each_seed(hidden):
    state = torch.random.get_rng_state()
    stack = fresh(5, hidden, 3, [2, 4], [11, 12, 13])
    assert torch.equal(torch.random.get_rng_state(), state)
    assert stack.layers.tolist() == [2, 2, 2, 4, 4, 4]
    assert stack.replicates.tolist() == [0, 1, 2, 0, 1, 2]
    features = torch.randn(6, 9, 5, generator=torch.Generator().manual_seed(1))
    for slice_, replicate in enumerate(stack.replicates.tolist()):
        torch.manual_seed([11, 12, 13][replicate])
        if hidden is None:
            alone = nn.Sequential(nn.Linear(5, 3))
        else:
            alone = nn.Sequential(nn.Linear(5, hidden), nn.ReLU(), nn.Linear(hidden, 3))
        for own, theirs in zip(
            [parameter[slice_] for parameter in stack.parameters], alone.parameters(), strict=True
        ):
            assert torch.equal(own.squeeze(1) if theirs.ndim == 1 else own, theirs)
        np.testing.assert_allclose(
            stack(features)[slice_].T, alone(features[slice_]).detach(), rtol=1e-5, atol=1e-5
        )


def test_adam_is_pytorchs_and_slices_leave_with_their_moments():
    own = torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(99)).double()
    theirs = nn.Parameter(own[1:].clone())
    parameters = Flat([own])
    adam, peer = Adam(parameters, 0.01), torch.optim.Adam([theirs], lr=0.01)
    for step in range(20):
        if step == 10:
            going = torch.tensor([False, True, True])
            parameters = parameters.select(going)
            adam.keep(going)
        gradient = torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(step)).double()
        theirs.grad = gradient[1:]
        adam.step(parameters, Flat([gradient[-len(parameters.parts[0]) :]]))
        peer.step()
    np.testing.assert_allclose(parameters.parts[0], theirs.detach(), rtol=1e-10, atol=1e-12)
