"""Splits with labels of known origin."""

import numpy as np

from ticketscope.probing.inputs import Items, Split
from ticketscope.representations.layout import starts


def split(vectors, targets, *, seed=0, places=None):
    """A split of short sentences over given vectors (layers, words, dim) and targets."""
    generator = np.random.default_rng(seed)
    sizes = []
    while sum(sizes) < len(targets):
        sizes.append(min(int(generator.integers(1, 7)), len(targets) - sum(sizes)))
    places = np.arange(len(targets))[:, None] if places is None else places
    forms = tuple(tuple(f"w{i % 50}" for i in row) for row in places.tolist())
    items = Items(places, np.asarray(targets), starts(np.array(sizes)), forms)
    return Split(items, vectors.astype(np.float32))


def normal(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def planted(size, seed, classes=3):
    """Labels that are a linear function of layer 1 of two layers of 8 numbers."""
    vectors = normal((2, size, 8), seed)
    rule = normal((8, classes), 99)
    return split(vectors, (vectors[1] @ rule).argmax(1), seed=seed)
