"""Which options of fairseq-train the config passes on, and which it has keys for.

fairseq_options.json lists the architectures and options that the installed fairseq has for them
(`python -m tests.tickets.test_fairseq_options`), so that a start of Snakemake needs no fairseq.
"""

import difflib
import json
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ticketscope.errors import hint
from ticketscope.settings import FlagValue

# Options that the project sets, and where it takes them from: the last to be given would win.
_KEYS = {
    "seed": "seeds", "init-seed": "rewinding.kind: redrawn", "arch": "model.arch",
    "source-lang": "languages.source", "target-lang": "languages.target",
    "optimizer": "training.optimizer", "adam-betas": "training.adam_betas",
    "adam-eps": "training.adam_eps", "weight-decay": "training.weight_decay",
    "lr": "training.lr", "lr-scheduler": "training.lr_scheduler",
    "warmup-updates": "training.warmup_updates", "warmup-init-lr": "training.warmup_init_lr",
    "label-smoothing": "training.label_smoothing", "dropout": "training.dropout",
    "clip-norm": "training.clip_norm", "max-tokens": "training.max_tokens",
    "update-freq": "training.update_freq", "max-epoch": "training.max_epoch",
    "max-update": "training.max_epoch",
    "save-interval-updates": "training.save_interval_updates",
    "log-interval": "training.log_interval",
    "keep-last-epochs": "training.average_checkpoints",
    "distributed-world-size": "training.devices", "distributed-num-procs": "training.devices",
    "fp16": "training.precision", "bf16": "training.precision", "amp": "training.precision",
    "memory-efficient-fp16": "training.precision", "memory-efficient-bf16": "training.precision",
    # The same, since the dictionary is joined.
    "merge-src-tgt-embed": "model.overrides: share-all-embeddings",
}  # fmt: skip

# Options that the project sets or relies on, and has no key for.
_FIXED = {
    "user-dir", "task", "criterion", "cpu", "tpu", "batch-size", "max-sentences", "train-subset",
    "gen-subset", "disable-validation", "required-batch-size-multiple", "save-dir", "save-interval",
    "dataset-impl", "load-alignments",
    "keep-interval-updates", "keep-interval-updates-pattern", "no-epoch-checkpoints", "no-save",
    "no-last-checkpoints", "no-save-optimizer-state", "checkpoint-suffix",
    "checkpoint-shard-count", "load-checkpoint-on-all-dp-ranks",
    "write-checkpoints-asynchronously", "save-async", "no-progress-bar", "log-format", "log-file",
    "reset-logging", "suppress-crashes", "restore-file", "continue-once", "prune-mask",
    "finetune-from-model", "reset-dataloader", "reset-lr-scheduler", "reset-meters",
    "reset-optimizer", "optimizer-overrides", "distributed-rank", "distributed-backend",
    "distributed-init-method", "distributed-port", "distributed-no-spawn", "device-id",
    "nprocs-per-node", "num-shards", "shard-id", "pipeline-model-parallel", "model-parallel-size",
    "use-bmuf", "use-sharded-state", "export",
    "left-pad-source",  # fairseq's flag of this name switches it off
}  # fmt: skip

# A ticket would be published of a training that stopped early, and retrained by no update.
_ENDING = {"stop-time-hours", "stop-min-lr"}

_VALIDATING = {
    "patience", "nval", "valid-subset", "validate-interval", "validate-interval-updates",
    "validate-after-updates", "max-valid-steps", "batch-size-valid", "max-sentences-valid",
    "max-tokens-valid", "fixed-validation-seed", "ignore-unused-valid-subsets",
    "combine-valid-subsets", "combine-val", "skip-invalid-size-inputs-valid-test",
    "best-checkpoint-metric", "maximize-best-checkpoint-metric", "keep-best-checkpoints",
    "eval-bleu", "eval-bleu-args", "eval-bleu-detok", "eval-bleu-detok-args",
    "eval-bleu-print-samples", "eval-bleu-remove-bpe", "eval-tokenized-bleu", "bpe", "tokenizer",
    "scoring",
}  # fmt: skip

# `representations.model` reads layers with self-attention and encoder-decoder attention, and logits
# of one projection. Layers that fairseq drops as it loads are dropped anew for each ticket.
_UNREADABLE = {
    "no-cross-attention", "cross-self-attention", "base-layers", "adaptive-softmax-cutoff",
    "encoder-layers-to-keep", "decoder-layers-to-keep", "quantization-config-path",
}  # fmt: skip

# Values of an option that would end every training at its first update.
_USELESS = {
    "ddp-backend": {
        "fully_sharded": "flattens the matrices that masks are of: use legacy_ddp or pytorch_ddp",
        "slowmo": "needs the package fairscale: use legacy_ddp or pytorch_ddp",
    },
    "fp16-adam-stats": {"True": "needs the package apex: leave it out"},
    "use-plasma-view": {"True": "needs a part of pyarrow that is no more: leave it out"},
}

# Options whose default is another option: to fairseq's parser these are texts.
_TYPED = {"total-num-update": "number", "decoder-output-dim": "integer"}

# Subwords that a batch, or a model, can hold at least: every text has longer sentences.
LEAST_TOKENS = 8

# Least values, where fairseq takes smaller ones and fails in the first training.
_AT_LEAST = {
    "max-source-positions": LEAST_TOKENS, "max-target-positions": LEAST_TOKENS,
    "total-num-update": 1, "lr-period-updates": 1, "num-workers": 0, "decoder-output-dim": 1,
} | {
    f"{side}-{size}": least
    for side in ("encoder", "decoder")
    for size, least in (
        ("embed-dim", 4),  # the sinusoids of positions need two frequencies
        ("ffn-embed-dim", 1), ("layers", 1), ("attention-heads", 1),
    )
}  # fmt: skip

# Options that are probabilities, by the ends of their names.
_PROBABILITIES = ("-dropout", "-layerdrop", "quant-noise-pq", "quant-noise-scalar")

# What a schedule cannot do without: by default fairseq takes them from max-update.
_NEEDED = {"cosine": "lr-period-updates", "polynomial_decay": "total-num-update"}

_KINDS: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float)}


@cache
def _installed() -> dict[str, Any]:
    path = Path(__file__).with_name("fairseq_options.json")
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return known


def check_architecture(name: str) -> None:
    """Refuse what is no Transformer encoder-decoder of fairseq.

    Raises:
        ValueError: names the most similar architecture, or all.
    """
    known = _installed()["architectures"]
    if name not in known:
        raise ValueError(f"is no Transformer of fairseq; {hint(name, known)}")


@cache
def refused() -> dict[str, str]:
    """Options of fairseq-train that no config may have, and why."""
    return (
        {name: f"has a key of its own: use {key}" for name, key in _KEYS.items()}
        | dict.fromkeys(_FIXED, "is set by the workflow, which relies on it: leave it out")
        | dict.fromkeys(_ENDING, "would end a training before its last epoch: leave it out")
        | dict.fromkeys(
            _VALIDATING, "has no effect, since trainings validate nothing: leave it out"
        )
        | dict.fromkeys(_UNREADABLE, "makes a Transformer that no later job can read: leave it out")
    )


def check_options(options: Mapping[str, FlagValue]) -> None:
    """Refuse options that fairseq lacks, that the config has keys for, and values of other types.

    Raises:
        ValueError: names the option and what to do instead.
    """
    known: dict[str, str | list[str]] = _installed()["options"]
    for name, value in options.items():
        if name in (reasons := refused()):
            raise ValueError(f"{name} {reasons[name]}")
        if name not in known:
            raise ValueError(f"{name} is no option of fairseq-train; {_similar(name, known)}")
        kind = _TYPED.get(name, known[name])
        if problem := _problem(kind, value) or _out_of_bounds(name, value):
            raise ValueError(f"{name}: {problem}, given {value!r}")
        if (why := _USELESS.get(name, {}).get(str(value))) is not None:
            raise ValueError(f"{name}: {value} {why}")


def check_schedule(scheduler: str, warmup: int, options: Mapping[str, FlagValue]) -> None:
    """Refuse what fairseq's learning-rate schedules do.

    Args:
        scheduler: Name of the schedule.
        warmup: Updates until the peak learning rate.
        options: The other options.

    Raises:
        ValueError: begins with the key, and says what to do instead.
    """
    if scheduler == "inverse_sqrt" and not warmup:
        raise ValueError("training.warmup_updates: inverse_sqrt needs at least 1")
    needed = _NEEDED.get(scheduler)
    if needed is not None and not options.get(needed):
        raise ValueError(
            f"training.lr_scheduler: {scheduler} needs {needed}: give it in training.extra"
        )
    schedules: dict[str, list[str]] = _installed()["schedulers"]
    for name in options:
        owners = [owner for owner, names in schedules.items() if name in names]
        if owners and scheduler not in owners:
            raise ValueError(
                f"training.extra: {name} is an option of the schedule {' or '.join(owners)}, "
                f"lr_scheduler is {scheduler}"
            )


def sizes(architecture: str, overrides: Mapping[str, FlagValue]) -> dict[str, int]:
    """Dimensions and heads of a model, by fairseq's options.

    Args:
        architecture: Its name, which `check_architecture` has checked.
        overrides: What is different, which `check_options` has checked.
    """
    has: dict[str, Any] = dict(_installed()["architectures"][architecture])
    # False leaves any option out.
    has |= {option: overrides[option] for option in has if overrides.get(option)}
    # Where nothing says otherwise, a decoder is as wide as its encoder.
    return {
        option: int(has[option.replace("decoder", "encoder")] if value is None else value)
        for option, value in has.items()
    }


def check_sizes(architecture: str, overrides: Mapping[str, FlagValue]) -> None:
    """Refuse dimensions and embeddings that do not go together, the architecture's included.

    Raises:
        ValueError: names the options and their values.
    """
    has = sizes(architecture, overrides)
    for side in ("encoder", "decoder"):
        dim, heads = has[f"{side}-embed-dim"], has[f"{side}-attention-heads"]
        if dim % heads:
            raise ValueError(
                f"{side}-embed-dim ({dim}) must be a multiple of {side}-attention-heads ({heads}) "
                f"of {architecture}"
            )
    dims = [has[f"{side}-embed-dim"] for side in ("encoder", "decoder")]
    if overrides.get("share-all-embeddings") and dims[0] != dims[1]:
        raise ValueError(
            f"encoder-embed-dim is {dims[0]} and decoder-embed-dim {dims[1]} with {architecture}, "
            "and share-all-embeddings needs them to be equal"
        )
    paths = [overrides.get(f"{side}-embed-path") for side in ("encoder", "decoder")]
    if overrides.get("share-all-embeddings") and paths[1] and paths[0] != paths[1]:
        raise ValueError(
            "decoder-embed-path is not encoder-embed-path, and share-all-embeddings needs them to "
            "be equal"
        )
    shares = ("share-all-embeddings", "share-decoder-input-output-embed")
    output = overrides.get("decoder-output-dim") or dims[1]
    if any(overrides.get(name) for name in shares) and str(output) != str(dims[1]):
        raise ValueError(
            f"decoder-output-dim, {output}, is not decoder-embed-dim, {dims[1]}, whose matrix the "
            "output shares"
        )


def _problem(kind: str | list[str], value: FlagValue) -> str | None:
    """What is wrong with the value of an option; False leaves any option out."""
    if kind == "flag":
        return None if isinstance(value, bool) else "takes no value: true or false"
    if value is False:
        return None
    if isinstance(kind, list):
        return None if value in kind else f"should be {', '.join(map(repr, kind))}"
    if value is True:
        return f"needs a value, which is {kind}"
    if kind == "text":
        # argparse would take it for the next option, if it is no number.
        is_option = isinstance(value, str) and re.match(r"-(?![\d.]+$)", value)
        return "should not begin with -" if is_option else None
    if isinstance(value, str):
        try:
            value = int(value) if kind == "integer" else float(value)
        except ValueError:
            return f"should be {kind}"
    if isinstance(value, float) and not math.isfinite(value):
        return "should be a finite number"
    return None if isinstance(value, _KINDS[kind]) else f"should be {kind}"


def _out_of_bounds(name: str, value: FlagValue) -> str | None:
    """What is wrong with the size of a value whose type is right."""
    if value is False:
        return None
    least = _AT_LEAST.get(name)
    if least is not None and float(value) < least:
        return f"should be at least {least}"
    if name.endswith(_PROBABILITIES) and not 0 <= float(value) < 1:
        return "should be at least 0 and less than 1"
    return None


def _similar(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3)
    return f"did you mean {' or '.join(near)}?" if near else "see fairseq-train --help"
