"""What a file of others may hold in place of a plain tensor, all of which torch reads."""

import zipfile
from pathlib import Path

import torch

from ticketscope.errors import InputError
from ticketscope.tickets import checkpoints

REMEDY = "external_tickets take checkpoints of fairseq"


def oddity(value: object) -> str | None:
    """What a value is, if it is no tensor that holds each of its numbers; None: it is one."""
    if not isinstance(value, torch.Tensor):
        return f"a {type(value).__name__}"
    if value.is_meta:
        return "a tensor without values"
    if value.layout != torch.strided or value.is_nested:
        return "a sparse or nested tensor"
    if value.is_complex() or value.is_quantized:
        return f"a tensor of {value.dtype}"
    # A few stored numbers, repeated, can stand for more than fit into memory.
    if value.numel() * value.element_size() > value.untyped_storage().nbytes():
        return "a tensor that repeats its values"
    return None


def load(path: Path) -> checkpoints.State:
    """A checkpoint that others made, as `checkpoints.load` reads one.

    Raises:
        InputError: as there; or one of its parameters is no plain tensor; names it.
    """
    try:
        state = checkpoints.load(path, REMEDY)
    # It takes what is in a checkpoint for what fairseq writes; asking whether a file is an archive
    # may fail, too.
    except (AttributeError, TypeError, RuntimeError, zipfile.BadZipFile) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            f"checkpoint {path} is not as fairseq writes one ({reason}): {REMEDY}"
        ) from error
    for name, value in state["model"].items():
        odd = oddity(value) if isinstance(name, str) else "a parameter without a name"
        if odd is not None:
            raise InputError(f"checkpoint {path}: {name!r} is {odd}: {REMEDY}")
    return state
