"""Reading, checking and publishing fairseq checkpoints."""

import argparse
import math
import pickle
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.runtime.checksums import archive_damage
from ticketscope.runtime.files import atomic_write
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import module_of

State = dict[str, Any]

# For good, not around each load: the end of such a block would take back what the plugin allowed.
torch.serialization.add_safe_globals([argparse.Namespace])

# What a fairseq run leaves in a checkpoint that differs between two runs of the same training:
# clocks and meters. Nothing that training or decoding reads.
_RUN_DEPENDENT = ("metrics", "previous_training_time", "best", "val_loss")

# Paths of the run that the config in a checkpoint repeats, on this machine and in its work folder.
_PATHS = ("save_dir", "continue_once", "prune_mask", "user_dir", "distributed_init_method")

# Options of the plugin that most tickets lack: theirs keep the bytes from before there were any.
_UNSET = ("init_seed",)

# Matrices that a Transformer of fairseq shares, by the option that makes it share them.
_SHARED = {
    "share_all_embeddings": (
        "encoder.embed_tokens.weight",
        "decoder.embed_tokens.weight",
        "decoder.output_projection.weight",
    ),
    "share_decoder_input_output_embed": (
        "decoder.embed_tokens.weight",
        "decoder.output_projection.weight",
    ),
}


def load(path: str | Path, remedy: str = "delete it and run again") -> State:
    """Read a fairseq checkpoint, tensors memory-mapped, without running any code in it.

    The archive's checksums are verified first: torch would load a flipped bit without a word.
    Names that share a parameter in the model share one tensor, however the file was saved.

    Args:
        path: The file.
        remedy: What to do if it cannot be read, for the error.

    Raises:
        InputError: the file is absent, corrupt, truncated or not a fairseq checkpoint.
    """
    try:
        # Before torch 1.6 checkpoints were no archives: without checksums, and not to be mapped.
        is_archive = zipfile.is_zipfile(path)
        if is_archive and (damage := archive_damage(path)):
            raise ValueError(damage)
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=is_archive)
    except FileNotFoundError:
        raise InputError(f"checkpoint {path} is missing") from None
    except (
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        LookupError,
        pickle.UnpicklingError,
    ) as error:
        raise InputError(
            f"checkpoint {path} is corrupt or truncated ({_reason(error)}): {remedy}"
        ) from error
    if not isinstance(state, dict) or not isinstance(state.get("model"), Mapping):
        raise InputError(f"checkpoint {path} is not a fairseq checkpoint: it holds no model")
    _tie(state, f"checkpoint {path}")
    return state


def _tie(state: State, what: str) -> None:
    """Let the names of a shared parameter share one tensor, by the model's options; in place.

    fairseq saves each name of a shared parameter as a tensor of its own on a GPU, and in half
    precision anywhere. Equal values are no sign of sharing, so only the options count.

    Raises:
        InputError: an option says that two parameters are one, and their values differ.
    """
    model, options = state["model"], _model_options(state)
    for option, names in _SHARED.items():
        first, *others = [name for name in names if name in model] or [""]
        for name in others if options.get(option) else []:
            if model[name].data_ptr() != model[first].data_ptr():
                if not torch.equal(model[name], model[first]):
                    raise InputError(
                        f"{what}: {name} differs from {first}, with which {option} lets it share "
                        "its values"
                    )
                model[name] = model[first]


def _model_options(state: State) -> Mapping[str, Any]:
    """Options of the model, from a checkpoint of any age: `args`, or `cfg` by sections."""
    options = (state.get("cfg") or {}).get("model") or state.get("args") or {}
    return vars(options) if isinstance(options, argparse.Namespace) else options


def _reason(error: Exception) -> str:
    """The first line of what torch says, or what it refused to make of the file's contents."""
    refused = re.search(r"[Uu]nsupported (?:global: )?GLOBAL (\S+)", str(error))
    if refused:
        return f"it holds a {refused[1]}, which is neither weights nor options"
    # Torch's own line advises to read the file without this protection.
    if isinstance(error, pickle.UnpicklingError):
        return "it holds what is neither weights nor options"
    return str(error).strip().split("\n")[0] or "it ends too early"


def parameters(state: State) -> dict[str, torch.Tensor]:
    """Distinct parameters by name, in the model's order; tied ones once, by their first name.

    Integer buffers and the sinusoidal positions' placeholder are left out.
    """
    weights: dict[str, torch.Tensor] = {}
    seen: set[tuple[int, torch.Size]] = set()
    for name, tensor in state["model"].items():
        if name.endswith(("version", "_float_tensor")):
            continue
        key = (tensor.data_ptr(), tensor.shape)
        if key not in seen:
            seen.add(key)
            weights[name] = tensor
    return weights


def masked_weights(state: State, mask: Mask, what: str) -> dict[str, NDArray[np.float32]]:
    """The parameters that the mask names, as float32 arrays (views where the type allows).

    Raises:
        InputError: the mask is of another architecture than the model.
    """
    model = state["model"]
    mask.check_fits({name: tuple(tensor.shape) for name, tensor in model.items()}, what)
    return {name: model[name].float().numpy() for name in mask.kept}


def attention_heads(state: State) -> dict[str, int]:
    """Number of attention heads of a layer of the encoder and of the decoder."""
    options = _model_options(state)
    return {side: int(options[f"{side}_attention_heads"]) for side in ("encoder", "decoder")}


def count_parameters(state: State) -> tuple[int, int]:
    """Number of all parameters, and of those that are not token embeddings."""
    sizes = {name: math.prod(tensor.shape) for name, tensor in parameters(state).items()}
    embedded = sum(
        size
        for name, size in sizes.items()
        if (module := module_of(name)) is not None and module.block == "embedding"
    )
    return sum(sizes.values()), sum(sizes.values()) - embedded


def apply_mask(state: State, mask: Mask, what: str) -> None:
    """Set every masked weight of the model to exactly zero, tied copies included; in place.

    Raises:
        InputError: the mask is of another architecture than the model.
    """
    model = state["model"]
    mask.check_fits({name: tuple(tensor.shape) for name, tensor in model.items()}, what)
    # Memory-mapped tensors are copy-on-write: the file stays as it is.
    for name, kept in mask.kept.items():
        model[name].mul_(torch.from_numpy(kept))


def check_published(state: State, mask: Mask, what: str) -> None:
    """What holds for every ticket: finite weights, and exactly zero wherever the mask has cut.

    Raises:
        InputError: names the parameter and how many of its entries are wrong.
    """
    mask.check_fits({name: tuple(t.shape) for name, t in state["model"].items()}, what)
    for name, tensor in parameters(state).items():
        if not bool(torch.isfinite(tensor).all()):
            raise InputError(f"{what}: {name} holds a weight that is NaN or infinite")
    check_zero(state, mask, what)


def check_zero(state: State, mask: Mask, what: str) -> None:
    """Refuse weights that are not zero where the mask, which fits the model, has cut.

    Raises:
        InputError: names the parameter and how many of its entries are wrong.
    """
    for name, kept in mask.kept.items():
        alive = int(torch.count_nonzero(state["model"][name][torch.from_numpy(~kept)]))
        if alive:
            raise InputError(f"{what}: {alive} masked weights of {name} are not zero")


def save(state: State, path: str | Path) -> None:
    """Write a checkpoint whose bytes depend on its contents alone.

    torch.save's bytes also depend on which equal strings happen to be one object and on the file's
    name; both are made canonical here. Clocks, meters and paths of the run are left out.
    """
    state = dict(state)
    state["cfg"] = {name: _without_paths(section) for name, section in (state["cfg"] or {}).items()}
    state["extra_state"] = {
        key: value for key, value in state["extra_state"].items() if key not in _RUN_DEPENDENT
    }
    # fairseq appends an entry each time a training is resumed, and reads the last one only.
    state["optimizer_history"] = state["optimizer_history"][-1:]
    canonical = _Canonical().visit(state)
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        try:
            torch.save(canonical, stream)
        except RuntimeError as error:
            # On a full disk torch fails a second time, when it closes the archive.
            if isinstance(error.__context__, OSError):
                raise error.__context__ from None
            raise


def _without_paths(section: Any) -> Any:
    """A section of fairseq's config, its paths of the run emptied, and no option that is unset."""
    if isinstance(section, argparse.Namespace):
        return argparse.Namespace(**_without_paths(vars(section)))
    if isinstance(section, Mapping):
        return {
            key: "" if key in _PATHS else value
            for key, value in section.items()
            if value is not None or key not in _UNSET
        }
    return section


class _Canonical:
    """Rebuilds a state from fresh containers and interned strings, ties between tensors kept."""

    def __init__(self) -> None:
        self._tensors: dict[tuple[int, torch.Size, torch.dtype], torch.Tensor] = {}

    def visit(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            key = (value.data_ptr(), value.shape, value.dtype)
            if value.numel() == 0 or key not in self._tensors:
                self._tensors[key] = value.detach().clone(memory_format=torch.contiguous_format)
            return self._tensors[key]
        if isinstance(value, str):
            return sys.intern(str(value))
        if isinstance(value, argparse.Namespace):
            return argparse.Namespace(**self.visit(vars(value)))
        if isinstance(value, Mapping):
            return {self.visit(key): self.visit(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.visit(item) for item in value)
        return value


def average(states: list[State]) -> State:
    """The mean of the models of several checkpoints of one training, in the last one's frame."""
    result = dict(states[-1])
    result["model"] = {
        name: (
            torch.stack([state["model"][name].double() for state in states])
            .mean(dim=0)
            .to(tensor.dtype)
            if tensor.is_floating_point()
            else tensor
        )
        for name, tensor in states[-1]["model"].items()
    }
    _tie(result, "the mean of checkpoints")
    return result
