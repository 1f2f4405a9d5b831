"""What a ticket's weights do on calibration sentences, for pruning criteria that see data.

The loss is the one that training minimises: label-smoothed cross-entropy, mean over the subwords of
a batch, here without dropout. Batches are fixed, so that the same ticket has the same statistics.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
import torch
from fairseq.modules import MultiheadAttention
from numpy.typing import NDArray
from torch.nn import functional

from ticketscope.errors import InputError
from ticketscope.representations.batches import Side, Text, batches, collate, encode, true_positions
from ticketscope.representations.model import LoadedModel
from ticketscope.representations.progress import Pace
from ticketscope.runtime.devices import full_memory
from ticketscope.tickets.criteria import STATISTICS
from ticketscope.tickets.masks import Mask

ADVICE = "lower pruning.calibration.max_tokens"
Arrays = dict[str, NDArray[np.float32]]
Progress = Callable[[str], None]


def draw_pairs(
    source: Sequence[str], target: Sequence[str], count: int, seed: int
) -> tuple[list[str], list[str]]:
    """So many pairs of a text, or all of a smaller one; the same for one seed, in their order."""
    chosen = np.random.default_rng(seed).permutation(len(source))[:count]
    chosen.sort()
    return [source[number] for number in chosen], [target[number] for number in chosen]


def saliency(
    loaded: LoadedModel,
    source: Sequence[str],
    target: Sequence[str],
    mask: Mask,
    *,
    statistic: str,
    label_smoothing: float,
    max_tokens: int,
    progress: Progress = print,
) -> Arrays:
    """A statistic of every prunable entry, summed over batches b of calibration sentences.

    ========================  ==================================================================
    statistic
    ========================  ==================================================================
    gradient_product          sum_b |w dL_b/dw| (Lee et al. 2019)
    squared_gradient_product  sum_b (w dL_b/dw)^2 (Molchanov et al. 2019)
    input_norm                the norm of a weight's input, sqrt(sum of squares over the tokens);
                              a bias has the input 1 (Sun et al. 2024)
    ========================  ==================================================================

    Args:
        loaded: The ticket.
        source: Subwords of the source sentences, a line a sentence.
        target: Of their translations.
        mask: The ticket's; what it has cut is zero in products.
        statistic: One of the table.
        label_smoothing: As in training.
        max_tokens: Batch size in subwords of the longer side, padding included.
        progress: Gets a line every few seconds.

    Returns:
        Arrays of the parameters' shapes, by the mask's names.

    Raises:
        InputError: there is no such statistic, it is none of embeddings and the mask has them, or a
            sentence is too long for the model.
    """
    if statistic not in STATISTICS:
        raise InputError(
            f"there is no statistic {statistic}; a criterion may need {', '.join(STATISTICS)}"
        )
    limits = [int(stack.max_positions()) for stack in (loaded.model.encoder, loaded.model.decoder)]
    texts = (
        encode(source, loaded.source, limits[0], "source"),
        encode(target, loaded.target, limits[1], "target"),
    )
    steps = _steps(loaded, *texts, max_tokens, progress)
    named = dict(loaded.model.named_parameters())
    weights = {name: named[name] for name in mask.kept}
    with full_memory(ADVICE):
        if statistic == "input_norm":
            return _input_norms(loaded, steps, weights)
        squared = statistic == "squared_gradient_product"
        return _gradient_products(loaded, steps, weights, label_smoothing, squared=squared)


@dataclass(frozen=True)
class _Step:
    """A batch: both sides, and the subwords that the decoder is to predict."""

    source: Side
    target: Side
    gold: torch.Tensor

    def features(self, loaded: LoadedModel) -> torch.Tensor:
        """The decoder's output at every true position (positions, dim)."""
        encoded = loaded.model.encoder(
            self.source.tokens.to(loaded.device),
            torch.from_numpy(self.source.lengths).to(loaded.device),
        )
        features, _ = loaded.model.decoder(
            self.target.tokens.to(loaded.device), encoder_out=encoded, features_only=True
        )
        return _true_rows(features.transpose(0, 1), self.target)


def _steps(
    loaded: LoadedModel, source: Text, target: Text, max_tokens: int, progress: Progress
) -> Iterator[_Step]:
    lengths = np.maximum(source.lengths, target.lengths)
    pace = Pace(int(lengths.sum()), "subwords", progress)
    for sentences in batches(lengths, max_tokens):
        yield _Step(
            collate(source, sentences, loaded.source, left=loaded.left_pad_source, shift=False),
            collate(target, sentences, loaded.target, left=False, shift=True),
            torch.cat([target.ids[number] for number in sentences]).to(loaded.device),
        )
        pace.advance(int(lengths[sentences].sum()))


def _true_rows(states: torch.Tensor, side: Side) -> torch.Tensor:
    """States (width, batch, dim) of the positions that are no padding (positions, dim)."""
    places = torch.from_numpy(true_positions(side)).to(states.device)
    return states.reshape(-1, states.shape[-1]).index_select(0, places)


def _gradient_products(
    loaded: LoadedModel,
    steps: Iterator[_Step],
    weights: Mapping[str, torch.nn.Parameter],
    smoothing: float,
    *,
    squared: bool,
) -> Arrays:
    sums = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    try:
        for weight in weights.values():
            weight.requires_grad_(True)
        for step in steps:
            logits = loaded.model.decoder.output_layer(step.features(loaded)).float()
            # fairseq shares the smoothing's mass among the other types, torch among all.
            share = smoothing * logits.shape[1] / (logits.shape[1] - 1)
            loss = functional.cross_entropy(logits, step.gold, label_smoothing=share)
            gradients = torch.autograd.grad(loss, list(weights.values()))
            for (name, weight), gradient in zip(weights.items(), gradients, strict=True):
                product = weight.detach() * gradient
                sums[name] += product.square() if squared else product.abs()
    finally:
        for weight in weights.values():
            weight.requires_grad_(False)
    return {name: array.cpu().numpy() for name, array in sums.items()}


def _input_norms(
    loaded: LoadedModel, steps: Iterator[_Step], weights: Mapping[str, torch.nn.Parameter]
) -> Arrays:
    modules = dict(loaded.model.named_modules())
    names = dict.fromkeys(name.rpartition(".")[0] for name in weights)
    squares: dict[str, torch.Tensor] = {}
    tokens: Counter[str] = Counter()
    current: list[_Step] = []

    def watch(name: str) -> Callable[[torch.nn.Module, tuple[torch.Tensor, ...]], None]:
        # The decoder reads the target, but for keys and values of its attention to the source.
        reads_source = name.startswith("encoder.") or re.search(r"encoder_attn\.[kv]_proj$", name)

        def read(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            side = current[0].source if reads_source else current[0].target
            rows = _true_rows(inputs[0], side).double()
            squares[name] = squares.get(name, 0) + rows.square().sum(0)
            tokens[name] += len(rows)

        return read

    with ExitStack() as stack:
        for module in modules.values():
            if isinstance(module, MultiheadAttention):
                # Else the fused attention reads the projections' weights and calls no projection.
                stack.callback(setattr, module, "skip_embed_dim_check", module.skip_embed_dim_check)
                module.skip_embed_dim_check = True
        for name in names:
            if not isinstance(modules[name], torch.nn.Linear):
                raise InputError(
                    f"{name} has no inputs to measure: a criterion that needs input_norm ranks no "
                    "embeddings (pruning.embeddings)"
                )
            handle = modules[name].register_forward_pre_hook(watch(name))
            stack.callback(handle.remove)
        stack.enter_context(torch.inference_mode())
        for step in steps:
            current[:] = [step]
            step.features(loaded)
    arrays: Arrays = {}
    for name, weight in weights.items():
        module, _, kind = name.rpartition(".")
        norms = squares[module].sqrt().float().cpu().numpy()
        bias = np.full(weight.shape, np.sqrt(tokens[module]), dtype=np.float32)
        arrays[name] = np.broadcast_to(norms, weight.shape).copy() if kind == "weight" else bias
    return arrays
