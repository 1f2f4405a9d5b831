"""What word forms alone tell: majority by word, and control tasks (Hewitt & Liang 2019)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.probing.inputs import Form, Items


def word_majority(train: Items, test: Items) -> NDArray[Any]:
    """The most frequent training label of each test item's word, or pair of words (items,).

    For words not seen in training the most frequent label of all; for values, means. Of equally
    frequent labels the first in the order of the classes. Liu et al. (2019) have this baseline.
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
    """A control task: labels that depend on nothing but the word form, or on the pair of forms.

    Attributes:
        splits: The task's own items with control labels.
        forms: Number of different forms in all splits.
        seen: Whether the form of each test item occurs in training (test items,).
        ceiling: Share of test items whose form was seen, and of the others the share that the most
            frequent control label of training guesses: the highest accuracy to be expected. NaN
            for values.
    """

    splits: Mapping[str, Items]
    forms: int
    seen: NDArray[np.bool_]
    ceiling: float


def control_task(splits: Mapping[str, Items], seed: int) -> Control:
    """Draw a label for each form, from the labels of `train` as they are distributed.

    A form keeps its label wherever it stands, in all splits. What a probe gets right of that it has
    memorised: selectivity is its accuracy on the task minus that on the control task. For pairs,
    where Hewitt & Liang choose another head, the examples stay and their labels are drawn by the
    ordered pair of forms; pairs not seen in training are then noise.

    Args:
        splits: `train`, `dev` and `test`.
        seed: Of the draw.
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
    known = set(controls["train"].forms)
    test = controls["test"]
    seen = np.array([form in known for form in test.forms])
    ceiling = float("nan")
    if not test.regression:
        guess = _most_frequent(controls["train"].targets.tolist())
        ceiling = float((seen | (test.targets == guess)).mean())
    return Control(controls, len(forms), seen, ceiling)
