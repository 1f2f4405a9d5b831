"""AttentionSim and concentration: which word pairs count, and the values computed from them."""

import numpy as np
import pytest
from scipy import stats

from ticketscope.errors import InputError
from ticketscope.similarity import attention_concentration, attention_sim, layer_sim
from ticketscope.similarity.attention import (
    Layout,
    concentration,
    concentration_interval,
    pack,
)

from .data import distributions

LENGTHS = [3, 1, 5, 2]
SHAPES = {
    "enc_self": [(n, n) for n in LENGTHS],
    "dec_self": [(n, n) for n in LENGTHS],
    "enc_dec": [(3, 2), (1, 4), (5, 1), (2, 6)],
}
KINDS = list(SHAPES)


def two(kind):
    causal = kind == "dec_self"
    return [distributions(SHAPES[kind], 4, seed, causal=causal) for seed in (1, 2)]


def word_pairs(maps, kind):
    """One by one, as the definition says."""
    return np.array(
        [
            weights[:, query, key]
            for weights in maps
            for query in range(weights.shape[1])
            for key in range(weights.shape[2])
            if kind != "dec_self" or key <= query
        ]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_attention_sim_is_cka_of_the_word_pairs(kind):
    a, b = two(kind)
    lengths = SHAPES[kind] if kind == "enc_dec" else LENGTHS
    rows = [word_pairs(maps, kind) for maps in (a, b)]
    for debiased in (False, True):
        value = attention_sim(a, b, lengths, kind, debiased=debiased)
        assert value == pytest.approx(layer_sim(*rows, debiased=debiased), abs=1e-12)
    assert attention_sim(a, a, lengths, kind) == pytest.approx(1)
    # Padding on the right, whatever is in it, is not looked at.
    padded = [np.pad(weights, ((0, 0), (0, 3), (0, 2)), constant_values=np.nan) for weights in a]
    assert attention_sim(padded, b, lengths, kind) == attention_sim(a, b, lengths, kind)


def test_the_mask_is_structural_not_by_value():
    """A weight that underflowed to 0 is a word pair still; one after the query never is."""
    a, b = two("dec_self")
    for maps in (a, b):
        maps[2][:, 4, 0] = 0
    rows = [word_pairs(maps, "dec_self") for maps in (a, b)]
    assert (
        len(rows[0])
        == sum(n * (n + 1) // 2 for n in LENGTHS)
        == len(Layout(LENGTHS, "dec_self").rows)
    )
    assert attention_sim(a, b, LENGTHS, "dec_self") == pytest.approx(layer_sim(*rows), abs=1e-12)
    assert attention_sim(a, b, LENGTHS, "enc_self") != pytest.approx(layer_sim(*rows), abs=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_layout_finds_pairs_distributions_and_sentences(kind):
    a, _ = two(kind)
    layout = Layout(SHAPES[kind], kind)
    packed = pack(a, layout)
    assert len(packed) == layout.packed == sum(q * k for q, k in SHAPES[kind])
    taken = layout.take(packed)
    np.testing.assert_array_equal(taken, word_pairs(a, kind))
    np.testing.assert_allclose(np.add.reduceat(taken, layout.starts, axis=0), 1)
    assert len(layout.starts) == sum(q for q, _ in SHAPES[kind])
    for number, weights in enumerate(a):
        low, high = layout.offsets[number : number + 2]
        np.testing.assert_array_equal(taken[low:high], word_pairs([weights], kind))
    assert layout.offsets[-1] == len(taken)


@pytest.mark.parametrize("kind", KINDS)
def test_concentration_counts_distributions_with_most_mass_on_one_key(kind):
    a, _ = two(kind)
    shares = [(one.max(axis=-1) > 0.8).reshape(4, -1) for one in a]
    by_head = np.concatenate(shares, axis=1).mean(axis=1)
    layout = Layout(SHAPES[kind], kind)
    np.testing.assert_allclose(concentration(pack(a, layout), layout, threshold=0.8), by_head)
    value = attention_concentration(a, SHAPES[kind], kind, threshold=0.8)
    assert value == pytest.approx(by_head.mean())
    assert 0 < value < 1


@pytest.mark.parametrize("kind", KINDS)
def test_concentrations_interval_leaves_out_sentences(kind):
    """Four sentences in four groups: by the formula, from the maps of the other three."""
    maps, _ = two(kind)
    shapes = SHAPES[kind]

    def share(chosen):
        lengths = [shapes[i] for i in chosen]
        return attention_concentration([maps[i] for i in chosen], lengths, kind, threshold=0.6)

    left_out = [share([i for i in range(4) if i != one]) for one in range(4)]
    mean = np.mean(left_out)
    error = np.sqrt(3 / 4 * sum((value - mean) ** 2 for value in left_out))
    layout = Layout(shapes, kind)
    low, high = concentration_interval(pack(maps, layout), layout, 4, threshold=0.6)
    whole, reach = share(range(4)), stats.t.ppf(0.975, 3) * error
    assert error > 0 and (low, high) == pytest.approx((whole - reach, min(whole + reach, 1)))


def test_the_threshold_is_exceeded_and_not_met_in_float16_too():
    rows = np.array([[0.95, 0.05], [0.96, 0.04], [0.5, 0.5]], dtype=np.float16)
    layer = [rows[None]]
    assert attention_concentration(layer, [(3, 2)], "enc_dec", threshold=0.95) == pytest.approx(
        np.mean(rows.astype(float).max(axis=1) > 0.95)
    )
    assert attention_concentration(layer, [(3, 2)], "enc_dec", threshold=0.5) == pytest.approx(
        2 / 3
    )


@pytest.mark.parametrize("kind", KINDS)
def test_one_token_sentences_are_sentences(kind):
    maps = distributions([(1, 1)] * 6, 3, seed=1)
    layout = Layout([1] * 6, kind)
    assert layout.packed == 6
    assert attention_concentration(maps, [1] * 6, kind) == 1
    assert attention_sim(maps, maps, [1] * 6, kind) == 0  # all weights are 1: nothing varies


def test_maps_that_do_not_fit_are_refused():
    a, b = two("enc_self")
    with pytest.raises(InputError, match="3 attention maps for 4 sentences"):
        attention_sim(a[:3], b, LENGTHS, "enc_self")
    with pytest.raises(InputError, match=r"attention map 2 has the shape \(4, 5, 5\)"):
        attention_sim(a, b, [3, 1, 6, 2], "enc_self")
    with pytest.raises(InputError, match="at least one token"):
        Layout([3, 0], "enc_self")
    with pytest.raises(InputError, match="as many keys as queries"):
        Layout([(3, 2)], "dec_self")
    with pytest.raises(InputError, match=r"these sentences give \(39, heads\)"):
        Layout(LENGTHS, "enc_self").take(np.ones((38, 4)))
