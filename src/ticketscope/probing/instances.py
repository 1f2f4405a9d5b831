"""The one form in which probes see a task, whatever file it came from.

A file holds one JSON object a line, gzip-compressed:
`{"id": "7", "tokens": ["It", "rains"], "labels": ["PRP", "VBZ"]}`.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.runtime.json_text import parse_json
from ticketscope.runtime.outputs import write_packed_lines
from ticketscope.runtime.text import numbered_lines

_KEYS = ("id", "tokens", "labels", "indices", "pairs", "sentences", "document")


@dataclass(frozen=True)
class Instance:
    """A tokenised sentence (for coreference: a document) with what is to be predicted of it.

    One label for every token; with `indices` (from 0) for those tokens only; with `pairs` for each
    (first, second), which is (dependent, head) or (mention, earlier mention). Labels are all text
    (classes) or all numbers (regression). `sentences` gives the first token of each sentence of a
    document, so that they can be encoded one by one. `document` names the document of a sentence.
    """

    id: str
    tokens: tuple[str, ...]
    labels: tuple[str, ...] | tuple[float, ...]
    indices: tuple[int, ...] | None = None
    pairs: tuple[tuple[int, int], ...] | None = None
    sentences: tuple[int, ...] | None = None
    document: str | None = None

    @property
    def kind(self) -> str:
        """`tokens`, `selected` or `pairs`; selected tokens with numbers are `regression`."""
        if self.pairs is not None:
            return "pairs"
        if self.indices is not None:
            return "selected" if isinstance(self.labels[0], str) else "regression"
        return "tokens"

    def __post_init__(self) -> None:
        """Raises ValueError with one line that says what does not fit."""
        size = len(self.tokens)
        if not self.labels:
            raise ValueError("nothing to predict")
        if not all(isinstance(token, str) and token.strip() for token in self.tokens):
            raise ValueError("a token is empty")
        if self.indices is not None and self.pairs is not None:
            raise ValueError("has both indices and pairs")
        places = self.pairs if self.pairs is not None else self.indices
        expected = size if places is None else len(places)
        if len(self.labels) != expected:
            units = "tokens" if places is None else "pairs" if self.pairs is not None else "indices"
            raise ValueError(f"{len(self.labels)} labels for {expected} {units}")
        if isinstance(self.labels[0], str):
            if not all(isinstance(label, str) and label for label in self.labels):
                raise ValueError("a label is empty, or text and numbers are mixed")
            if spaced := [label for label in self.labels if label != str(label).strip()]:
                raise ValueError(f"label {spaced[0]!r} begins or ends with a space")
        elif self.indices is None:
            raise ValueError("numbers as labels need indices")
        elif not all(isinstance(x, float) and math.isfinite(x) for x in self.labels):
            raise ValueError("a label is not a finite number, or text and numbers are mixed")
        named = [*(self.indices or ()), *(i for pair in self.pairs or () for i in pair)]
        for index in named:
            if not 0 <= index < size:
                raise ValueError(f"token {index} of {size}, counted from 0")
        if self.sentences is not None:
            bounds = (*self.sentences, size)
            if bounds[0] != 0 or any(a >= b for a, b in pairwise(bounds)):
                raise ValueError("the first tokens of sentences must increase and begin with 0")

    def without(self, missing: NDArray[np.bool_]) -> "Instance | None":
        """The instance without some of its tokens; None: it has nothing left to predict.

        Args:
            missing: Whether each token is left out (tokens,).
        """
        if not missing.any():
            return self
        number = np.cumsum(~missing) - 1  # of each token among those that stay
        places: Sequence[tuple[int, ...]] = self.pairs or [
            (i,) for i in (range(len(self.tokens)) if self.indices is None else self.indices)
        ]
        kept = [i for i, place in enumerate(places) if not missing[list(place)].any()]
        if not kept:
            return None
        moved = [tuple(int(number[token]) for token in places[i]) for i in kept]
        stay = np.flatnonzero(~missing).tolist()
        first = [int(number[i] + missing[i]) for i in self.sentences or ()]
        return replace(
            self,
            tokens=tuple(self.tokens[i] for i in stay),
            labels=tuple(self.labels[i] for i in kept),  # type: ignore[arg-type]
            indices=None if self.indices is None else tuple(place[0] for place in moved),
            pairs=None if self.pairs is None else tuple((a, b) for a, b in moved),
            # A sentence may have lost all its tokens.
            sentences=None
            if self.sentences is None
            else tuple(i for i in dict.fromkeys(first) if i < len(stay)),
        )

    def to_json(self) -> dict[str, Any]:
        """The keys that are set, in a fixed order."""
        return {key: getattr(self, key) for key in _KEYS if getattr(self, key) is not None}

    @classmethod
    def from_json(cls, record: object) -> "Instance":
        """Raises ValueError where the record has not the form that `to_json` writes."""
        if not isinstance(record, dict):
            raise ValueError("not a JSON object")
        if unknown := sorted(set(record) - set(_KEYS)):
            raise ValueError(f"unknown key {unknown[0]}; known are {', '.join(_KEYS)}")
        if missing := [key for key in _KEYS[:3] if key not in record]:
            raise ValueError(f"has no {missing[0]}")
        if not isinstance(record["id"], str):
            raise ValueError("id is not text")
        lists = {key: record[key] for key in _KEYS[1:] if key in record}
        document = lists.pop("document", None)
        if not isinstance(document, str | None):
            raise ValueError("document is not text")
        for key, value in lists.items():
            if not isinstance(value, list):
                raise ValueError(f"{key} is not a list")
        for key in ("indices", "sentences"):
            if any(type(index) is not int for index in lists.get(key, ())):
                raise ValueError(f"{key} are not whole numbers")
        for pair in lists.get("pairs", ()):
            if not isinstance(pair, list) or [type(index) for index in pair] != [int, int]:
                raise ValueError("pairs are not lists of two whole numbers")
        labels = [_number(x) if type(x) is int else x for x in lists.pop("labels")]
        if "pairs" in lists:
            lists["pairs"] = [tuple(pair) for pair in lists["pairs"]]
        return cls(
            id=record["id"],
            labels=tuple(labels),
            document=document,
            **{key: tuple(value) for key, value in lists.items()},
        )


def _number(label: int) -> float:
    """Raises ValueError where Python has no float of that size."""
    try:
        return float(label)
    except OverflowError as error:
        raise ValueError("a label is too large a number") from error


def gzip_records(path: str | Path) -> Iterator[tuple[int, Any]]:
    """Line number and JSON value of each line of a gzip file."""
    for number, text in numbered_lines(Path(path)):
        try:
            value = parse_json(text)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {number}: not JSON ({error})") from error
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {error}") from error
        yield number, value


def read_instances(path: str | Path) -> Iterator[Instance]:
    """The instances of a file, one by one; all are of one kind, and there is at least one."""
    kind = None
    for number, record in gzip_records(path):
        try:
            instance = Instance.from_json(record)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {error}") from error
        if kind not in (None, instance.kind):
            raise InputError(f"{path}, line {number}: kind {instance.kind}, before it {kind}")
        kind = instance.kind
        yield instance
    if kind is None:
        raise InputError(f"{path} holds no instance")


def write_instances(path: str | Path, instances: Iterable[Instance]) -> int:
    """Write the instances as they come, and return their number. Same instances, same bytes."""
    lines = (json.dumps(instance.to_json(), ensure_ascii=False) for instance in instances)
    return write_packed_lines(path, lines)
