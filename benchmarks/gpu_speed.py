"""Steps of `gpu_check` that measure: speed, and the most memory."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import torch

import extraction
import masking
from gpu_step import CheckError, Numbers, Step, require, show_end
from similarity import Made
from ticketscope import config
from ticketscope.corpus.binarize import binarize
from ticketscope.representations.batches import encode
from ticketscope.representations.model import load_model
from ticketscope.runtime.processes import fairseq_environment
from ticketscope.similarity.covariance import cross_covariances
from ticketscope.similarity.layers import layer_sim_of
from ticketscope.tickets.command import Setup, command

ROOT = Path(__file__).parents[1]


def throughput(step: Step) -> Numbers:
    """Training with a mask beside stock fairseq, in turns: at least .95 of its speed."""
    setup = masking.toy_setup(step.folder, step.pairs)
    mask = masking.half_mask(setup, step.folder)
    epochs = 2 if step.tiny else 5
    options: Numbers = {"max_epoch": epochs, "cpu": step.on_cpu}
    masked = command(setup, step.folder / "masked", mask=mask, **options)
    stock = masking.stock(command(setup, step.folder / "stock", **options))
    speeds: dict[str, list[float]] = {"masked": [], "stock": []}
    order = ["stock", "masked"] if step.tiny else ["stock", "masked", "masked", "stock"]
    for name in order:
        printed = _fairseq(
            [*(masked if name == "masked" else stock), "--no-save"], step.visible_gpu
        )
        speeds[name].append(masking.throughput(printed))
    ratio = sum(speeds["masked"]) / sum(speeds["stock"])
    require(step.tiny or ratio >= 0.95, f"with a mask, training is {ratio:.3f} as fast")
    return {"ratio": round(ratio, 3), "tokens_per_second": speeds}


def _fairseq(arguments: list[str], gpu: str) -> str:
    done = subprocess.run(
        arguments,
        env=fairseq_environment(gpu),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CheckError(f"fairseq-train failed, as shown: {show_end(done.stdout)}")
    return done.stdout


def representations(step: Step) -> Numbers:
    """Writing states and attention over the plain forward pass, in wall-clock time."""
    sentences = 20 if step.tiny else extraction.SENTENCES
    checkpoint = extraction.untrained(step.folder)
    loaded = load_model(checkpoint, step.folder, step.device)
    source, target = (
        encode(extraction.lines(seed, sentences), dictionary, extraction.LIMIT, side)
        for seed, dictionary, side in (
            (1, loaded.source, "source"), (2, loaded.target, "target")
        )
    )  # fmt: skip
    with torch.inference_mode():
        compared = {
            name: extraction.compare(
                loaded, checkpoint, source, target, attention=attention, clock=step.clock
            )
            for name, attention in (("states", False), ("attention", True))
        }
    return compared | {"peak_gib": step.peak_gib()}


def networks(step: Step) -> Numbers:
    """All pairs of 54 networks of 1024 neurons over 120,000 tokens, in one pass."""
    count, tokens = (4, 300) if step.tiny else (54, 120_000)
    made = [Made(tokens, seed) for seed in range(count)]
    pairs = [(i, j) for i in range(count) for j in range(i)]
    sums = []
    seconds = step.seconds(lambda: sums.append(cross_covariances(made, pairs, device=step.device)))
    value = float(layer_sim_of(sums[0], 1, 0))
    require(0 <= value <= 1, f"LayerSim is {value}")
    operations = 2 * tokens * made[0].shape[1] ** 2 * (len(pairs) + count)
    return {
        "pairs": len(pairs),
        "pass_seconds": round(seconds, 1),
        "tflops": round(operations / seconds / 1e12, 2),
        "peak_gib": step.peak_gib(),
    }


def transformer_big(step: Step) -> Numbers:
    """Three updates of the paper's model with 10,000 tokens each, in fp32 and bf16."""
    paper = config.load(ROOT / "config.yaml", ROOT / "config/wmt16.yaml")
    types = 60 if step.tiny else 32_760
    rng = np.random.default_rng(1)
    numbers = np.concatenate([rng.permutation(types) for _ in range(2)])
    lines = [" ".join(f"w{n}" for n in row) for row in np.array_split(numbers, len(numbers) // 24)]
    for split in ("train", "valid", "test"):
        for language in ("en", "de"):
            chosen = lines if split == "train" else lines[:2]
            (step.folder / f"{split}.{language}").write_text("\n".join(chosen) + "\n")
    prefixes = {split: step.folder / split for split in ("train", "valid", "test")}
    binarize(prefixes, step.folder / "bin", source="en", target="de")
    model = paper.model
    small = {
        f"{side}-{key}": 16
        for side in ("encoder", "decoder")
        for key in ("embed-dim", "ffn-embed-dim")
    }
    if step.tiny:
        model = model.model_copy(update={"overrides": model.overrides | small})
    measured: Numbers = {}
    for name in ("fp32", "bf16"):
        training = paper.training.model_copy(
            update={"update_freq": 1, "precision": name, "max_tokens": 50 if step.tiny else 10_000}
        )
        setup = Setup(model, training, paper.languages, step.folder / "bin", seed=1)
        arguments = command(setup, step.folder / name, max_epoch=1, cpu=step.on_cpu)
        arguments += ["--max-update", "3", "--log-interval", "1", "--no-save"]
        printed = _fairseq(arguments, step.visible_gpu)
        rows = [
            json.loads(line.partition("| train_inner | ")[2])
            for line in printed.splitlines()
            if "| train_inner | " in line
        ]
        require(len(rows) == 3, f"{len(rows)} updates in {name} instead of 3")
        last = rows[-1]
        measured[name] = {
            "tokens_of_an_update": float(last["wpb"]),
            "tokens_per_second": float(last["wps"]),
        }
        if not step.on_cpu:
            total = re.search(r"total memory = ([\d.]+) GB", printed)
            if total is None:
                raise CheckError("fairseq did not say how much memory the GPU has")
            free = min(float(row["gb_free"]) for row in rows)
            measured[name]["peak_gib"] = round(float(total[1]) - free, 1)
    return measured
