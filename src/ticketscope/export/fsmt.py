"""A fairseq Transformer as Transformers' FSMT, which is a port of it (Ng et al. 2019).

FSMT names parameters as fairseq does, so that no weight is changed. It is post-norm, has one width,
and nothing beside the plain Transformer; all else is refused.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.tickets.checkpoints import State

Weights = dict[str, NDArray[np.float32]]

PREFIX = "model."  # of every parameter of FSMTForConditionalGeneration
PAD, EOS = 1, 2  # rows of fairseq's embeddings
TOKENS = {
    "bos_token_id": 0, "pad_token_id": PAD, "eos_token_id": EOS, "decoder_start_token_id": EOS
}  # fmt: skip
_SOURCE, _TARGET = "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"
_OUTPUT = "decoder.output_projection.weight"
_KNOWN = re.compile(
    r"(?:(?:encoder|decoder)\.embed_tokens|decoder\.output_projection)\.weight"
    r"|(?:encoder|decoder)\.layers\.\d+\.(?:(?:self|encoder)_attn\.(?:[qkv]|out)_proj"
    r"|(?:self_attn|encoder_attn|final)_layer_norm|fc[12])\.(?:weight|bias)"
)
_ACTIVATIONS = ("relu", "gelu", "tanh")  # by the same names and formulas in both
# Options of fairseq that FSMT has no counterpart for, and what they are called in a message.
_REFUSED = {
    "encoder_normalize_before": "pre-norm",
    "decoder_normalize_before": "pre-norm",
    "no_token_positional_embeddings": "without positions",
    "adaptive_softmax_cutoff": "with an adaptive softmax",
}


def fsmt_weights(state: State, config: Mapping[str, Any], what: str) -> Weights:
    """The model's parameters by FSMT's names, float32; one that is shared, once.

    Args:
        state: A checkpoint of today's fairseq.
        config: `fsmt_config`'s.
        what: Names the checkpoint in errors.

    Raises:
        InputError: the model has a parameter that FSMT lacks.
    """
    weights = {}
    for name, tensor in state["model"].items():
        if name.endswith((".version", "._float_tensor")):  # fairseq's own, no parameters
            continue
        if not _KNOWN.fullmatch(name):
            raise InputError(f"{what} cannot be an FSMT: it has no place for {name}")
        if not (config["tie_word_embeddings"] and name in (_TARGET, _OUTPUT)):
            weights[PREFIX + name] = tensor.float().numpy()
    # FSMT could make them itself; without them Transformers warns that the model is untrained.
    positions = _sinusoids(config["max_position_embeddings"] + PAD + 1, config["d_model"])
    for side in ("encoder", "decoder"):
        weights[f"{PREFIX}{side}.embed_positions.weight"] = positions
    return weights


def fsmt_config(state: State, languages: tuple[str, str], what: str) -> dict[str, Any]:
    """The content of FSMT's config.json.

    Args:
        state: A checkpoint of today's fairseq.
        languages: Source and target.
        what: Names the checkpoint in errors.

    Raises:
        InputError: FSMT cannot compute what this architecture computes.
    """
    options, shapes = vars(state["cfg"]["model"]), _shapes(state)
    _check(options, shapes, what)
    return {
        "architectures": ["FSMTForConditionalGeneration"],
        "model_type": "fsmt",
        "langs": list(languages),
        "src_vocab_size": shapes[_SOURCE][0],
        "tgt_vocab_size": shapes[_TARGET][0],
        "d_model": shapes[_SOURCE][1],
        **_side(options, shapes, "encoder"),
        **_side(options, shapes, "decoder"),
        "activation_function": options["activation_fn"],
        "dropout": options["dropout"],
        "attention_dropout": options["attention_dropout"],
        "activation_dropout": options["activation_dropout"],
        "max_position_embeddings": max(
            options["max_source_positions"], options["max_target_positions"]
        ),
        "scale_embedding": not options["no_scale_embedding"],
        "tie_word_embeddings": bool(options["share_all_embeddings"]),
        **TOKENS,
        "is_encoder_decoder": True,
        # A forward pass with FSMT's cache lets a position see later ones. `generate` has its own.
        "use_cache": False,
        "dtype": "float32",
    }


def _sinusoids(rows: int, dim: int) -> NDArray[np.float32]:
    """Positions as fairseq computes them, in its order of roundings, shape (rows, dim).

    Vaswani et al. 2017, section 3.5, with all sines before all cosines; padding's row is zero.
    """
    step = math.log(10_000) / (dim // 2 - 1)
    frequencies = torch.exp(torch.arange(dim // 2, dtype=torch.float) * -step)
    angles = torch.arange(rows, dtype=torch.float)[:, None] * frequencies
    table = torch.zeros(rows, dim)  # of an odd width, the last column stays zero
    table[:, : 2 * (dim // 2)] = torch.cat([angles.sin(), angles.cos()], dim=1)
    table[PAD] = 0
    return table.numpy()


def _shapes(state: State) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in state["model"].items()}


def _side(
    options: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], side: str
) -> dict[str, Any]:
    """The encoder's or the decoder's part of the config."""
    layers = {name.split(".")[2] for name in shapes if name.startswith(f"{side}.layers.")}
    return {
        f"{side}_layers": len(layers),
        f"{side}_attention_heads": options[f"{side}_attention_heads"],
        f"{side}_ffn_dim": shapes[f"{side}.layers.0.fc1.weight"][0],
        f"{side}_layerdrop": options[f"{side}_layerdrop"],
    }


def _check(options: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], what: str) -> None:
    """Refuse what FSMT would compute otherwise without complaint."""
    for option, name in _REFUSED.items():
        if options.get(option):
            raise InputError(f"{what} cannot be an FSMT: it is {name} ({option})")
    activation = options["activation_fn"]
    if activation not in _ACTIVATIONS:
        raise InputError(
            f"{what} cannot be an FSMT: its activation is {activation}, and only "
            f"{', '.join(_ACTIVATIONS)} are the same in both"
        )
    widths = {shapes[name][1] for name in (_SOURCE, _TARGET, _OUTPUT)}
    if len(widths) > 1:
        raise InputError(
            f"{what} cannot be an FSMT: encoder and decoder have the widths "
            f"{' and '.join(map(str, sorted(widths)))}"
        )
