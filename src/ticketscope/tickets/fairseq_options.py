"""Which options of fairseq-train the config passes on, and which it has keys for.

fairseq_options.json lists the architectures and options that the installed fairseq has for them
(`python -m tests.tickets.test_fairseq_options`), so that a start of Snakemake needs no fairseq.
"""

import difflib
import json
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
    "save-interval-updates": "training.save_interval_updates",
    "log-interval": "training.log_interval",
    "keep-last-epochs": "training.average_checkpoints",
    "distributed-world-size": "training.devices", "distributed-num-procs": "training.devices",
    "fp16": "training.precision", "bf16": "training.precision", "amp": "training.precision",
    "memory-efficient-fp16": "training.precision", "memory-efficient-bf16": "training.precision",
}  # fmt: skip

# Options that the project sets or relies on, and has no key for.
_FIXED = {
    "user-dir", "task", "criterion", "cpu", "tpu", "batch-size", "train-subset", "gen-subset",
    "disable-validation", "required-batch-size-multiple", "save-dir", "save-interval",
    "keep-interval-updates", "keep-interval-updates-pattern", "no-epoch-checkpoints", "no-save",
    "no-last-checkpoints", "no-save-optimizer-state", "checkpoint-suffix",
    "checkpoint-shard-count", "load-checkpoint-on-all-dp-ranks",
    "write-checkpoints-asynchronously", "no-progress-bar", "log-format", "log-file",
    "reset-logging", "suppress-crashes", "restore-file", "continue-once", "prune-mask",
    "finetune-from-model", "reset-dataloader", "reset-lr-scheduler", "reset-meters",
    "reset-optimizer", "optimizer-overrides", "distributed-rank", "distributed-backend",
    "distributed-init-method", "distributed-port", "distributed-no-spawn", "device-id",
    "nprocs-per-node", "num-shards", "shard-id", "pipeline-model-parallel", "model-parallel-size",
    "use-bmuf", "use-sharded-state", "export",
}  # fmt: skip

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


def check_options(options: Mapping[str, FlagValue]) -> None:
    """Refuse options that fairseq lacks, that the config has keys for, and values of other types.

    Raises:
        ValueError: names the option and what to do instead.
    """
    known: dict[str, str] = _installed()["options"]
    for name, value in options.items():
        if name in _KEYS:
            raise ValueError(f"{name} has a key of its own: use {_KEYS[name]}")
        if name in _FIXED:
            raise ValueError(f"{name} is set by the workflow, which relies on it: leave it out")
        if name not in known:
            raise ValueError(f"{name} is no option of fairseq-train; {_similar(name, known)}")
        if (problem := _problem(known[name], value)) is not None:
            raise ValueError(f"{name}: {problem}, given {value!r}")


def _problem(kind: str, value: FlagValue) -> str | None:
    """What is wrong with the value of an option; False leaves any option out."""
    if kind == "flag":
        return None if isinstance(value, bool) else "takes no value: true or false"
    if value is False or (kind == "text" and value is not True):
        # argparse would take it for the next option.
        is_option = isinstance(value, str) and value.startswith("--")
        return "should not begin with --" if is_option else None
    if value is True:
        return f"needs a value, which is {kind}"
    if isinstance(value, str):
        try:
            value = int(value) if kind == "integer" else float(value)
        except ValueError:
            return f"should be {kind}"
    return None if isinstance(value, _KINDS[kind]) else f"should be {kind}"


def _similar(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3)
    return f"did you mean {' or '.join(near)}?" if near else "see fairseq-train --help"
