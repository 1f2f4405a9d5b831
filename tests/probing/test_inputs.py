"""Features, classes and the weights of the loss."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.probing.made_up import normal, split
from ticketscope.errors import InputError
from ticketscope.probing.evaluation import losses
from ticketscope.probing.inputs import (
    Features,
    Split,
    mean_weights,
    pack,
    scaling_of,
    vocabulary,
)
from ticketscope.probing.instances import Instance
from ticketscope.representations.layout import starts

CPU = torch.device("cpu")


def test_a_batchs_loss_is_the_mean_over_instances_of_the_mean_within():
    """Spec 11.2: one token with loss a, three with b, c, d."""
    items = split(normal((1, 4, 2), 0), np.array([0, 1, 0, 1])).items
    object.__setattr__(items, "offsets", np.array([0, 1, 4]))
    a, b, c, d = losses(torch.from_numpy(normal((1, 2, 4), 1)), torch.tensor([[[0, 1, 0, 1]]]))[0]
    weights = torch.from_numpy(mean_weights(items, np.array([0, 1]), 2))
    found = (weights * torch.stack([a, b, c, d])).sum()
    assert found.item() == pytest.approx(((a + (b + c + d) / 3) / 2).item(), rel=1e-5)


def test_values_weigh_alike_whatever_their_sentence():
    items = split(normal((1, 4, 2), 0), np.array([0, 1, 0, 1], dtype=np.float32)).items
    chosen = np.arange(items.instances)
    assert mean_weights(items, chosen, len(chosen)).tolist() == [0.25] * 4
    outputs, targets = torch.tensor([[[0.5, 3.0]]]), torch.tensor([[[0.0, 0.0]]])
    assert losses(outputs, targets).tolist() == [[0.125, 2.5]]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.randoms())
def test_weights_sum_to_one_and_items_follow_their_instances(sizes, random):
    targets = np.zeros(sum(sizes), dtype=np.int64)
    items = split(np.zeros((1, len(targets), 1)), targets).items
    object.__setattr__(items, "offsets", starts(np.array(sizes)))
    chosen = np.array(random.sample(range(len(sizes)), random.randint(1, len(sizes))))
    assert mean_weights(items, chosen, len(chosen)).sum() == pytest.approx(1)
    expected = [i for k in chosen for i in range(sum(sizes[:k]), sum(sizes[: k + 1]))]
    assert items.of(chosen).tolist() == expected


def test_pairs_are_child_parent_and_product():
    """Spec 11.5."""
    vectors = normal((3, 5, 4), 1)
    tokens = ("a", "b", "c")
    pair, swapped = (Instance("1", tokens, ("x",), pairs=(p,)) for p in ((0, 2), (2, 0)))
    items = pack([pair, swapped], np.array([[2, 5], [2, 5]]), 5, ("x", "y"))
    assert items.forms == (("a", "c"), ("c", "a"))
    both = Split(items, vectors)
    assert both.width == 12
    # Layers 2 and 0 of a stack of two slices.
    features = Features(both, [0, 2], CPU)
    (block,) = features.blocks(
        torch.tensor([[0, 1]]), torch.tensor([0, 0]), torch.tensor([1, 0]), [2]
    )
    found = features(block.rows).numpy()
    for slice_, layer in ((0, 2), (1, 0)):
        x, y = vectors[layer, 2], vectors[layer, 4]
        np.testing.assert_array_equal(found[slice_, 0], np.concatenate([x, y, x * y]))
        np.testing.assert_array_equal(found[slice_, 1], np.concatenate([y, x, x * y]))


def test_selected_tokens_and_half_precision_vectors():
    instance = Instance("1", ("a", "b", "c"), (0.5, -1.0), indices=(2, 0))
    items = pack([instance], np.array([[1, 4]]), 4, ())
    assert items.places.tolist() == [[3], [1]]
    assert items.targets.dtype == np.float32 and items.regression
    vectors = normal((1, 4, 2), 0).astype(np.float16)
    features = Features(Split(items, vectors), [0], CPU)
    (block,) = features.blocks(torch.tensor([[0, 1]]), torch.tensor([0]), torch.tensor([0]), [2])
    found = features(block.rows)
    assert block.targets.tolist() == [[[0.5, -1.0]]]
    np.testing.assert_array_equal(found[0].numpy(), vectors[0, [3, 1]].astype(np.float32))


def test_a_label_that_only_test_has_is_no_output_of_a_probe():
    train, dev, other = (Instance("1", ("a",), (label,)) for label in ("y", "z", "x"))
    assert vocabulary("POS", [[train], [dev]], [train, other]) == (("y", "z", "x"), 2)
    value = Instance("1", ("a",), (1.0,), indices=(0,))
    assert vocabulary("EF", [[value]], [value]) == ((), 0)


@pytest.mark.parametrize("beside", [False, True])
def test_inputs_are_standardised_by_the_words_of_train(beside):
    """Each number of each layer by mean and spread of train; test is shifted with it."""
    vectors = 5 + 3 * normal((2, 40, 4), 1)
    vectors[1, :, 2] = 7  # does not vary
    # The last ten words have no item, and the first has many, which do not count.
    places = np.array([*range(30), *[0] * 100])[:, None]
    train = split(vectors, np.zeros(130, dtype=np.int64), places=places)
    scaling = scaling_of(train)
    used = vectors[:, :30].astype(np.float64)
    scale = np.where(used.std(1) > 0, used.std(1), 1)
    np.testing.assert_allclose(scaling, (used.mean(1), scale), rtol=1e-5)
    test = Split(train.items, 2 * vectors, scaling, beside)
    expected = (2 * vectors - used.mean(1, keepdims=True)) / scale[:, None]
    if beside:
        assert test.width == 8
        expected = np.concatenate([np.broadcast_to(expected[:1], expected.shape), expected], 2)
    np.testing.assert_allclose(test.tensor([0, 1], CPU), expected.reshape(80, -1), atol=1e-4)
    np.testing.assert_allclose(test.tensor([1], CPU), expected[1], atol=1e-4)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda one: vocabulary("mine", [[one]], [one]), "task mine: all labels are the same, y"),
        (
            lambda one: vocabulary("mine", [[one]], [Instance("1", ("a",), (1.0,), indices=(0,))]),
            "task mine: labels are text in one split, numbers in another",
        ),
        (
            lambda one: pack([one], np.array([[0, 2]]), 5, ("y",)),
            "instance 7: 1 tokens have word vectors 0 to 2 of 5",
        ),
        (
            lambda one: pack([one], np.array([[5, 6]]), 5, ("y",)),
            "instance 7: 1 tokens have word vectors 5 to 6 of 5",
        ),
        (lambda one: pack([one], np.zeros((2, 2), int), 5, ("y",)), "1 instances have .* of 2"),
    ],
)
def test_what_does_not_fit_is_one_line(act, message):
    with pytest.raises(InputError, match=message):
        act(Instance("7", ("a",), ("y",)))


def test_vectors_that_are_not_finite_are_named():
    vectors = normal((2, 4, 2), 0)
    vectors[1, 2, 0] = np.inf
    with pytest.raises(InputError, match="word vectors of layer 1 hold values that are not finite"):
        Features(split(vectors, np.zeros(4, dtype=np.int64)), [0, 1], CPU)
