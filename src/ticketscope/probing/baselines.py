"""Baselines from word forms alone: majority by word, control tasks (Hewitt & Liang 2019)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.inputs import Form, Items


def word_majority(train: Items, test: Items) -> NDArray[Any]:
    """The most frequent training label of each test item's word, or pair of words (items,).

    Words not seen in training get the most frequent label of all. Values have means instead. Of
    equally frequent labels, the first class counts. Liu et al. (2019) use this baseline.
    """
    labels: dict[Form, list[Any]] = defaultdict(list)
    for form, label in zip(train.forms, train.targets.tolist(), strict=True):
        labels[form].append(label)
    if train.regression:
        typical = {form: float(np.mean(values)) for form, values in labels.items()}
        overall = float(train.targets.mean())
    else:
        typical = {form: _most_frequent(values) for form, values in labels.items()}
        overall = _most_frequent(train.targets.tolist())
    return np.array([typical.get(form, overall) for form in test.forms], dtype=train.targets.dtype)


def _most_frequent(labels: list[int]) -> int:
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))


@dataclass(frozen=True)
class Control:
    """A control task, whose labels depend only on the word form or the pair of forms.

    Attributes:
        splits: The items of the task with control labels.
        forms: Number of different forms in all splits.
        seen: Whether the form of each test item occurs in training (test items,).
        ceiling: Highest accuracy to be expected: all test items whose form was seen are correct,
            and the others are guessed as the most frequent control label of training. NaN for
            values.
    """

    splits: Mapping[str, Items]
    forms: int
    seen: NDArray[np.bool_]
    ceiling: float


def control_task(splits: Mapping[str, Items], seed: int) -> Control:
    """Draw a label for each form from the distribution of the labels of `train`.

    A form has the same label in all places and splits, so a probe can only memorise control labels.
    Selectivity is its accuracy on the task minus its accuracy on the control task. For pairs,
    Hewitt & Liang choose another head; here the pairs stay, and each ordered pair of forms draws a
    label. Labels of pairs not seen in training are then noise.

    Args:
        splits: `train`, `dev` and `test`.
        seed: Seed of the draw.
    """
    forms = sorted({form for items in splits.values() for form in items.forms})
    drawn = np.random.default_rng(seed).choice(splits["train"].targets, size=len(forms))
    label = dict(zip(forms, drawn.tolist(), strict=True))
    controls = {
        name: replace(
            items,
            targets=np.array([label[form] for form in items.forms], dtype=items.targets.dtype),
        )
        for name, items in splits.items()
    }
    trained = set(controls["train"].forms)
    test = controls["test"]
    seen = np.array([form in trained for form in test.forms])
    ceiling = float("nan")
    if not test.regression:
        guess = _most_frequent(controls["train"].targets.tolist())
        ceiling = float((seen | (test.targets == guess)).mean())
    return Control(controls, len(forms), seen, ceiling)
