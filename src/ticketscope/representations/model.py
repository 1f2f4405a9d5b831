"""Loading a fairseq Transformer for analysis: any checkpoint of an encoder-decoder."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import torch
from fairseq.checkpoint_utils import _upgrade_state_dict, load_model_ensemble_and_task
from fairseq.data import Dictionary
from fairseq.dataclass.utils import overwrite_args_by_name
from fairseq.models.transformer import (
    TransformerDecoderBase,
    TransformerEncoderBase,
    TransformerModelBase,
)
from fairseq.modules import MultiheadAttention
from fairseq.tasks import setup_task
from fairseq.utils import set_torch_seed
from omegaconf import OmegaConf

from ticketscope.errors import InputError
from ticketscope.settings import Languages
from ticketscope.tickets import checkpoints, fairseq_plugin

TASK = fairseq_plugin.MaskedTranslationTask  # importing the plugin is what registers it


@dataclass(frozen=True)
class LoadedModel:
    """A model in evaluation mode, with the dictionaries that turn text into its input.

    Attributes:
        model: fairseq's encoder-decoder, float32.
        source: Dictionary of the encoder.
        target: Dictionary of the decoder.
        left_pad_source: Whether padding precedes the source sentences, as is fairseq's default.
        device: Device of the model.
    """

    model: TransformerModelBase
    source: Dictionary
    target: Dictionary
    left_pad_source: bool
    device: torch.device


def load_model(checkpoint: Path, data: Path, device: str | None = None) -> LoadedModel:
    """Load a checkpoint without running code in it.

    Args:
        checkpoint: A Transformer encoder-decoder for translation, of any depth and norm order.
        data: Folder of fairseq-preprocess with dict.<language>.txt; paths in the checkpoint are
            ignored.
        device: Device, as torch names it, such as `cuda`; None: CPU.

    Raises:
        InputError: the checkpoint is missing, broken, or of another kind of model; a dictionary is
            missing, or its size differs from the model's.
    """
    _, model, task = read_with_task(checkpoint, data)
    place = torch.device(device or "cpu")
    return LoadedModel(
        model.eval().requires_grad_(False).to(place),
        task.source_dictionary,
        task.target_dictionary,
        bool(task.cfg.left_pad_source),
        place,
    )


def current_form(checkpoint: Path, data: Path, languages: Languages) -> checkpoints.State:
    """A checkpoint's state in the form that the installed fairseq writes.

    The config, the names of the parameters and their type, float32, are converted; the optimiser's
    moments and the paths of the machine that trained it are removed.

    Args:
        checkpoint: As in `load_model`.
        data: As in `load_model`; only the dictionaries are needed.
        languages: The language pair, which fairseq may not have recorded.

    Raises:
        InputError: as in `load_model`.
    """
    state, model, _ = read_with_task(checkpoint, data, languages)
    overwrite_args_by_name(state["cfg"], {"data": ""})
    return {
        "args": None,
        "cfg": OmegaConf.to_container(state["cfg"], resolve=True, enum_to_str=True),
        "model": model.state_dict(),
        "optimizer_history": state["optimizer_history"],
        "extra_state": state["extra_state"],
        "last_optimizer_state": None,
    }


def untrained(checkpoint: Path, data: Path, seed: int) -> checkpoints.State:
    """A checkpoint's state with the weights that a model has before its first training step.

    Args:
        checkpoint: A checkpoint of the same architecture.
        data: As in `load_model`.
        seed: Seed of the training.

    Raises:
        InputError: as in `load_model`.
    """
    state = checkpoints.load(checkpoint)
    with _fairseq_errors(checkpoint, data), torch.random.fork_rng(devices=[]):
        cfg = _upgrade_state_dict(_redirected(state, checkpoint, data))["cfg"]
        task = setup_task(cfg.task)
        set_torch_seed(seed)
        model = task.build_model(cfg.model)
    return {**state, "model": model.state_dict(), "last_optimizer_state": None}


def read_with_task(
    checkpoint: Path, data: Path, languages: Languages | None = None
) -> tuple[checkpoints.State, Any, Any]:
    """A checkpoint's upgraded state without optimiser, its model on CPU, and the task it has.

    Arguments and errors are those of `current_form`; without languages, the checkpoint's are taken.
    """
    state = _redirected(checkpoints.load(checkpoint), checkpoint, data, languages)
    with _fairseq_errors(checkpoint, data):
        state = _upgrade_state_dict(state)
        (model,), _, task = load_model_ensemble_and_task([str(checkpoint)], state=state)
    if not _is_readable(model):
        raise InputError(
            f"checkpoint {checkpoint} is no Transformer encoder-decoder with self-attention and "
            f"encoder-decoder attention in each layer, but {type(model).__name__}"
        )
    return state, model, task


@contextmanager
def _fairseq_errors(checkpoint: Path, data: Path) -> Iterator[None]:
    """Turn what fairseq raises when config, weights and data disagree into one line.

    It raises many kinds of exception, bare Exception among them.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"checkpoint {checkpoint} does not go with {data}: {reason}") from error


def _redirected(
    state: checkpoints.State, checkpoint: Path, data: Path, languages: Languages | None = None
) -> checkpoints.State:
    """A state whose config has the given data folder and no other path.

    Raises:
        InputError: the state has no config, or a dictionary is missing.
    """
    # Pretrained embeddings are part of the checkpoint; their files are not needed.
    paths = {"data": str(data), "encoder_embed_path": None, "decoder_embed_path": None}
    if languages is not None:
        paths |= {"source_lang": languages.source, "target_lang": languages.target}
    # The optimiser's moments are twice as large as the model and are not needed.
    state = {**state, "last_optimizer_state": None}
    if isinstance(state.get("args"), Namespace):  # written before fairseq 0.10
        task: Any = state["args"]
        for name, value in paths.items():
            setattr(task, name, value)
    elif state.get("cfg"):
        state["cfg"] = OmegaConf.create(state["cfg"], flags={"allow_objects": True})
        overwrite_args_by_name(state["cfg"], paths)
        task = state["cfg"].task
    else:
        raise InputError(f"checkpoint {checkpoint} holds no config of its model")
    # None: the training found the languages in the names of its data files, and so does loading.
    for language in [getattr(task, name, None) for name in ("source_lang", "target_lang")]:
        if language and not (data / f"dict.{language}.txt").is_file():
            raise InputError(f"{data / f'dict.{language}.txt'} is missing: {checkpoint} needs it")
    return state


def _is_readable(model: Any) -> bool:
    return (
        isinstance(model, TransformerModelBase)
        and isinstance(model.encoder, TransformerEncoderBase)
        and isinstance(model.decoder, TransformerDecoderBase)
        and not model.decoder.cross_self_attention
        and all(
            isinstance(attention, MultiheadAttention)
            for attention in (
                *(layer.self_attn for layer in model.encoder.layers),
                *(getattr(layer, "self_attn", None) for layer in model.decoder.layers),
                *(getattr(layer, "encoder_attn", None) for layer in model.decoder.layers),
            )
        )
    )
