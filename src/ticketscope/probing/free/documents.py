"""Splits of corpora that come as one file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.probing.free.splits import SPLITS, by_hash
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import tagged
from ticketscope.probing.tasks.reading import lines

Split = tuple[str, Instance]  # name of the split, instance

_LAST_TRAIN = 8042  # of CoNLL-2000's 8,936 sentences for training; the last tenth is dev


def chunks(train: Path, test: Path) -> Iterator[Split]:
    """CoNLL-2000: the last 894 sentences of train are dev, so that one article at most is divided.

    The corpus has no names of documents; WSJ section 19, dev in the paper, is not in it.
    """
    for instance in tagged.read_chunks(train):
        yield "train" if int(instance.id) <= _LAST_TRAIN else "dev", instance
    for instance in tagged.read_chunks(test):
        yield "test", instance


def entities(path: Path) -> Iterator[Split]:
    """wikigold: -DOCSTART- lines divide the documents, whose number decides on the split."""
    for instance in tagged.read_entities(path, columns=2):
        yield by_hash(f"wikigold {instance.document}", dev=0.15, test=0.2), instance


def errors(path: Path) -> Iterator[Split]:
    """REALEC as in MultiGED-2023: shuffled sentences without names of documents.

    The words decide on the split, so that equal sentences are never divided; documents cannot be
    kept together, since nothing tells them. Quotation marks lose the backslash before them.
    """
    for read in tagged.read_errors(path):
        tokens = tuple('"' if token == '\\"' else token for token in read.tokens)
        instance = replace(read, tokens=tokens)
        yield by_hash(" ".join(instance.tokens), dev=0.15, test=0.2), instance


def listed_splits(path: Path) -> dict[str, str]:
    """GUM's splits.md: document -> split; test2, other genres than the rest, is left out."""
    splits: dict[str, str] = {}
    split = None
    for line in lines(path):
        if line.text.startswith("## "):
            split = line.text[3:].strip()
        elif line.text.strip().startswith("* ") and split in SPLITS:
            splits[line.text.strip()[2:].strip()] = split
    if set(splits.values()) != set(SPLITS):
        raise InputError(f"{path}: no list of documents for each of {', '.join(SPLITS)}")
    return splits
