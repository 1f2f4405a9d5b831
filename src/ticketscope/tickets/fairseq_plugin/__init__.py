"""fairseq's `--user-dir`: a translation task that keeps pruned weights pruned.

The task is the one place of fairseq that sees parameter names and the optimiser together. It
masks gradients before they are measured and clipped, and weights after every update. Zeroing once
is not enough, nor is masking gradients alone: Adam's moments would revive every weight.

Importing it also lets `torch.load` read fairseq's checkpoints with `weights_only` on.
"""

import argparse
import re
from dataclasses import dataclass, field
from typing import Any, Optional

import torch
from fairseq.tasks import register_task
from fairseq.tasks.translation import TranslationConfig, TranslationTask
from fairseq.utils import set_torch_seed

from ticketscope.tickets.fairseq_plugin.watched import WatchedTask
from ticketscope.tickets.masks import Mask
from ticketscope.upstream import fairseq_fp16, fairseq_updates
from ticketscope.upstream.fairseq_batches import SameBatches
from ticketscope.upstream.fairseq_empty_batches import NoEmptyBatch
from ticketscope.upstream.fairseq_meters import RowsOfOneEpoch

torch.serialization.add_safe_globals([argparse.Namespace])
fairseq_fp16.apply()
fairseq_updates.apply()


@dataclass
class MaskedTranslationConfig(TranslationConfig):
    """Options of the task."""

    prune_mask: Optional[str] = field(  # noqa: UP045 - fairseq reads no other spelling
        default=None, metadata={"help": "safetensors file with the mask of the ticket"}
    )
    init_seed: Optional[int] = field(  # noqa: UP045
        default=None, metadata={"help": "seed of the initial weights, if it is not --seed"}
    )


@register_task("masked_translation", dataclass=MaskedTranslationConfig)
class MaskedTranslationTask(
    WatchedTask, SameBatches, NoEmptyBatch, RowsOfOneEpoch, TranslationTask
):
    """Translation with a fixed pruning mask; without a mask it is fairseq's own."""

    cfg: MaskedTranslationConfig
    _weights: list[torch.nn.Parameter] | None = None
    _masks: list[torch.Tensor]

    def build_model(self, cfg, *args, **options):  # type: ignore[no-untyped-def]
        """With weights of another seed, if one is given; all else is drawn from fairseq's own."""
        if self.cfg.init_seed is not None:
            set_torch_seed(self.cfg.init_seed)
        return super().build_model(cfg, *args, **options)

    def train_step(  # type: ignore[no-untyped-def]
        self, sample, model, criterion, optimizer, update_num, ignore_grad=False
    ):
        """Forward and backward, then no gradient where the mask has cut."""
        if self.cfg.prune_mask is not None and self._weights is None:
            # Before the first forward pass: weights that were just drawn are not masked yet.
            self._bind(model)
            self._clear(optimizer)
        result = super().train_step(
            sample, model, criterion, optimizer, update_num, ignore_grad=ignore_grad
        )
        if self._weights is not None:
            gradients, masks = [], []
            for weight, mask in zip(self._weights, self._masks, strict=True):
                if weight.grad is not None:
                    gradients.append(weight.grad)
                    masks.append(mask)
            torch._foreach_mul_(gradients, masks)
        return result

    def optimizer_step(self, optimizer, model, update_num) -> None:  # type: ignore[no-untyped-def]
        """Update, then zero where the mask has cut, whatever the optimiser did there."""
        super().optimizer_step(optimizer, model, update_num)
        if self._weights is not None:
            with torch.no_grad():
                torch._foreach_mul_([weight.data for weight in self._weights], self._masks)

    def _bind(self, model: torch.nn.Module) -> None:
        """Pair the mask's arrays with the model's parameters, on their device, in their type."""
        mask = Mask.load(str(self.cfg.prune_mask))
        # Each of two wrappers for several devices puts `module.` before every name.
        named = {re.sub(r"^(module\.)+", "", name): p for name, p in model.named_parameters()}
        mask.check_fits({name: tuple(p.shape) for name, p in named.items()}, "the model")
        self._weights = [named[name] for name in mask.kept]
        self._masks = [
            torch.from_numpy(kept).to(device=named[name].device, dtype=named[name].dtype)
            for name, kept in mask.kept.items()
        ]

    @torch.no_grad()
    def _clear(self, optimizer: Any) -> None:
        """Zero masked weights, their float32 masters and both of Adam's moments, once."""
        masks = {id(w): m for w, m in zip(self._weights or [], self._masks, strict=True)}
        for tensor, mask in _owned_tensors(optimizer, masks):
            tensor.data.mul_(mask)
            for moment in optimizer.optimizer.state.get(tensor, {}).values():
                if isinstance(moment, torch.Tensor) and moment.shape == tensor.shape:
                    moment.mul_(mask)
        torch._foreach_mul_([weight.data for weight in self._weights or []], self._masks)


@register_task("masked_translation_tf32", dataclass=MaskedTranslationConfig)
class Tf32Task(MaskedTranslationTask):
    """Products of float32 matrices round their factors to TF32 on GPUs that can."""

    def begin_epoch(self, epoch, model) -> None:  # type: ignore[no-untyped-def]
        """From the first epoch of a training on; analyses of its tickets stay in float32."""
        super().begin_epoch(epoch, model)
        torch.backends.cuda.matmul.allow_tf32 = True


@register_task("masked_translation_bf16", dataclass=MaskedTranslationConfig)
class Bfloat16Task(MaskedTranslationTask):
    """The forward pass computes in bfloat16; weights, gradients and moments are float32.

    So all that a training goes on from is saved as it is. fairseq's own bf16 wants a TPU.
    """

    def train_step(  # type: ignore[no-untyped-def]
        self, sample, model, criterion, optimizer, update_num, ignore_grad=False
    ):
        """As without; fairseq switches autocast off around the criterion, hence on within it."""

        def autocast(model, sample):  # type: ignore[no-untyped-def]
            with torch.autocast(sample["target"].device.type, torch.bfloat16):
                return criterion(model, sample)

        return super().train_step(
            sample, model, autocast, optimizer, update_num, ignore_grad=ignore_grad
        )


def _owned_tensors(
    optimizer: Any, masks: dict[int, torch.Tensor]
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The tensors that the optimiser updates, each with its mask; all ones where nothing is cut.

    These are the parameters; in fp16 float32 masters, one a parameter or all of a device's
    parameters in one flat tensor.
    """
    if not hasattr(optimizer, "fp16_params"):
        return [(p, masks[id(p)]) for p in optimizer.params if id(p) in masks]
    parameters = [p for p in optimizer.fp16_params if p.requires_grad]
    full = [masks.get(id(p), torch.ones_like(p)) for p in parameters]
    if not optimizer.has_flat_params:
        return list(zip(optimizer.fp32_params, full, strict=True))
    flat = []
    for device, master in optimizer.fp32_params.items():
        parts = [
            mask.reshape(-1)
            for p, mask in zip(parameters, full, strict=True)
            if p.device.index == device
        ]
        flat.append((master, torch.cat(parts)))
    return flat
