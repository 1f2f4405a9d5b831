"""Masks that are taken from another series."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ticketscope.tickets.masks import Mask
from ticketscope.tickets.take_mask import shuffled


def draw(seed, share):
    generator = np.random.default_rng(seed)
    return Mask({"a": generator.random((40, 30)) < share, "b": generator.random(500) < share / 2})


@given(st.integers(0, 50), st.floats(0.1, 0.9))
def test_a_shuffled_mask_has_the_counts_of_each_tensor_and_other_places(seed, share):
    mask = draw(seed, share)
    other = shuffled(mask, seed)
    assert other.shapes == mask.shapes
    for name, kept in mask.kept.items():
        assert other.kept[name].sum() == kept.sum()
        # Agreement is that of chance: within five standard deviations of the hypergeometric mean.
        size, count = kept.size, kept.sum()
        overlap = np.count_nonzero(other.kept[name] & kept)
        spread = np.sqrt(count**2 * (size - count) ** 2 / (size**2 * (size - 1)))
        assert abs(overlap - count**2 / size) <= 5 * spread + 1
    again, of_another_seed = shuffled(mask, seed), shuffled(mask, seed + 1)
    assert all(np.array_equal(again.kept[name], other.kept[name]) for name in mask.kept)
    assert any(not np.array_equal(of_another_seed.kept[n], other.kept[n]) for n in mask.kept)


@given(st.integers(0, 50))
def test_shuffled_masks_of_nested_masks_are_nested(seed):
    earlier = draw(seed, 0.6)
    generator = np.random.default_rng(seed + 1)
    later = Mask(
        {n: kept & (generator.random(kept.shape) < 0.7) for n, kept in earlier.kept.items()}
    )
    assert shuffled(later, 3).is_nested_in(shuffled(earlier, 3))


def test_tensors_of_one_shape_are_permuted_apart():
    kept = np.arange(400).reshape(20, 20) < 200
    mask = shuffled(Mask({"a": kept, "b": kept}), 1)
    assert not np.array_equal(mask.kept["a"], mask.kept["b"])
