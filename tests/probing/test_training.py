"""Training: when it stops, that stacking changes nothing, and what probes can and cannot learn."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.probing.made_up import normal, planted, split
from ticketscope.errors import InputError
from ticketscope.probing import evaluation, training
from ticketscope.probing.evaluation import evaluate, losses, predictions
from ticketscope.probing.metrics import metric_of
from ticketscope.probing.probes import fresh
from ticketscope.probing.settings import Probing
from ticketscope.probing.training import (
    Criterion,
    Patience,
    batches,
    floor,
    highest,
    lowest_loss,
    train,
)

RECIPE = Probing(lr=0.01, max_epoch=25, batch_size=20, hidden=16).recipe_of("POS")
ACCURACY = metric_of("accuracy")
# Stacks of other sizes may sum in another order, depending on the CPU; Adam amplifies rounding.
ROUNDING = 1e-4


def accuracy(part):
    items = part.items
    return Criterion(
        (predictions,), lambda predicted: ACCURACY.score(predicted, items.targets, items.offsets)
    )


def fit(splits, *, layers=(0,), seeds=(5,), hidden=None, recipe=RECIPE, criteria=None, outputs=3):
    part = splits["train"]
    return train(
        fresh(part.width, hidden, outputs, layers, seeds),
        splits,
        recipe,
        criteria=criteria or [accuracy(splits["dev"])],
        seeds=seeds,
        instances=[np.arange(part.items.instances)] * len(seeds),
    )


def patience(scores, limit):
    """Epochs trained and the best of them, of a probe with those dev scores."""
    clock = Patience(1, limit)
    for score in scores:
        clock.update(np.array([0]), np.array([score]))
    return clock.epochs[0], clock.best_epoch[0]


def test_patience_counts_epochs_that_are_not_strictly_better():
    """Spec 11.4: 1, 2, 2, 2, 2 with patience 3 stops after epoch 5 and restores epoch 2."""
    assert patience([1, 2, 2, 2, 2, 9], 3) == (5, 2)


def test_a_falling_loss_is_progress_after_a_score_by_chance():
    """Losses are negated: three in a row are lower, and then none is for 3 epochs."""
    assert patience([0.2, -0.9, -0.8, -0.7, -0.75, -0.7, -0.7, 0.9], 3) == (7, 1)
    assert patience([0.2, -0.9, -0.8, -0.7, 0.3, 0.3, 0.3, 0.3], 3) == (8, 5)
    assert patience([1, 2, 2, 3, 2, 2, 4], 3) == (7, 7)
    assert patience([3, 2, 9], 1) == (2, 1)
    assert patience([math.nan, 1, 1], 2) == (3, 2)


def test_the_weights_of_the_best_epoch_are_restored():
    """Dev scores made to measure: epoch 2 is best, whatever the probe has learned."""
    splits = {"train": planted(200, 1), "dev": planted(100, 2)}

    def scripted(scores):
        left = iter(scores)
        return Criterion((losses,), lambda loss: np.full(len(loss), next(left)))

    (trained,) = fit(splits, criteria=[scripted([1, 2, 2, 2, 2, 9])])
    assert (trained.epochs, trained.best_epoch, trained.dev) == (5, 2, 2)
    (two,) = fit(splits, criteria=[scripted([1, 2])], recipe=RECIPE.model_copy(
        update={"max_epoch": 2}))  # fmt: skip
    for own, other in zip(trained.probes.parameters, two.probes.parameters, strict=True):
        assert own.equal(other)


@pytest.mark.parametrize("hidden", [None, 16])
@pytest.mark.parametrize("kind", ["tokens", "pairs", "values"])
def test_a_stack_is_each_probe_alone(hidden, kind):
    """Sums of matrix products are grouped otherwise in a stack, so not bit by bit."""
    splits = {"train": planted(300, 1), "dev": planted(150, 2)}
    criteria, outputs = None, 3
    if kind == "pairs":
        for name, part in splits.items():
            size = len(part.items)
            places = np.random.default_rng(size).integers(0, size, (size, 2))
            splits[name] = replace(part, items=replace(part.items, places=places))
    if kind == "values":
        for name, part in splits.items():
            values = part.vectors[1, :, 0] + 0.3 * part.vectors[0, :, 1]
            splits[name] = replace(part, items=replace(part.items, targets=values))
        criteria, outputs = [lowest_loss], 1
    seeds = [5, 6, 7]
    arguments = {"hidden": hidden, "criteria": criteria, "outputs": outputs}
    (stacked,) = fit(splits, layers=(0, 1), seeds=seeds, **arguments)
    if kind != "values":
        assert len(set(stacked.epochs)) > 2, "the probes should stop at different epochs"
    for number in range(6):
        layer, replicate = divmod(number, 3)
        (alone,) = fit(splits, layers=(layer,), seeds=seeds[replicate : replicate + 1], **arguments)
        assert alone.epochs == stacked.epochs[number]
        assert alone.best_epoch == stacked.best_epoch[number]
        assert alone.dev == pytest.approx(stacked.dev[number], abs=ROUNDING)
        for own, other in zip(alone.probes.parameters, stacked.probes.parameters, strict=True):
            np.testing.assert_allclose(own[0], other[number], atol=ROUNDING)


def test_slabs_change_nothing(monkeypatch):
    splits = {"train": planted(200, 1), "dev": planted(100, 2)}
    (together,) = fit(splits, layers=(0, 1), seeds=(5, 6))
    monkeypatch.setitem(evaluation.BLOCK_BYTES, "cpu", 1)
    (apart,) = fit(splits, layers=(0, 1), seeds=(5, 6))
    assert apart.probes.layers.equal(together.probes.layers)
    assert (apart.epochs == together.epochs).all()
    for own, other in zip(apart.probes.parameters, together.probes.parameters, strict=True):
        np.testing.assert_allclose(own, other, atol=ROUNDING)


def test_two_criteria_in_one_run_are_two_runs():
    splits = {"train": planted(200, 1), "dev": planted(100, 2)}
    criteria = [accuracy(splits["dev"]), lowest_loss]
    both = fit(splits, layers=(0, 1), criteria=criteria)
    assert (both[0].epochs != both[1].epochs).any()
    for criterion, trained in zip(criteria, both, strict=True):
        (alone,) = fit(splits, layers=(0, 1), criteria=[criterion])
        assert (alone.epochs == trained.epochs).all()
        np.testing.assert_allclose(alone.dev, trained.dev, atol=ROUNDING)
        for own, other in zip(alone.probes.parameters, trained.probes.parameters, strict=True):
            np.testing.assert_allclose(own, other, atol=ROUNDING)


def rare(size, seed):
    """One word in thirty is an i, by a number of layer 1 that is too small to learn it soon."""
    vectors = normal((2, size, 4), seed)
    labels = (np.random.default_rng(seed + 9).random(size) < 1 / 30).astype(np.int64)
    vectors[1] *= 0.02
    vectors[1, :, 0] += 0.3 * labels
    return split(vectors, labels, seed=seed)


ERRORS = metric_of("error_f1", ("c", "i"))


def test_a_probe_whose_score_stays_0_learns_on_while_its_loss_falls():
    """F1 of a rare class is 0 for many epochs: that is no reason to stop."""
    splits = {"train": rare(600, 1), "dev": rare(300, 2)}
    dev = splits["dev"].items

    def f1(predicted):
        return ERRORS.score(predicted, dev.targets, dev.offsets)

    stuck, trained = fit(
        splits,
        layers=(1,),
        seeds=(6,),
        outputs=2,
        recipe=RECIPE.model_copy(update={"max_epoch": 150}),
        criteria=[Criterion((predictions,), f1), highest(ERRORS, dev)],
    )
    assert stuck.dev[0] == 0 and stuck.epochs[0] == 1 + RECIPE.patience
    assert trained.dev[0] > 0.1 and trained.best_epoch[0] > 50
    assert trained.dev[0] == f1(evaluate(trained.probes, splits["dev"], predictions))[0]


def test_above_the_floor_the_score_alone_decides():
    items = rare(600, 1).items
    gold = items.targets[None]
    score = highest(ERRORS, items).score
    assert score(gold, np.full(gold.shape, 9.0))[0] == pytest.approx(1)
    for constant in (0, 1):  # nothing is an error; everything is
        said = np.full_like(gold, constant)
        assert score(said, np.full(gold.shape, 0.25))[0] == pytest.approx(-0.25)


def test_the_floor_is_the_best_constant_prediction():
    items = rare(600, 1).items
    share = items.targets.mean()
    assert floor(ERRORS, items) == pytest.approx(2 * share / (1 + share))
    assert floor(ACCURACY, items) == pytest.approx(1 - share)
    assert floor(metric_of("pearson"), replace(items, targets=items.targets * 0.5)) == 0
    # Two of four segments have one word.
    tags = np.array([0, 1, 2, 2, 1, 2, 0, 1])  # O, B-a, I-a
    spans = replace(items, targets=tags, offsets=np.array([0, 8]), forms=items.forms[:8])
    expected = metric_of("span_f1", ("O", "B-a", "I-a"))
    assert floor(expected, spans) == pytest.approx(2 * 1 / (8 + 3))


def test_a_probe_that_begins_by_saying_the_rare_class_alone_learns_on():
    """Its F1 is above 0 before it knows anything; then it falls to 0 for many epochs."""
    splits = {"train": rare(600, 1), "dev": rare(300, 2)}
    dev = splits["dev"].items
    initial = fresh(splits["train"].width, None, 2, (1,), (6,))
    initial.parameters[1][0, 1] += 1  # the bias of `i`
    (trained,) = train(
        initial,
        splits,
        RECIPE.model_copy(update={"max_epoch": 150}),
        criteria=[highest(ERRORS, dev)],
        seeds=(6,),
        instances=[np.arange(splits["train"].items.instances)],
    )
    assert trained.best_epoch[0] > 50
    assert trained.dev[0] > floor(ERRORS, dev)


def test_the_updates_between_two_looks_at_dev_can_be_more_than_an_epochs():
    """Three are asked for and a pass has two, so that an epoch is two passes."""
    splits = {"train": planted(60, 1), "dev": planted(60, 2)}
    size = splits["train"].items.instances
    recipe = RECIPE.model_copy(update={"batch_size": size * 2 // 3, "patience": 3})

    def trained(steps, epochs):
        (fitted,) = train(
            fresh(8, None, 3, [0, 1], [5]), splits,
            recipe.model_copy(update={"max_epoch": epochs}),
            criteria=[Criterion((losses,), lambda loss: np.full(len(loss), next(rising)))],
            seeds=[5], instances=[np.arange(size)], steps=steps,
        )  # fmt: skip
        return fitted

    rising = iter(range(100))
    often, seldom = trained(1, 6), trained(3, 3)
    assert often.epochs.tolist() == [6, 6] and seldom.epochs.tolist() == [3, 3]
    for one, other in zip(often.probes.parameters, seldom.probes.parameters, strict=True):
        assert one.equal(other)


def test_the_same_bytes_twice():
    splits = {"train": planted(200, 1), "dev": planted(100, 2)}
    (first,), (second,) = (fit(splits, layers=(0, 1), seeds=(5, 6), hidden=16) for _ in range(2))
    for own, other in zip(first.probes.parameters, second.probes.parameters, strict=True):
        assert own.numpy().tobytes() == other.numpy().tobytes()
    assert first.dev.tobytes() == second.dev.tobytes()


def test_progress_reaches_its_end_whenever_probes_stop():
    splits = {"train": planted(200, 1), "dev": planted(100, 2)}
    passed = []
    train(
        fresh(8, None, 3, [0, 1], [5, 6]), splits, RECIPE, criteria=[accuracy(splits["dev"])],
        seeds=[5, 6], instances=[np.arange(splits["train"].items.instances)] * 2,
        advance=passed.append,
    )  # fmt: skip
    assert sum(passed) == 4 * RECIPE.max_epoch


def test_a_linear_function_of_one_layer_is_found_there_and_nowhere_else():
    """Spec 11.6: over 99 % where it is, the majority where it is not."""
    recipe = RECIPE.model_copy(update={"max_epoch": 60, "patience": 10})
    splits = {"train": planted(3000, 1, classes=2), "dev": planted(500, 2, classes=2)}
    (trained,) = fit(splits, layers=(0, 1), recipe=recipe, outputs=2)
    majority = np.bincount(splits["dev"].items.targets).max() / 500
    assert trained.dev[1] > 0.99
    # The best of some epochs on 500 items is a little above chance.
    assert trained.dev[0] < majority + 0.07
    test = planted(1000, 3, classes=2)
    score = accuracy(test).score(evaluate(trained.probes, test, predictions))
    assert score[1] > 0.985
    assert score[0] == pytest.approx(0.5, abs=0.06)


def test_random_labels_yield_chance_on_dev():
    def part(size, seed):
        labels = np.random.default_rng(seed).integers(0, 4, size)
        return split(normal((1, size, 8), seed), labels, seed=seed)

    splits = {"train": part(800, 1), "dev": part(2000, 2)}
    for hidden in (None, 16):
        (trained,) = fit(splits, hidden=hidden, outputs=4)
        assert trained.dev[0] == pytest.approx(0.25, abs=0.04)


def test_xor_is_missed_by_the_linear_probe_and_found_by_the_mlp():
    def part(size, seed):
        vectors = normal((1, size, 4), seed)
        labels = (vectors[0, :, 0] > 0) ^ (vectors[0, :, 1] > 0)
        return split(vectors, labels.astype(np.int64), seed=seed)

    splits = {"train": part(2000, 1), "dev": part(500, 2)}
    recipe = RECIPE.model_copy(update={"max_epoch": 40})
    (linear,) = fit(splits, outputs=2, recipe=recipe)
    (mlp,) = fit(splits, outputs=2, hidden=32, recipe=recipe)
    assert linear.dev[0] < 0.6
    assert mlp.dev[0] > 0.95


def test_a_training_that_diverges_is_one_line():
    splits = {"train": planted(100, 1), "dev": planted(100, 2)}
    with pytest.raises(InputError, match=r"not a number: lower probing\.lr"):
        fit(splits, criteria=[Criterion((losses,), lambda loss: np.full(len(loss), np.nan))])


def test_batches_of_replicates_lie_side_by_side():
    """Every instance once, in its order; those that are filled up weigh nothing."""
    items = planted(100, 1).items
    orders = [np.random.default_rng(seed).permutation(items.instances)[:10] for seed in range(3)]
    chosen, weights, widths = batches(items, orders, 4)
    assert len(widths) == 3 and chosen.shape == weights.shape == (3, sum(widths))
    ends = np.cumsum(widths)
    for row, order in enumerate(orders):
        for number, (begin, end) in enumerate(zip(ends - widths, ends, strict=True)):
            some = order[4 * number : 4 * number + 4]
            own = items.of(some)
            assert chosen[row, begin:end].tolist() == [*own, *[0] * (end - begin - len(own))]
            expected = [1 / len(some) / len(items.of(np.array([one]))) for one in some]
            sizes = np.diff(items.offsets)[some]
            np.testing.assert_allclose(
                weights[row, begin : begin + len(own)], np.repeat(expected, sizes), rtol=1e-6
            )
            assert not weights[row, begin + len(own) : end].any()


@pytest.mark.parametrize("hidden", [None, 16])
def test_blocks_change_nothing(monkeypatch, hidden):
    splits = {"train": planted(200, 1), "dev": planted(100, 2)}
    (whole,) = fit(splits, layers=(0, 1), seeds=(5, 6), hidden=hidden)
    monkeypatch.setattr(training, "block_items", lambda stack: 7 * len(stack))
    (cut,) = fit(splits, layers=(0, 1), seeds=(5, 6), hidden=hidden)
    assert (cut.epochs == whole.epochs).all()
    for own, other in zip(cut.probes.parameters, whole.probes.parameters, strict=True):
        np.testing.assert_allclose(own, other, atol=ROUNDING)
