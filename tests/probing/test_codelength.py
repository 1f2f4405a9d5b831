"""Online code: its arithmetic, its ends, and that it tells direct from hidden."""

import math

import numpy as np
import pytest

from tests.probing.made_up import normal, planted, split
from ticketscope.probing.codelength import Code, block_ends, grid, online_bits, online_code
from ticketscope.probing.probes import fresh
from ticketscope.probing.settings import Probing

FRACTIONS = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.0625, 0.125, 0.25, 0.5]


def test_a_uniform_predictor_compresses_by_exactly_one():
    """Spec 11.10: probes whose weights are zero and stay there.

    Sentences have 1 to 6 words, so the first block of each replicate has another number of labels.
    """

    def zeros(*arguments):
        probes = fresh(*arguments)
        for parameter in probes.parameters:
            parameter.zero_()
        return probes

    splits = {"train": planted(400, 1, classes=5), "dev": planted(40, 2, classes=5)}
    online = code(splits, 5, replicates=3, untrained=zeros, lr=1e-30, max_epoch=1)
    np.testing.assert_allclose(online.compression, 1, rtol=1e-6)


def test_a_perfect_predictor_compresses_by_labels_over_first_block():
    bits = online_bits(np.array([40]), [np.zeros(1), np.zeros(1)], 5)
    assert Code(bits, np.zeros(1), 400 * math.log2(5), ()).compression == pytest.approx(400 / 40)


def test_nats_are_bits_before_they_are_added():
    assert online_bits(np.array([0]), [np.array([math.log(2)])], 2) == pytest.approx([1])


def test_blocks_end_at_the_papers_fractions_of_instances():
    sizes = np.full((1, 12543), 40)
    ends = (12, 25, 50, 100, 200, 401, 783, 1567, 3135, 6271, 12543)
    assert block_ends(sizes, FRACTIONS, least=32) == ends


def test_small_blocks_join_the_next():
    sizes = np.array([[2] * 1000, [1, 3] * 500])
    # 1, 2, 4 and 8 instances have 2, 4, 8, 16 labels; 16 have 32.
    assert block_ends(sizes, FRACTIONS, least=32)[:3] == (16, 32, 62)
    assert block_ends(np.array([[1] * 20]), FRACTIONS, least=32) == (20,)
    # A block is large enough in every shuffle or in none.
    assert block_ends(np.array([[40, 1, 1, 1], [1, 40, 1, 1]]), [0.25, 0.5], least=32) == (2, 4)


def code(splits, classes, replicates=1, steps=1, untrained=fresh, **recipe):
    seeds = list(range(replicates))
    settings = Probing(**{"lr": 0.02, "max_epoch": 30, "batch_size": 20} | recipe)
    width = splits["train"].width
    return online_code(
        lambda own: untrained(width, None, classes, [0, 1], own), splits, classes,
        settings.recipe_of("POS"),
        seeds=seeds, fractions=FRACTIONS, least=32, steps=steps,
    )  # fmt: skip


def test_direct_labels_are_cheap_and_noise_costs_what_it_has():
    splits = {"train": planted(1500, 1, classes=2), "dev": planted(400, 2, classes=2)}
    online = code(splits, 2, replicates=2)
    assert online.bits.shape == (4,) and online.uniform == 1500
    # Layer 1 holds the label, layer 0 is noise; a shuffle and a seed for each replicate.
    assert (online.compression[2:] > 3).all()
    assert ((online.compression[:2] > 0.85) & (online.compression[:2] < 1.02)).all()
    assert online.bits[2] != online.bits[3]
    used = []

    def recorded(*arguments):
        used.extend(arguments[-1])
        return fresh(*arguments)

    assert (code(splits, 2, replicates=2, untrained=recorded).bits == online.bits).all()
    assert len(set(used)) == len(used) >= 2 * (len(online.ends) - 1)


def test_no_probe_has_seen_the_block_it_codes():
    """Labels without rule, in vectors wide enough to learn by heart whatever is trained on."""
    labels = np.random.default_rng(1).integers(0, 2, 300)
    part = split(normal((2, 300, 256), 2), labels)
    assert (code({"train": part, "dev": part}, 2).compression < 1).all()


def test_values_are_sent_as_steps_of_the_grid():
    """Train has the highest value, dev the lowest."""
    values = {"train": [3, 0.375, 0.5, -0.75], "dev": [0, -3], "test": [100, -100]}
    splits = {
        name: split(normal((1, len(own), 2), 0), np.array(own, dtype=np.float32))
        for name, own in values.items()
    }
    coded = grid(splits)
    assert coded.keys() == {"train", "dev"}, "values of test must not widen the range"
    assert coded["train"].items.targets.tolist() == [16, 9, 9, 6]
    assert coded["dev"].items.targets.tolist() == [8, 0]


def test_small_blocks_train_until_their_loss_stops_falling():
    """A block of a few instances is one update an epoch: eight epochs teach a probe nothing."""
    splits = {"train": planted(1500, 1, classes=2), "dev": planted(400, 2, classes=2)}
    hasty = code(splits, 2, steps=1, max_epoch=8)
    steady = code(splits, 2, steps=8, max_epoch=60)
    assert steady.bits[1] < 0.8 * hasty.bits[1]
    # The labels are separable, so that the loss of some blocks falls for ever.
    assert steady.undertrained[1] < hasty.undertrained[1] == 1


def test_a_block_whose_loss_rises_is_not_undertrained_though_its_epochs_end_it():
    """What probes learn of labels without rule makes them worse from the first epoch on."""
    splits = {
        name: split(normal((2, 300, 256), seed), np.random.default_rng(seed).integers(0, 2, 300))
        for seed, name in enumerate(("train", "dev"))
    }
    assert not code(splits, 2, max_epoch=3).undertrained.any()


def test_a_training_set_of_one_block_is_the_uniform_code():
    splits = {"train": planted(20, 1), "dev": planted(20, 2)}
    online = code(splits, 3)
    assert online.ends == (splits["train"].items.instances,)
    np.testing.assert_allclose(online.compression, 1)
