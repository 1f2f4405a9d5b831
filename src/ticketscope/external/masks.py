"""Masks of tickets trained elsewhere: taken from exact zeros, or given and checked."""

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ticketscope.errors import InputError
from ticketscope.external.tensors import oddity
from ticketscope.runtime.checksums import archive_damage
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import is_prunable

Tensors = Mapping[str, torch.Tensor]


def prunable_weights(weights: Tensors, *, embeddings: bool, biases: bool) -> dict[str, np.ndarray]:
    """The parameters that an experiment may prune, in the model's order."""
    return {
        name: tensor.numpy()
        for name, tensor in weights.items()
        if is_prunable(name, embeddings=embeddings, biases=biases)
    }


def mask_of_zeros(prunable: Mapping[str, np.ndarray]) -> Mask:
    """A mask that prunes the weights that are exactly zero.

    This includes weights that training left at zero, such as the bias of a neuron that never
    fired; only a given mask can tell them apart.
    """
    return Mask({name: weights != 0 for name, weights in prunable.items()})


def read_mask(path: Path) -> dict[str, torch.Tensor]:
    """Read a mask as booleans by parameter name (True: kept).

    Args:
        path: Tensors of bool or of 0 and 1 by parameter name: safetensors, or a dictionary that
            torch saved.

    Raises:
        InputError: the file is missing or of another form, or a tensor has other values.
    """
    try:
        if path.suffix == ".safetensors":
            tensors = load_file(path)
        else:
            # torch would read a flipped bit as another mask.
            if zipfile.is_zipfile(path) and (damage := archive_damage(path)):
                raise ValueError(damage)
            tensors = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise InputError(f"mask {path} is missing") from None
    except (
        *(SafetensorError, RuntimeError, OSError, EOFError, ValueError, LookupError),
        *(TypeError, AttributeError, pickle.UnpicklingError, zipfile.BadZipFile),
    ) as error:
        raise InputError(f"mask {path} is corrupt, or neither safetensors nor torch's") from error
    if not isinstance(tensors, Mapping):
        raise InputError(f"mask {path} is no dictionary of tensors by parameter name")
    for name, tensor in tensors.items():
        if (odd := oddity(tensor)) is not None:
            raise InputError(f"mask {path} is no dictionary of tensors: {name!r} is {odd}")
        if not _is_binary(tensor):
            raise InputError(f"mask {path}: {name!r} has values other than 0 (pruned) and 1 (kept)")
    return {name: tensor.bool() for name, tensor in tensors.items()}


def _is_binary(tensor: torch.Tensor) -> bool:
    # Any byte but 0 is True to torch, and no boolean to whoever reads what is published of it.
    values = tensor.view(torch.uint8) if tensor.dtype == torch.bool else tensor
    try:
        return bool(((values == 0) | (values == 1)).all())
    except RuntimeError:  # of types and numbers of dimensions with which torch does not calculate
        return False


def fit_mask(
    tensors: Tensors, weights: Tensors, prunable: Mapping[str, np.ndarray], what: str
) -> Mask:
    """Restrict a mask to the parameters that the experiment may prune.

    Parameters that the mask does not name are kept whole. It may name others if it prunes nothing
    there.

    Args:
        tensors: The mask, from `read_mask`.
        weights: All parameters of the model.
        prunable: Its prunable parameters, from `prunable_weights`.
        what: Name of the mask in errors.

    Raises:
        InputError: the mask names a parameter that the model lacks or has in another shape, or it
            prunes entries that the experiment does not.
    """
    for name, kept in tensors.items():
        if name not in weights:
            raise InputError(f"{what} is of another model: this one has no parameter {name!r}")
        if kept.shape != weights[name].shape:
            raise InputError(
                f"{what} is of another model: its {name!r} has the shape {tuple(kept.shape)}, the "
                f"parameter {tuple(weights[name].shape)}"
            )
        cut = kept.numel() - int(torch.count_nonzero(kept))
        if name not in prunable and cut:
            raise InputError(
                f"{what} cuts {cut} entries of {name!r}, which is not to be pruned: see "
                "pruning.embeddings and pruning.biases"
            )
    full = Mask.full({name: array.shape for name, array in prunable.items()}).kept
    return Mask(full | {name: tensors[name].numpy() for name in prunable if name in tensors})


def check_zero(mask: Mask, prunable: Mapping[str, np.ndarray], what: str) -> None:
    """Check that all pruned weights are exactly zero.

    Raises:
        InputError: some are not; gives their number, and the parameter with the most of them.
    """
    alive = {name: int(np.count_nonzero(prunable[name][~kept])) for name, kept in mask.kept.items()}
    if any(alive.values()):
        worst = max(alive, key=lambda name: alive[name])
        raise InputError(
            f"{what}: {sum(alive.values())} weights that its mask cuts are not zero, most of them "
            f"in {worst} ({alive[worst]}): the mask is of another checkpoint, or was never applied "
            "(docs/extend/external-tickets.md)"
        )
