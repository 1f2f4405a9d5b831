"""Masks that a series takes from another: controls of what a mask says (docs/steps/controls.md)."""

import zlib

import numpy as np

from ticketscope.tickets.masks import Mask


def shuffled(mask: Mask, seed: int) -> Mask:
    """The mask with the entries of each tensor permuted: how many are cut where, and not which.

    Each tensor has one permutation for a seed, whatever the iteration, so that the masks of a
    series are nested as those that they are made of.

    Args:
        mask: Of another series' ticket.
        seed: Of the experiment.
    """
    return Mask({name: _permute(array, name, seed) for name, array in mask.kept.items()})


def _permute(array: np.ndarray, name: str, seed: int) -> np.ndarray:
    # By its name, so that other tensors may come or go.
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return generator.permutation(array.reshape(-1)).reshape(array.shape)
