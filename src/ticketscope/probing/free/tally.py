"""Sizes of a task, frequencies of its labels, and the score of a constant prediction."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from ticketscope.probing.free.splits import SPLITS
from ticketscope.probing.instances import Instance
from ticketscope.probing.metrics import metric_of


class Tally:
    """Counts instances as they pass by, train first; `metric` is the task's."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self.sizes = {split: Counter[str]() for split in SPLITS}
        self.labels: dict[str, Counter[str | float]] = {split: Counter() for split in SPLITS}
        self.digests = {split: hashlib.sha256() for split in SPLITS}
        self.trained: set[tuple[str, ...]] = set()
        self.seen = 0  # instances of test whose words are in train
        self.test: list[tuple[str, ...] | tuple[float, ...]] = []

    def add(self, split: str, instance: Instance) -> None:
        """Count an instance of a split."""
        self.sizes[split].update(
            instances=1, tokens=len(instance.tokens), labels=len(instance.labels)
        )
        self.labels[split].update(instance.labels)
        record = replace(instance, document=None).to_json()
        self.digests[split].update(json.dumps(record).encode() + b"\n")
        if split == "train":
            self.trained.add(instance.tokens)
        if split == "test":
            self.seen += instance.tokens in self.trained
            self.test.append(instance.labels)

    def summary(self) -> dict[str, Any]:
        """Sizes and digests, labels by frequency (numbers: mean and spread), majority baseline.

        The baseline answers the most frequent label of train throughout; its score is the task's
        metric on test. Pearson's r of a constant is 0. The digest is over the instances as JSON
        lines without the names of documents, so that it does not depend on how gzip packs them.
        """
        sizes = {
            split: dict(counter) | {"sha256": self.digests[split].hexdigest()}
            for split, counter in self.sizes.items()
        }
        everything = sum(self.labels.values(), Counter[str | float]())
        common = {"metric": self.metric, "splits": sizes, "test_instances_seen_in_train": self.seen}
        if self.metric == "pearson":
            values = {split: _spread(counter) for split, counter in self.labels.items()}
            majority = {"label": None, "score": 0.0}
            return common | {"values": values, "majority": majority}
        ordered = sorted(everything.items(), key=lambda item: (-item[1], str(item[0])))
        train, test = set(self.labels["train"]), self.labels["test"]
        unseen = sum(count for label, count in test.items() if label not in train)
        return common | {
            "label_types": {split: len(counter) for split, counter in self.labels.items()},
            "test_labels_unseen_in_train": unseen,
            "majority": self._majority(),
            "labels": {str(label): count for label, count in ordered},
        }

    def _majority(self) -> dict[str, Any]:
        counts = self.labels["train"]
        label = min(counts, key=lambda name: (-counts[name], str(name)))
        classes = sorted({str(name) for counter in self.labels.values() for name in counter})
        number = {name: i for i, name in enumerate(classes)}
        targets = np.array([number[str(name)] for labels in self.test for name in labels])
        offsets = np.cumsum([0, *(len(labels) for labels in self.test)])
        predicted = np.full((1, len(targets)), number[str(label)])
        score = metric_of(self.metric, classes).score(predicted, targets, offsets)[0]
        share = self.labels["test"][label] / len(targets)
        return {"label": label, "score": round(float(score), 6), "share": round(share, 6)}


def _spread(counter: Counter[str | float]) -> dict[str, float]:
    values = np.array(sorted(float(x) for x in counter.elements()))
    return {
        "mean": round(float(values.mean()), 6),
        "deviation": round(float(values.std()), 6),
        "negative": round(float((values < 0).mean()), 6),
    }
