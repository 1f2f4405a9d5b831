"""Check a ticket trained elsewhere and publish its checkpoint and mask in the experiment.

Everything that fairseq reads is accepted: older checkpoints, other norm orders and depths,
separate embeddings. The published checkpoint has the form that the installed fairseq writes.
"""

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ticketscope.corpus.dictionary import SPECIAL, read_dictionary
from ticketscope.errors import InputError
from ticketscope.external.masks import (
    check_zero,
    fit_mask,
    mask_of_zeros,
    prunable_weights,
    read_mask,
)
from ticketscope.external.tensors import load
from ticketscope.representations.model import current_form
from ticketscope.settings import Languages
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask

# Share of the prunable weights that may be zero and not cut: biases of neurons that never fired.
ZERO_SHARE = 0.01

# fairseq stores the scores of a training with validation as numbers and arrays of numpy; these are
# their names in numpy 1 and 2.
torch.serialization.add_safe_globals([np.ndarray, np.dtype])
torch.serialization.add_safe_globals(
    [type(np.dtype(code)) for code in np.typecodes["AllInteger"] + np.typecodes["AllFloat"]]
)
for value, name in ((np.float64(0), "scalar"), (np.empty(0), "_reconstruct")):
    for core in ("core", "_core"):
        maker: Any = value.__reduce__()[0]
        torch.serialization.add_safe_globals([(maker, f"numpy.{core}.multiarray.{name}")])


def publish(
    checkpoint: Path,
    given_mask: Path | None,
    *,
    dense: Path | None,
    data: Path,
    languages: Languages,
    embeddings: bool,
    biases: bool,
    output: Path,
    output_mask: Path,
    progress: Callable[[str], None],
) -> None:
    """Check a checkpoint trained elsewhere, and write it and its mask as a ticket's.

    Args:
        checkpoint: fairseq's.
        given_mask: Its mask; None: what is exactly zero is pruned.
        dense: The checkpoint of its LTH0; None: it is LTH0 itself, and its mask cuts nothing.
        data: Folder with dict.<language>.txt.
        languages: What it translates.
        embeddings: Whether embeddings may be pruned.
        biases: Whether biases may.
        output: Where the checkpoint goes.
        output_mask: Where the mask goes.
        progress: Gets a line on where the mask comes from.

    Raises:
        InputError: no checkpoint of fairseq, other languages, a dictionary of another size, another
            architecture than LTH0's, or a mask that does not fit.
    """
    external = load(checkpoint)
    if any(name.startswith("decoder.adaptive_softmax.") for name in external["model"]):
        raise InputError(
            f"checkpoint {checkpoint} has an adaptive softmax; only models with one output "
            "projection are read"
        )
    _check_languages(external, checkpoint, languages)
    _check_dictionaries(external, checkpoint, data, languages)
    if dense is not None:
        _check_architecture(external, checkpoint, load(dense), dense)
    state = current_form(checkpoint, data, languages)
    prunable = prunable_weights(checkpoints.parameters(state), embeddings=embeddings, biases=biases)
    zeros = mask_of_zeros(prunable)
    if dense is None:
        mask, source = Mask.full(zeros.shapes), "dense, for it is LTH0"
        if zeros.sparsity > ZERO_SHARE:
            raise InputError(
                f"checkpoint {checkpoint} is LTH0, and {zeros.pruned} of its {zeros.total} "
                "prunable weights are exactly zero: is it a pruned ticket?"
            )
    elif given_mask is None:
        mask, source = zeros, "exact zeros are pruned, for no mask is given"
    else:
        what = f"mask {given_mask}"
        mask, source = fit_mask(read_mask(given_mask), state["model"], prunable, what), what
        check_zero(mask, prunable, f"checkpoint {checkpoint}")
        if (more := zeros.pruned - mask.pruned) > ZERO_SHARE * mask.total:
            raise InputError(
                f"checkpoint {checkpoint}: {more} weights that its mask keeps are exactly zero: is "
                "it the mask of another ticket?"
            )
    progress(
        f"{checkpoint}: {source}; {mask.pruned} of {mask.total} prunable weights are pruned, "
        f"{zeros.pruned} are exactly zero"
    )
    checkpoints.check_published(state, mask, f"checkpoint {checkpoint}")
    checkpoints.save(state, output)
    mask.save(output_mask)


def _check_languages(state: checkpoints.State, checkpoint: Path, languages: Languages) -> None:
    options = state.get("args") or (state.get("cfg") or {}).get("task")
    values: Mapping[str, Any] = vars(options) if isinstance(options, Namespace) else options or {}
    for key, configured in (("source", languages.source), ("target", languages.target)):
        trained = values.get(f"{key}_lang")
        if trained is not None and trained != configured:
            raise InputError(
                f"checkpoint {checkpoint} has the {key} language {trained}, languages.{key} is "
                f"{configured}"
            )


def _check_dictionaries(
    state: checkpoints.State, checkpoint: Path, data: Path, languages: Languages
) -> None:
    for side, language in (("encoder", languages.source), ("decoder", languages.target)):
        path = data / f"dict.{language}.txt"
        entries = len(read_dictionary(path)) + SPECIAL
        embedding = state["model"].get(f"{side}.embed_tokens.weight")
        if embedding is not None and len(embedding) != entries:
            raise InputError(
                f"{path} has {entries} entries, {SPECIAL} special ones included, and the {side} of "
                f"checkpoint {checkpoint} embeds {len(embedding)}: it is not the dictionary that "
                "the checkpoint was trained with"
            )


def _check_architecture(
    state: checkpoints.State, checkpoint: Path, other: checkpoints.State, dense: Path
) -> None:
    # All names, since the program that saved them decides whether tied ones share a tensor.
    shapes, expected = (
        {name: tuple(tensor.shape) for name, tensor in checkpoint_state["model"].items()}
        for checkpoint_state in (state, other)
    )
    for name in [*expected, *shapes]:
        if shapes.get(name) != expected.get(name):
            raise InputError(
                f"checkpoint {checkpoint} is of another architecture than its LTH0 {dense}: shape "
                f"of {name}: {shapes.get(name, 'none')}, LTH0's: {expected.get(name, 'none')}"
            )
