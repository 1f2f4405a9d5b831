"""Writing representations against the plain batched forward pass of the same batches, on CPU.

A Transformer of 6 + 6 layers of 512. Plain keeps nothing and computes no logits either. Each batch
is run both ways, the one right after the other and in turns first, since other jobs may come and
go. Counted is the CPU time of the process, system calls included; opening, syncing and publishing
the store and hashing the checkpoint are counted against us, loading the model is counted for none.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from fairseq import options, tasks
from fairseq.dataclass.utils import convert_namespace_to_omegaconf
from omegaconf import OmegaConf

from ticketscope.representations.batches import Text, batches, collate, encode
from ticketscope.representations.extraction import Extraction, describe, index_of
from ticketscope.representations.layout import Integers
from ticketscope.representations.model import LoadedModel, load_model
from ticketscope.representations.writing import new_store
from ticketscope.runtime.files import sha256

SENTENCES = 1000
TYPES = 8000
MAX_TOKENS = 2000  # smaller than the default: more batches, so more turns
LIMIT = 1024
LIMITS = {"states_ratio": ("at most", 1.05), "attention_ratio": ("at most", 1.05)}


def measure() -> dict[str, object]:
    """CPU seconds of writing over those of the plain pass, states only and with attention."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name, torch.inference_mode():
        folder = Path(name)
        checkpoint = untrained(folder)
        loaded = load_model(checkpoint, folder)
        source = encode(lines(1), loaded.source, LIMIT, "source")
        target = encode(lines(2), loaded.target, LIMIT, "target")
        states = compare(loaded, checkpoint, source, target, attention=False)
        attention = compare(loaded, checkpoint, source, target, attention=True)
    return {
        "states_ratio": states["ratio"],
        "attention_ratio": attention["ratio"],
        "positions": int(source.lengths.sum() + target.lengths.sum()),
        "states": states,
        "attention": attention,
    }


def compare(
    loaded: LoadedModel,
    checkpoint: Path,
    source: Text,
    target: Text,
    *,
    attention: bool,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, object]:
    """Seconds of writing and of the plain pass by a clock, and their ratio."""
    chosen_batches = list(batches(np.maximum(source.lengths, target.lengths), MAX_TOKENS))
    _plain(loaded, source, target, chosen_batches[0])
    plain, extracted = [], []
    with ExitStack() as stack:
        start = clock()
        description = describe(loaded, source, target, attention, "float16", sha256(checkpoint))
        writer = stack.enter_context(
            new_store(checkpoint.parent / "store", description, index_of(source, target))
        )
        around = clock() - start
        extraction = Extraction(loaded, source, target, attention, writer)
        for number, chosen in enumerate(chosen_batches):
            ways: list[tuple[list[float], Callable[[], None]]] = [
                (plain, lambda chosen=chosen: _plain(loaded, source, target, chosen)),
                (extracted, lambda chosen=chosen: extraction.batch(chosen)),
            ]
            for seconds, work in ways[:: 1 if number % 2 else -1]:
                start = clock()
                work()
                seconds.append(clock() - start)
        start = clock()
    around += clock() - start
    return {
        "ratio": round((sum(extracted) + around) / sum(plain), 4),
        "median_batch_ratio": round(
            statistics.median(a / b for a, b in zip(extracted, plain, strict=True)), 4
        ),
        "plain_seconds": round(sum(plain), 2),
        "around_seconds": round(around, 2),
        "batches": len(plain),
    }


def _plain(loaded: LoadedModel, source: Text, target: Text, chosen: Integers) -> None:
    source_batch = collate(source, chosen, loaded.source, left=True, shift=False)
    target_batch = collate(target, chosen, loaded.target, left=False, shift=True)
    loaded.model(
        source_batch.tokens.to(loaded.device),
        torch.from_numpy(source_batch.lengths).to(loaded.device),
        target_batch.tokens.to(loaded.device),
        features_only=True,
    )


def lines(seed: int, sentences: int = SENTENCES) -> list[str]:
    """Lines as long as those of news, words after Zipf."""
    generator = random.Random(seed)
    return [
        " ".join(
            f"w{min(int(generator.paretovariate(0.7)), TYPES - 1)}"
            for _ in range(max(3, round(generator.gammavariate(4, 6))))
        )
        for _ in range(sentences)
    ]


def untrained(folder: Path) -> Path:
    """A checkpoint of a model of 6 + 6 layers of 512, and its dictionaries, in `folder`."""
    for language in ("en", "de"):
        lines = "".join(f"w{number} 1\n" for number in range(1, TYPES))
        (folder / f"dict.{language}.txt").write_text(lines)
    parser = options.get_training_parser(default_task="translation")
    arguments = [
        str(folder), "--source-lang=en", "--target-lang=de", "--arch=transformer",
        "--share-all-embeddings",
    ]  # fmt: skip
    cfg = convert_namespace_to_omegaconf(options.parse_args_and_arch(parser, arguments))
    torch.manual_seed(1)
    torch.save(
        {
            "cfg": OmegaConf.to_container(cfg, resolve=True, enum_to_str=True),
            "model": tasks.setup_task(cfg.task).build_model(cfg.model).state_dict(),
            "optimizer_history": [
                {"optimizer_name": "Adam", "lr_scheduler_state": {}, "num_updates": 0}
            ],
            "extra_state": {"train_iterator": {"epoch": 1}},
        },
        folder / "checkpoint.pt",
    )
    return folder / "checkpoint.pt"
