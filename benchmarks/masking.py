"""Mask enforcement against stock fairseq: training throughput on CPU, the default's model.

Both trainings run at the same time, one on each core, and change cores each round: what disturbs
one disturbs the other.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from ticketscope.config import Config
from ticketscope.corpus.binarize import binarize
from ticketscope.corpus.grammar import generate, write_corpus
from ticketscope.corpus.subwords import build_subwords
from ticketscope.runtime.processes import fairseq_environment
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup, command
from ticketscope.tickets.criteria.random import scores as random
from ticketscope.tickets.cut import cut
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import is_prunable

ROUNDS = 8  # even, so that each of the two trains as often on each core
EPOCHS = 8
LIMITS = {"ratio_median": ("at least", 0.98)}
SPLITS, LANGUAGES = ["train", "valid", "test"], ["en", "de"]


def measure() -> dict[str, object]:
    """Throughput with a mask at 50 % over throughput without any of our code: a ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        setup = toy_setup(folder)
        mask = half_mask(setup, folder)
        ratios, speeds = [], []
        for number in range(ROUNDS):
            cores = sorted(os.sched_getaffinity(0))[:2]
            with_mask, stock = _pair(setup, folder, mask, cores[:: 1 if number % 2 else -1])
            ratios.append(with_mask / stock)
            speeds.append([round(with_mask), round(stock)])
    return {
        "ratio_median": round(statistics.median(ratios), 4),
        "ratios": [round(ratio, 4) for ratio in ratios],
        "tokens_per_second_masked_and_stock": speeds,
    }


def toy_setup(folder: Path, pairs: int = 3000) -> Setup:
    """The default's model and training on pairs of the toy grammar, made in `folder`."""
    config = Config()
    lines = generate(seed=1, train=pairs, valid=50, test=50, unseen=50, longest=12, exponent=2.0)
    write_corpus(lines, folder / "raw")
    build_subwords(
        folder / "raw",
        folder / "bpe",
        splits=SPLITS,
        languages=LANGUAGES,
        tokenizer=config.subwords.tokenizer,
        size=config.subwords.size,
        pretokenized={},
    )
    binarize(
        {split: folder / f"bpe/{split}" for split in SPLITS},
        folder / "bin",
        source="en",
        target="de",
    )
    return Setup(config.model, config.training, config.languages, folder / "bin", seed=1)


def half_mask(setup: Setup, folder: Path) -> Path:
    """Half of every prunable parameter of the default's model, cut at random."""
    arguments = command(setup, folder / "shapes", max_epoch=1, cpu=True)
    subprocess.run(
        [*arguments, "--max-update", "1"],
        check=True,
        capture_output=True,
        env=fairseq_environment(""),
    )
    state = checkpoints.load(folder / "shapes/checkpoint_last.pt")
    dense = Mask.full(
        {
            name: tuple(tensor.shape)
            for name, tensor in checkpoints.parameters(state).items()
            if is_prunable(name, embeddings=False, biases=True)
        }
    )
    scores = random(checkpoints.masked_weights(state, dense, "the model"), seed=1, k=1)
    mask = cut(dense, scores, 0.5, "global")
    mask.save(folder / "mask.safetensors")
    return folder / "mask.safetensors"


def _pair(setup: Setup, folder: Path, mask: Path, cores: list[int]) -> tuple[float, float]:
    masked = command(setup, folder / "masked", max_epoch=EPOCHS, cpu=True, mask=mask)
    unmasked = stock(command(setup, folder / "stock", max_epoch=EPOCHS, cpu=True))
    running = [
        subprocess.Popen(
            [*arguments, "--no-save"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=fairseq_environment("") | {"OMP_NUM_THREADS": "1"},
            preexec_fn=lambda core=core: os.sched_setaffinity(0, {core}),
        )
        for arguments, core in zip((masked, unmasked), cores, strict=True)
    ]
    printed = [process.communicate()[0] for process in running]
    for process, text in zip(running, printed, strict=True):
        if process.returncode:
            sys.exit(text[-2000:])
    return throughput(printed[0]), throughput(printed[1])


def stock(arguments: list[str]) -> list[str]:
    """The same training by fairseq alone, without our start, plugin and task."""
    arguments = list(arguments)
    arguments[1:4] = ["-m", "fairseq_cli.train"]
    at = arguments.index("--user-dir")
    del arguments[at : at + 2]
    arguments[arguments.index("masked_translation")] = "translation"
    return arguments


def throughput(printed: str) -> float:
    """Target subwords a second, over all epochs after the first.

    Epoch rows, not those in between: the plugin begins its rows anew at each epoch, so the two
    trainings' rows cover different updates, while their epochs are the same work.
    """
    rows = [json.loads(text) for text in re.findall(r"\| train \| (\{.*\})", printed)]
    rows = [row for row in rows if row["epoch"] > 1]
    return len(rows) / sum(1 / float(row["train_wps"]) for row in rows)
