"""Scores of predictions, from counts of each instance.

A metric consists of two functions: the statistics of each instance, for a stack of probes, and the
score of summed statistics. Scores are pooled over a split (micro average), so a bootstrap over
instances only sums statistics that were computed once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.representations.layout import Integers

Statistics = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """How predictions are scored.

    Attributes:
        name: As in the registry of tasks.
        statistics: Predictions (stack, items), targets (items,) and offsets of the instances
            (instances + 1,) -> (stack, instances, counts).
        value: Sums of statistics (..., counts) -> scores (...).
    """

    name: str
    statistics: Callable[[NDArray[Any], NDArray[Any], Integers], Statistics]
    value: Callable[[Statistics], NDArray[np.float64]]

    def score(
        self, predicted: NDArray[Any], targets: NDArray[Any], offsets: Integers
    ) -> NDArray[np.float64]:
        """Score of a whole split (stack,)."""
        return self.value(self.statistics(predicted, targets, offsets).sum(axis=1))


def metric_of(name: str, classes: Sequence[str] = ()) -> Metric:
    """The metric of that name for the classes of a task."""
    if name == "accuracy":
        return Metric(name, _correct, lambda sums: _ratio(sums[..., 0], sums[..., 1]))
    if name == "pearson":
        return Metric(name, _moments, _correlation)
    if name == "error_f1":
        if "i" not in classes:
            raise InputError(f"error detection needs a label i, found {', '.join(classes)}")
        wrong = list(classes).index("i")
        return Metric(name, lambda p, t, offsets: _detections(p == wrong, t == wrong, offsets), f1)
    if name == "span_f1":
        tags = Tags.of(classes)
        return Metric(name, lambda p, t, offsets: _spans(tags, p, t, offsets), f1)
    raise InputError(f"unknown metric {name}; known are accuracy, span_f1, error_f1 and pearson")


def _ratio(above: Any, below: Any) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.zeros(np.shape(below)), where=np.asarray(below) != 0)


def _per_instance(values: NDArray[Any], offsets: Integers) -> NDArray[Any]:
    """Sums over the items of each instance: (..., items) -> (..., instances)."""
    return np.add.reduceat(values, offsets[:-1], axis=-1)


def _correct(predicted: NDArray[Any], targets: NDArray[Any], offsets: Integers) -> Statistics:
    """Correct and all items."""
    right = _per_instance((predicted == targets).astype(np.float64), offsets)
    return np.stack(np.broadcast_arrays(right, np.diff(offsets).astype(np.float64)), axis=-1)


def _detections(predicted: NDArray[Any], gold: NDArray[Any], offsets: Integers) -> Statistics:
    """Correct, predicted and gold items of one class."""
    gold = np.broadcast_to(gold, predicted.shape)
    counts = (predicted & gold, predicted, gold)
    return np.stack([_per_instance(x.astype(np.float64), offsets) for x in counts], axis=-1)


def f1(sums: Statistics) -> NDArray[np.float64]:
    """2PR / (P + R) of (correct, predicted, gold) in the last axis; AllenNLP's guards of 1e-13."""
    correct, predicted, gold = np.moveaxis(sums, -1, 0)
    precision, recall = correct / (predicted + 1e-13), correct / (gold + 1e-13)
    return np.asarray(2 * precision * recall / (precision + recall + 1e-13))


def _moments(predicted: NDArray[Any], targets: NDArray[Any], offsets: Integers) -> Statistics:
    """n, sum x, sum y, sum xx, sum yy, sum xy."""
    x = predicted.astype(np.float64)
    y = np.broadcast_to(targets.astype(np.float64), x.shape)
    parts = (np.ones_like(x), x, y, x * x, y * y, x * y)
    return np.stack([_per_instance(part, offsets) for part in parts], axis=-1)


def _correlation(sums: Statistics) -> NDArray[np.float64]:
    """Pearson's r of summed moments; 0 where predictions or targets do not vary."""
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    spread_x, spread_y = n * xx - x * x, n * yy - y * y
    # A smaller spread is a rounding error of a difference of equal numbers.
    varies = (spread_x > 1e-12 * n * xx) & (spread_y > 1e-12 * n * yy)
    below = np.sqrt(np.where(varies, spread_x * spread_y, 0))
    return np.clip(_ratio(n * xy - x * y, below), -1, 1)


@dataclass(frozen=True)
class Tags:
    """Parts of segment tags: O, B-type, I-type, or B and I without type.

    Attributes:
        begins: Whether a class is a B (classes,).
        outside: Whether it is O (classes,).
        types: Number of its type, -1 for O (classes,).
    """

    begins: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    types: Integers

    @classmethod
    def of(cls, classes: Sequence[str]) -> "Tags":
        """Raises InputError if a class is not such a tag."""
        parts = [label.partition("-") for label in classes]
        for label, (prefix, _, _kind) in zip(classes, parts, strict=True):
            if prefix not in ("B", "I", "O") or (prefix == "O" and label != "O"):
                raise InputError(f"unknown tag {label}; known are O, B-type and I-type")
        names = sorted({kind for prefix, _, kind in parts if prefix != "O"})
        return cls(
            np.array([prefix == "B" for prefix, _, _ in parts]),
            np.array([prefix == "O" for prefix, _, _ in parts]),
            np.array([-1 if prefix == "O" else names.index(kind) for prefix, _, kind in parts]),
        )

    def segments(
        self, labels: NDArray[Any], offsets: Integers
    ) -> tuple[NDArray[np.bool_], Integers, Integers]:
        """Starts, types and ends of segments (..., items).

        B opens a segment. I opens one at the start of an instance, after O and after another type;
        elsewhere it continues a segment. BIO and IOB1 decode in the same way, they only differ in
        writing (conlleval; AllenNLP's `bio_tags_to_spans` and `iob1_tags_to_spans`).

        Returns:
            Whether a segment opens, its type, and the item after its last, which is defined only
            where a segment opens.
        """
        types = self.types[labels]
        before = np.concatenate([np.full_like(types[..., :1], -1), types[..., :-1]], axis=-1)
        before[..., offsets[:-1]] = -1
        inside = ~self.outside[labels]
        opens = inside & (self.begins[labels] | (types != before))
        # The first item of an instance opens or is outside.
        breaks = opens | ~inside
        items = labels.shape[-1]
        place = np.where(breaks, np.arange(items), items)
        following = np.minimum.accumulate(place[..., ::-1], axis=-1)[..., ::-1]
        last = np.full_like(following[..., :1], items)
        return opens, types, np.concatenate([following[..., 1:], last], axis=-1)


def _spans(
    tags: Tags, predicted: NDArray[Any], targets: NDArray[Any], offsets: Integers
) -> Statistics:
    """Correct, predicted and gold segments."""
    opens, types, ends = tags.segments(predicted, offsets)
    gold_opens, gold_types, gold_ends = tags.segments(targets, offsets)
    hits = opens & gold_opens & (types == gold_types) & (ends == gold_ends)
    counts = np.broadcast_arrays(hits, opens, gold_opens)
    return np.stack([_per_instance(x.astype(np.float64), offsets) for x in counts], axis=-1)
