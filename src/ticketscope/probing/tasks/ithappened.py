"""UDS-It-Happened JSON: how much an event is said to have happened."""

from collections.abc import Iterator
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.runtime.json_text import read_json


def read(path: Path) -> Iterator[Instance]:
    """An object from names to {`sentence`: tokens, `predicate_indices`: from 1, `labels`: numbers}.

    Label: a number in [-3, 3], the mean over annotators of +-3/4 x confidence. Sentences without
    predicate are skipped.
    """
    entries = read_json(path)
    if not isinstance(entries, dict):
        raise InputError(f"{path}: expected an object of sentences")
    for name, entry in entries.items():
        try:
            tokens = entry["sentence"]
            if not isinstance(tokens, list):
                raise ValueError("sentence is not a list of tokens")
            if any(type(index) is not int for index in entry["predicate_indices"]):
                raise ValueError("predicate_indices are not whole numbers")
            indices = tuple(index - 1 for index in entry["predicate_indices"])
            if any(type(label) not in (int, float) for label in entry["labels"]):
                raise ValueError("labels are not numbers")
            labels = tuple(map(float, entry["labels"]))
            if any(abs(label) > 3 for label in labels):
                raise ValueError("a label lies outside [-3, 3]")
            if len(indices) != len(labels):
                raise ValueError(f"{len(labels)} labels for {len(indices)} predicates")
            if indices:
                yield Instance(name, tuple(tokens), labels, indices=indices)
        except KeyError as error:
            raise InputError(f"{path}, entry {name}: has no {error.args[0]}") from error
        except (ValueError, TypeError, OverflowError) as error:
            raise InputError(f"{path}, entry {name}: {error}") from error
