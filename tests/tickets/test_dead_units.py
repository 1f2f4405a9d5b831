"""Dead units: what no weights can bring to life, by running the blocks themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.made_up_masks import HEADS, random_mask
from ticketscope.tickets.dead_units import attention_scores, dead_units, units
from ticketscope.tickets.masks import Mask

seeds, shares = st.integers(0, 10**6), st.floats(0.05, 0.6)
UNITS, WIDTH, DIM, WORDS = 4, 3, 5, 6


def weights(draw: np.random.Generator, *shape: int, keep: float = 1.0):
    """Masked weights, and their mask; no two are alike."""
    kept = draw.random(shape) < keep
    return draw.uniform(0.5, 1.5, shape) * draw.choice([-1, 1], shape) * kept, kept


def varies(outputs: np.ndarray) -> bool:
    return bool(np.ptp(outputs, axis=0).max() > 1e-9)


@given(seeds, shares)
def test_dead_is_what_no_input_changes(seed, keep):
    """A unit's part in the output for different inputs, with an activation that never rests."""
    draw = np.random.default_rng(seed)
    (w1, reading), (bias, biased), (w2, writing) = (
        weights(draw, UNITS * WIDTH, DIM, keep=keep),
        weights(draw, UNITS * WIDTH, keep=keep),
        weights(draw, DIM, UNITS * WIDTH, keep=keep),
    )
    hidden = np.tanh(draw.normal(size=(WORDS, DIM)) @ w1.T + bias)
    left = units(reading, biased, writing, WIDTH)
    for unit in range(UNITS):
        own = slice(unit * WIDTH, (unit + 1) * WIDTH)
        output = hidden[:, own] @ w2[:, own].T
        assert left.dead[unit] == (not varies(output))
        assert left.constant[unit] == (not varies(output) and bool(np.any(output)))
        assert left.no_input[unit] == (not w1[own].any())
        assert left.no_output[unit] == (not w2[:, own].any())


@given(seeds, shares)
def test_a_heads_attention_depends_on_what_is_left_of_queries_and_keys(seed, keep):
    draw = np.random.default_rng(seed)
    (wq, queries), (bq, biased), (wk, keys), (bk, _) = (
        weights(draw, UNITS * WIDTH, DIM, keep=keep),
        weights(draw, UNITS * WIDTH, keep=keep),
        weights(draw, UNITS * WIDTH, DIM, keep=keep),
        weights(draw, UNITS * WIDTH),
    )
    x = draw.normal(size=(WORDS, DIM))
    q, k = x @ wq.T + bq, x @ wk.T + bk
    left = attention_scores(queries, biased, keys, UNITS)
    for head in range(UNITS):
        own = slice(head * WIDTH, (head + 1) * WIDTH)
        scores = np.exp(q[:, own] @ k[:, own].T)
        attention = scores / scores.sum(axis=1, keepdims=True)
        assert left.uniform[head] == np.allclose(attention, 1 / WORDS, atol=1e-9)
        assert left.query_blind[head] == (not varies(attention))


def test_a_head_without_a_whole_channel_is_dead_though_it_reads_and_writes():
    reading, writing = np.zeros((4, 2), dtype=bool), np.zeros((2, 4), dtype=bool)
    reading[0, 0] = writing[0, 1] = True  # head 1 reads by one channel and writes by the other
    reading[2, 0] = writing[0, 2] = True  # head 2 is whole
    left = units(reading, np.zeros(4, dtype=bool), writing, 2)
    assert left.dead.tolist() == [True, False]
    assert not (left.no_input | left.no_output | left.constant).any()


def counts(mask: Mask, side: str, block: str) -> dict[str, int]:
    table = dead_units(mask, HEADS)
    (units,) = table[(table["side"] == side) & (table["block"] == block)].to_dict("records")
    return units


@pytest.mark.parametrize("biases", [True, False])
def test_planted_neurons_and_heads_are_counted_in_their_block(biases):
    mask = random_mask(1, 0.95)
    kept = mask.kept
    assert dead_units(mask, HEADS)["dead"].sum() == 0
    layer = "decoder.layers.0"
    kept[f"{layer}.fc1.weight"][[2, 5]] = False
    kept[f"{layer}.fc1.bias"][2] = False
    kept[f"{layer}.fc1.bias"][5] = True
    kept[f"{layer}.fc2.weight"][0, 5] = True
    kept[f"{layer}.fc2.weight"][:, 7] = False
    kept[f"{layer}.encoder_attn.v_proj.weight"][2:4] = False
    kept[f"{layer}.encoder_attn.v_proj.bias"][2:4] = False
    kept[f"{layer}.encoder_attn.k_proj.weight"][:4] = False
    kept[f"{layer}.encoder_attn.q_proj.weight"][6:] = False
    if not biases:  # not prunable: they are there, and not in the mask
        kept = {name: array for name, array in kept.items() if name.endswith("weight")}
    fc = counts(Mask(kept), "decoder", "fc")
    assert (fc["unit"], fc["units"], fc["dead"]) == ("neuron", 12, 3)
    assert (fc["no_input"], fc["no_output"]) == (2, 1)
    assert fc["constant"] == (1 if biases else 2)
    attention = counts(Mask(kept), "decoder", "enc-dec")
    assert (attention["unit"], attention["units"], attention["dead"]) == ("head", 4, 1)
    assert (attention["no_input"], attention["no_output"]) == (1, 0)
    assert attention["constant"] == (0 if biases else 1)
    assert (attention["uniform"], attention["query_blind"]) == (2, 3)
    rest = [counts(Mask(kept), "encoder", name)["dead"] for name in ("enc-self", "fc")]
    assert [*rest, counts(Mask(kept), "decoder", "dec-self")["dead"]] == [0, 0, 0]


def test_embeddings_have_no_units():
    mask = random_mask(1)
    mask.kept["encoder.embed_tokens.weight"] = np.zeros((9, 8), dtype=bool)
    assert len(dead_units(mask, HEADS)) == 5
