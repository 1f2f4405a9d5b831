"""Scopes of a cut beside the global one: exact counts, and what must and must not go."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tickets.shares import FRACTIONS, share
from ticketscope.errors import InputError
from ticketscope.tickets.cut import cut
from ticketscope.tickets.heads import split_heads
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import module_of
from ticketscope.tickets.scopes import erk_counts

DIM, HEADS, FFN = 8, 4, 12
ATTENTION = ("encoder.layers.0.self_attn", "decoder.layers.0.self_attn")
FEED_FORWARD = "encoder.layers.0"


def shapes():
    attentions = {}
    for attention in ATTENTION:
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            attentions |= {
                f"{attention}.{part}.weight": (DIM, DIM),
                f"{attention}.{part}.bias": (DIM,),
            }
    return attentions | {
        f"{FEED_FORWARD}.fc1.weight": (FFN, DIM),
        f"{FEED_FORWARD}.fc1.bias": (FFN,),
        f"{FEED_FORWARD}.fc2.weight": (DIM, FFN),
        f"{FEED_FORWARD}.fc2.bias": (DIM,),
    }


def draw(seed):
    generator = np.random.default_rng(seed)
    return {
        name: generator.random(shape, dtype=np.float32) + 0.01 for name, shape in shapes().items()
    }


def cut_twice(scope, fraction, seed):
    """Masks before and after two cuts in a row, whose scores are zero where the first has cut."""
    scores, heads = draw(seed), {"encoder": HEADS, "decoder": HEADS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ticketscope.tickets.scopes.BLOCK", 16)  # a row or two
        first = cut(Mask.full(shapes()), scores, fraction, scope, heads)
        left = {name: scores[name] * first.kept[name] for name in scores}
        return first, cut(first, left, fraction, scope, heads), scores


@given(
    st.sampled_from(["global", "layer", "row", "erk", "head", "2:4", "1:4"]),
    FRACTIONS,
    st.integers(0, 99),
)
def test_every_scope_is_nested(scope, fraction, seed):
    first, second, _ = cut_twice(scope, fraction, seed)
    assert second.is_nested_in(first)


@given(FRACTIONS, st.integers(0, 99))
def test_rows_lose_their_lowest_weights_each(fraction, seed):
    first, second, scores = cut_twice("row", fraction, seed)
    for mask, before in ((first, Mask.full(shapes())), (second, first)):
        for name, kept in mask.kept.items():
            rows = [(kept, before.kept[name], scores[name])]
            if kept.ndim == 2:
                rows = zip(kept, before.kept[name], scores[name], strict=True)
            for row, row_before, row_scores in rows:
                left = row_before.sum()
                assert row.sum() == left - share(fraction, left)
                lost = row_before & ~row
                if lost.any() and row.any():
                    assert row_scores[lost].max() < row_scores[row].min()


@pytest.mark.parametrize(
    ("pattern", "stay", "group"), [("2:4", 2, 4), ("1:4", 1, 4), ("3:4", 3, 4)]
)
def test_n_of_m_neighbouring_inputs_stay(pattern, stay, group):
    mask, again, scores = cut_twice(pattern, 0.5, 3)
    for name, kept in mask.kept.items():
        if kept.ndim == 1:
            assert kept.all()
            continue
        groups = kept.reshape(-1, group)
        assert (groups.sum(1) == stay).all()
        # The best of each group, by numpy's own sort.
        best = np.argsort(-scores[name].reshape(-1, group), axis=1)[:, :stay]
        assert np.take_along_axis(groups, best, 1).all()
        assert (again.kept[name] == kept).all()


def test_a_matrix_that_no_pattern_fits_is_named():
    with pytest.raises(InputError, match=r"fc1.weight has 8 inputs.*multiple of 3.*than 2:3"):
        cut(
            Mask.full({"encoder.layers.0.fc1.weight": (12, 8)}),
            {"encoder.layers.0.fc1.weight": np.ones((12, 8), np.float32)},
            0.5,
            "2:3",
        )


@given(FRACTIONS, st.integers(0, 99))
@example(1 / 8, 0)  # of 788 entries 98.5: 99 go
def test_erk_cuts_as_many_as_global_by_shape(fraction, seed):
    first, second, scores = cut_twice("erk", fraction, seed)
    of_all, _, _ = cut_twice("global", fraction, seed)
    assert first.pruned == of_all.pruned
    # Equal shapes have equal shares, up to the rounding; smaller tensors have larger ones.
    counts = {name: kept.sum() for name, kept in first.kept.items()}
    square = [counts[name] for name, shape in shapes().items() if shape == (DIM, DIM)]
    assert max(square) - min(square) <= 1
    share = {name: counts[name] / kept.size for name, kept in first.kept.items()}
    # One entry of a small tensor is what rounding can change.
    assert share[f"{FEED_FORWARD}.fc1.weight"] <= share[f"{ATTENTION[0]}.q_proj.weight"] + 1 / 64
    for name, kept in second.kept.items():
        lost = first.kept[name] & ~kept
        if lost.any() and kept.any():
            assert scores[name][lost].max() < scores[name][kept].min()


def test_erk_is_proportional_to_sides_over_product_below_the_cap():
    """Evci et al. (2020), by hand: sides 20 and 40 share 60 entries as 20 and 40."""
    tensors = {"a": (10, 10), "b": (20, 20)}
    assert erk_counts(tensors, {"a": 100, "b": 400}, 60) == {"a": 20, "b": 40}
    # Of 31, 10 1/3 and 20 2/3: the larger remainder is rounded up.
    assert erk_counts(tensors, {"a": 100, "b": 400}, 31) == {"a": 10, "b": 21}
    # Of 330, a's share would be 110 of 100: it stays dense, and b has the rest.
    assert erk_counts(tensors, {"a": 100, "b": 400}, 330) == {"a": 100, "b": 230}
    assert sum(erk_counts(tensors, {"a": 100, "b": 400}, 331).values()) == 331
    # A bias of 9 is a matrix of one column: its sides are 10.
    with_bias = {"a": (10, 10), "bias": (9,)}
    assert erk_counts(with_bias, {"a": 100, "bias": 9}, 24) == {"a": 16, "bias": 8}


@given(st.sampled_from([0.25, 0.5]), st.integers(0, 99))
def test_heads_go_whole_and_the_lowest_first(fraction, seed):
    first, second, scores = cut_twice("head", fraction, seed)
    total = HEADS * len(ATTENTION)
    for mask, expected in (
        (first, total - share(fraction, total)),
        (second, None),
    ):
        alive, means = {}, {}
        for name, kept in mask.kept.items():
            parts = split_heads(module_of(name), kept, HEADS)
            ranked = split_heads(module_of(name), scores[name], HEADS)
            for (head, part), (_, values) in zip(parts, ranked, strict=True):
                if head is None:
                    assert part.all(), f"{name} belongs to no head"
                else:
                    key = name.split(".")[0], head
                    assert part.all() or not part.any()
                    alive.setdefault(key, set()).add(bool(part.any()))
                    means.setdefault(key, []).append(values.ravel())
        assert all(len(states) == 1 for states in alive.values())
        left = [key for key, states in alive.items() if states == {True}]
        if expected is not None:
            assert len(left) == expected
            value = {key: np.concatenate(arrays).mean() for key, arrays in means.items()}
            gone = [key for key in value if key not in left]
            assert max(value[key] for key in gone) <= min(value[key] for key in left)


def test_a_head_is_worth_the_mean_of_what_is_left_of_it():
    """Half of the first head's entries are cut: neither a sum nor zeros may count against it."""
    name = f"{ATTENTION[0]}.q_proj.weight"
    kept, scores = np.ones((DIM, DIM), bool), np.full((DIM, DIM), 1.5, np.float32)
    first, half = slice(DIM // 2), slice(DIM // 4)
    scores[first] = 2
    kept[half], scores[half] = False, 0
    after = cut(Mask({name: kept}), {name: scores}, 0.5, "head", {"encoder": 2}).kept[name]
    assert np.array_equal(after[first], kept[first]) and not after[DIM // 2 :].any()
