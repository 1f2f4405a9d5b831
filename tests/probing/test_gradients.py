"""Gradients that are written out, against autograd."""

import numpy as np
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.probing.made_up import normal, split
from ticketscope.probing.evaluation import losses
from ticketscope.probing.gradients import add_gradients
from ticketscope.probing.inputs import Features
from ticketscope.probing.probes import Stack, fresh

CPU = torch.device("cpu")


def by_autograd(stack, features, targets, weights):
    parameters = [parameter.clone().requires_grad_() for parameter in stack.parameters]
    outputs = Stack(parameters, stack.layers, stack.replicates)(features)
    return torch.autograd.grad((losses(outputs, targets) * weights[:, 0]).sum(), parameters)


@given(
    layers=st.integers(1, 3),
    replicates=st.integers(1, 2),
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=3),
    dim=st.integers(1, 9),
    hidden=st.none() | st.integers(1, 9),
    outputs=st.integers(1, 12),
    arity=st.integers(1, 2),
    seed=st.integers(0, 99),
)
@example(  # wide features are multiplied otherwise
    layers=2, replicates=2, sizes=[30, 20], dim=1024, hidden=None, outputs=12, arity=1, seed=1
)  # fmt: skip
@settings(max_examples=60)
def test_gradients_are_autograds(layers, replicates, sizes, dim, hidden, outputs, arity, seed):
    """Linear and MLP, classes and (outputs: 1) values, words and pairs, one block and more."""
    generator = np.random.default_rng(seed)
    words, total = 20, sum(sizes)
    targets = generator.integers(0, outputs, words)
    if outputs == 1:
        targets = 3 * generator.standard_normal(words).astype(np.float32)
    places = generator.integers(0, words, (words, arity))
    part = split(normal((layers, words, dim), seed), targets, places=places)
    features = Features(part, range(layers), CPU)
    stack = fresh(part.width, hidden, outputs, range(layers), range(replicates))
    items = torch.from_numpy(generator.integers(0, words, (replicates, total)))
    weights = torch.from_numpy(generator.random((len(stack), 1, total), dtype=np.float32))
    weights[:, :, ::5] = 0  # as where a batch is filled up
    (whole,) = features.blocks(items, stack.replicates, stack.layers, [total])
    expected = by_autograd(stack, features(whole.rows).clone(), whole.targets, weights)
    gradients = [torch.zeros_like(parameter) for parameter in stack.parameters]
    blocks = features.blocks(items, stack.replicates, stack.layers, sizes)
    for (rows, own), weighted in zip(blocks, weights.split(sizes, dim=2), strict=True):
        add_gradients(gradients, stack, features(rows), own, weighted)
    for gradient, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, other, rtol=1e-4, atol=1e-4)
