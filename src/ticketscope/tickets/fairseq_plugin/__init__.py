"""fairseq's `--user-dir`: a translation task that resumes exactly and keeps pruned weights pruned.

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
from fairseq.logging import metrics
from fairseq.tasks import register_task
from fairseq.tasks.translation import TranslationConfig, TranslationTask
from fairseq.utils import set_torch_seed

from ticketscope.runtime.startup import start_up
from ticketscope.tickets.fairseq_plugin.interruption import save_on_sigterm
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.watch import BATCHES, LEFT_OUT, OUT_OF_MEMORY
from ticketscope.upstream import fairseq_fp16, fairseq_updates

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
class MaskedTranslationTask(TranslationTask):
    """Translation with a fixed pruning mask; without a mask it is fairseq's own."""

    cfg: MaskedTranslationConfig
    _weights: list[torch.nn.Parameter] | None = None
    _masks: list[torch.Tensor]
    _begun = False

    def build_model(self, cfg, *args, **options):  # type: ignore[no-untyped-def]
        """With weights of another seed, if one is given; all else is drawn from fairseq's own."""
        if self.cfg.init_seed is not None:
            set_torch_seed(self.cfg.init_seed)
        return super().build_model(cfg, *args, **options)

    def get_batch_iterator(self, dataset, *args, epoch=1, **options):  # type: ignore[no-untyped-def]
        """The same batches whichever epoch a process begins in.

        fairseq sorts sentences into batches once a process, with a seed that counts the epoch in
        which it began. A resumed or rewound training would see other batches than the training it
        continues; batches are those of epoch 1 here, and each epoch still shuffles them anew.
        """
        known = self.dataset_to_epoch_iter.get(dataset)
        iterator = super().get_batch_iterator(dataset, *args, epoch=1, **options)
        if iterator is not known:
            iterator.epoch = max(epoch, 1)
            dataset.set_epoch(iterator.epoch)
            iterator.collate_fn = _NoEmptyBatch(dataset, self.target_dictionary.pad())
            # In one write: the processes of a training print into one stream.
            print(f"{BATCHES}{len(iterator)}\n", end="", flush=True)
        return iterator

    def filter_indices_by_size(self, indices, dataset, *args, **options):  # type: ignore[no-untyped-def]
        """The same, and a line on pairs that are too long, which fairseq leaves out."""
        kept = super().filter_indices_by_size(indices, dataset, *args, **options)
        if len(kept) < len(indices):
            counts = (len(indices) - len(kept), len(indices), int(dataset.sizes.max()))
            print(f"{LEFT_OUT}{' '.join(map(str, counts))}\n", end="", flush=True)
        return kept

    def begin_epoch(self, epoch, model) -> None:  # type: ignore[no-untyped-def]
        """Rows of the log average over updates of one epoch only, so that a resumed run's match."""
        super().begin_epoch(epoch, model)
        metrics.reset_meters("train_inner")
        save_on_sigterm()
        if not self._begun:
            self._begun = True
            print(f"{start_up()}\n", end="", flush=True)

    def train_step(  # type: ignore[no-untyped-def]
        self, sample, model, criterion, optimizer, update_num, ignore_grad=False
    ):
        """Forward and backward, then no gradient where the mask has cut.

        Raises:
            SystemExit: the device's memory is full. fairseq would drop the update, go on, and end
                as if nothing had happened.
        """
        if self.cfg.prune_mask is not None and self._weights is None:
            # Before the first forward pass: weights that were just drawn are not masked yet.
            self._bind(model)
            self._clear(optimizer)
        try:
            result = super().train_step(
                sample, model, criterion, optimizer, update_num, ignore_grad=ignore_grad
            )
        except RuntimeError as error:
            if "out of memory" in str(error):
                raise SystemExit(f"{OUT_OF_MEMORY}{update_num}: {error}") from error
            raise
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


class _NoEmptyBatch:
    """Puts sentences into a batch; none become a batch with nothing to predict.

    With several devices an epoch's end may leave some without a batch. fairseq then forgets what
    such a device has predicted in earlier batches of the same update, and divides the gradient by
    too little. A batch in which every label is padding adds nothing, to any sum.
    """

    def __init__(self, dataset: Any, padding: int) -> None:
        self._dataset, self._padding = dataset, padding

    def __call__(self, sentences: list[Any]) -> dict[str, Any]:
        if sentences:
            return self._dataset.collater(sentences)
        batch = self._dataset.collater([self._dataset[0]])
        batch["target"].fill_(self._padding)
        batch["ntokens"] = 0
        return batch


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
