"""Masks and cuts: exact whatever the ties, nested, NaN refused."""

import json

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.shares import FRACTIONS, share
from ticketscope.errors import InputError
from ticketscope.tickets.criteria.magnitude import scores as magnitude
from ticketscope.tickets.criteria.random import scores as random
from ticketscope.tickets.cut import cut
from ticketscope.tickets.masks import Mask

# Few distinct values: ties at the threshold are the rule, not the exception.
tied = npst.arrays(
    np.float32,
    npst.array_shapes(min_dims=1, max_dims=2, max_side=6),
    elements=st.sampled_from([0.0, 0.5, -0.5, 1.0, -1.0]),
)
models = st.dictionaries(st.sampled_from(["a", "b", "c"]), tied, min_size=1)


def dense(weights):
    return Mask.full({name: array.shape for name, array in weights.items()})


@given(models, FRACTIONS, st.sampled_from(["global", "layer"]), st.integers(1, 4))
def test_cuts_are_exact_nested_and_lowest_first(weights, fraction, scope, iterations):
    before = dense(weights)
    for _ in range(iterations):
        after = cut(before, magnitude(weights, seed=1, k=1), fraction, scope)
        groups = [list(weights)] if scope == "global" else [[name] for name in weights]
        for group in groups:
            left = sum(int(before.kept[n].sum()) for n in group)
            gone = sum(int((before.kept[n] & ~after.kept[n]).sum()) for n in group)
            assert gone == share(fraction, left)
            cut_now = [np.abs(weights[n][before.kept[n] & ~after.kept[n]]) for n in group]
            still = [np.abs(weights[n][after.kept[n]]) for n in group]
            if gone and gone < left:
                assert np.concatenate(cut_now).max() <= np.concatenate(still).min()
        assert after.is_nested_in(before)
        before = after


@given(
    npst.arrays(np.float32, st.integers(1, 300), elements=st.floats(0, 4, width=16)),
    st.integers(0, 2**32 - 1),
    FRACTIONS,
)
def test_a_cut_that_looks_at_a_sample_and_at_blocks_is_a_stable_sort(scores, seed, fraction):
    """With few scores in the sample the bracket is often wrong: that path counts too."""
    kept = np.random.default_rng(seed).random(scores.size) > 0.3
    order = [i for i in np.argsort(scores, kind="stable") if kept[i]]
    expected = kept.copy()
    expected[order[: share(fraction, len(order))]] = False
    halves = [slice(None, scores.size // 2), slice(scores.size // 2, None)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ticketscope.tickets.cut.SAMPLE", 5)
        patch.setattr("ticketscope.tickets.cut.BLOCK", 7)
        after = cut(
            Mask({str(i): kept[half] for i, half in enumerate(halves)}),
            {str(i): scores[half] for i, half in enumerate(halves)},
            fraction,
            "global",
        )
    assert np.array_equal(np.concatenate(list(after.kept.values())), expected)


def test_a_zero_weight_that_was_not_cut_is_ranked_like_any_other():
    weights = {"a": np.array([0.0, 3.0, 2.0, 1.0], np.float32)}
    mask = Mask({"a": np.array([True, False, True, True])})
    after = cut(mask, magnitude(weights, seed=1, k=1), 1 / 3, "global")
    assert after.kept["a"].tolist() == [False, False, True, True]


def test_global_and_layer_scope_differ_where_scales_do():
    weights = {"small": np.arange(1, 5, dtype=np.float32), "large": np.arange(10, 14.0)}
    after = cut(dense(weights), magnitude(weights, seed=1, k=1), 0.5, "global")
    assert (after.kept["small"].sum(), after.kept["large"].sum()) == (0, 4)
    after = cut(dense(weights), magnitude(weights, seed=1, k=1), 0.5, "layer")
    assert (after.kept["small"].sum(), after.kept["large"].sum()) == (2, 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("scope", ["global", "layer"])
def test_nan_and_infinity_are_refused_by_name(bad, scope):
    scores = {"fine": np.ones(3, np.float32), "sick": np.array([1, bad, 2], np.float32)}
    with pytest.raises(InputError, match="sick holds a weight that is NaN or infinite"):
        cut(dense(scores), scores, 0.2, scope)


def test_random_scores_are_seeded_by_seed_and_iteration():
    weights = {"a": np.ones((4, 5), np.float32), "b": np.ones(3, np.float32)}
    first, again = (random(weights, seed=1, k=1) for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in weights)
    assert not np.array_equal(first["a"], random(weights, seed=1, k=2)["a"])
    assert not np.array_equal(first["a"], random(weights, seed=2, k=1)["a"])


def test_random_pruning_ignores_the_weights_and_is_uniform():
    weights = {"a": np.zeros((200, 200), np.float32), "b": np.ones((100, 100), np.float32)}
    after = cut(dense(weights), random(weights, seed=3, k=1), 0.2, "global")
    assert after.pruned == 10_000
    # Binomial standard deviation of a's share: sqrt(.2 * .8 / 40000) = 0.002.
    assert abs(1 - after.kept["a"].mean() - 0.2) < 0.01


@given(models)
def test_a_mask_survives_its_file(tmp_path_factory, weights):
    mask = cut(dense(weights), magnitude(weights, seed=1, k=1), 0.4, "global")
    path = tmp_path_factory.mktemp("mask") / "mask.safetensors"
    mask.save(path)
    read = Mask.load(path)
    assert list(read.kept) == list(mask.kept)
    assert all(np.array_equal(read.kept[name], mask.kept[name]) for name in mask.kept)
    first = path.read_bytes()
    read.save(path)
    assert path.read_bytes() == first


def safetensors_file(path, kind="BOOL", shape=(1,), *, size=1, **metadata):
    """A file of one tensor whose name has a line end."""
    entry = {"dtype": kind, "shape": shape, "data_offsets": [0, size]}
    header = json.dumps({"__metadata__": metadata, "a\nb": entry}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(size))


@pytest.mark.parametrize(
    ("kind", "shape", "size"),
    [
        ("BF16", [2], 4), ("F8_E4M3", [2], 2), ("F8_E5M2", [2], 2), ("F16", [2], 4),
        ("I64", [1], 8), ("BOOL", [1] * 70, 1),
    ],
)  # fmt: skip
def test_types_and_shapes_that_numpy_lacks_are_one_line(tmp_path, kind, shape, size):
    path = tmp_path / "mask.safetensors"
    safetensors_file(path, kind, shape, size=size)
    with pytest.raises(InputError, match=rf"^mask {path}[^\n]*$"):
        Mask.load(path)


@pytest.mark.parametrize("record", ["[" * 100_000, "9" * 10_000, "[]", '{"parameters": [{}]}'])
def test_a_record_that_is_none_is_one_line(tmp_path, record):
    path = tmp_path / "mask.safetensors"
    safetensors_file(path, mask=record)
    with pytest.raises(InputError, match=rf"^mask {path} was changed or damaged[^\n]*$"):
        Mask.load(path)


def test_a_broken_mask_file_is_named(tmp_path):
    path = tmp_path / "mask.safetensors"
    with pytest.raises(InputError, match=r"mask .*mask\.safetensors is missing"):
        Mask.load(path)
    Mask.full({"a": (50, 50)}).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="corrupt or truncated"):
        Mask.load(path)
    path.write_bytes(b"\xff" * 100)
    with pytest.raises(InputError, match="corrupt or truncated"):
        Mask.load(path)


def test_a_mask_of_another_architecture_is_refused():
    mask = Mask.full({"encoder.layers.0.fc1.weight": (4, 2)})
    with pytest.raises(InputError, match=r"another architecture: it has no parameter .*fc1"):
        mask.check_fits({"decoder.layers.0.fc1.weight": (4, 2)}, "model.pt")
    with pytest.raises(InputError, match=r"\(4, 2\), the parameter \(2, 4\)"):
        mask.check_fits({"encoder.layers.0.fc1.weight": (2, 4)}, "model.pt")
    larger = Mask.full({"encoder.layers.0.fc1.weight": (4, 2), "encoder.layers.0.fc1.bias": (4,)})
    assert mask.is_nested_in(mask) and not mask.is_nested_in(larger)
