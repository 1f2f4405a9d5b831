"""Majority by word, and control tasks."""

from dataclasses import replace

import numpy as np
import pytest

from tests.probing.made_up import split
from ticketscope.probing.baselines import control_task, word_majority
from ticketscope.probing.evaluation import evaluate, predictions
from ticketscope.probing.inputs import Split
from ticketscope.probing.metrics import metric_of
from ticketscope.probing.probes import fresh
from ticketscope.probing.settings import Probing
from ticketscope.probing.training import Criterion, train


def words(forms, targets, kind=np.int64):
    part = split(np.zeros((1, len(forms), 1)), np.array(targets, dtype=kind)).items
    return replace(part, forms=tuple((form,) for form in forms))


def test_the_most_frequent_label_of_a_word_else_of_all():
    train_ = words("aaabbcc", [2, 2, 1, 0, 1, 1, 1])
    found = word_majority(train_, words("abcz", [0] * 4))
    assert found.tolist() == [2, 0, 1, 1]  # b's labels are tied: the first class


def test_values_have_means_and_no_ceiling():
    train_ = words("aab", [1.0, 2.0, 0.0], np.float32)
    test = words("abz", [0.0] * 3, np.float32)
    assert word_majority(train_, test).tolist() == [1.5, 0.0, 1.0]
    assert np.isnan(control_task({"train": train_, "dev": train_, "test": test}, 1).ceiling)


def zipfian(size, seed, low=0):
    ranks = np.minimum(np.random.default_rng(seed).zipf(1.4, size), 60) + low
    targets = np.random.default_rng(seed + 1).choice(3, size, p=[0.6, 0.3, 0.1])
    return words([f"w{rank}" for rank in ranks], targets)


def test_control_labels_depend_on_the_form_alone():
    splits = {"train": zipfian(900, 1), "dev": zipfian(90, 2), "test": zipfian(200, 3, low=9)}
    control = control_task(splits, seed=4)
    labels = {}
    for items in control.splits.values():
        for form, label in zip(items.forms, items.targets.tolist(), strict=True):
            assert labels.setdefault(form, label) == label
    assert control.forms == len(labels)
    again, other = control_task(splits, seed=4), control_task(splits, seed=5)
    assert (again.splits["test"].targets == control.splits["test"].targets).all()
    assert (other.splits["train"].targets != control.splits["train"].targets).any()


def test_control_labels_are_distributed_as_the_tasks():
    many = words([f"w{i}" for i in range(6000)], np.arange(6000) % 10 // 6)
    other = replace(many, targets=np.zeros_like(many.targets))
    drawn = control_task({"train": many, "dev": other, "test": other}, seed=1).splits["train"]
    assert drawn.targets.mean() == pytest.approx(0.4, abs=0.02)


def test_a_type_embedding_reaches_the_ceiling():
    """Spec 11.11: one-hot vectors of the forms seen in training; the others have none."""
    splits = {"train": zipfian(1500, 1), "dev": zipfian(1500, 1), "test": zipfian(600, 7, low=5)}
    control = control_task(splits, seed=3)
    forms = {form: i for i, form in enumerate(sorted(set(splits["train"].forms)))}
    given = {}
    for name, items in control.splits.items():
        vectors = np.zeros((1, len(items), len(forms) + 1), dtype=np.float32)
        for row, form in enumerate(items.forms):
            vectors[0, row, forms.get(form, len(forms))] = 1
        given[name] = Split(items, vectors)
    recipe = Probing(lr=0.1, max_epoch=60, patience=20).recipe_of("POS")
    metric, dev = metric_of("accuracy"), given["dev"].items
    (fit,) = train(
        fresh(len(forms) + 1, None, 3, [0], [1]), given, recipe,
        criteria=[
            Criterion((predictions,), lambda y: metric.score(y, dev.targets, dev.offsets))
        ],
        seeds=[1], instances=[np.arange(given["train"].items.instances)],
    )  # fmt: skip
    test = given["test"].items
    assert 0.5 < control.seen.mean() < 1
    correct = evaluate(fit.probes, given["test"], predictions)[0] == test.targets
    assert correct[control.seen].all()
    # What it guesses for forms without a vector is its own affair; the majority is the best guess.
    assert correct.mean() == pytest.approx(control.ceiling, abs=0.05)
    guess = np.bincount(given["train"].items.targets).argmax()
    rest = ~control.seen
    expected = control.seen.mean() + rest.mean() * (test.targets[rest] == guess).mean()
    assert control.ceiling == pytest.approx(expected)
