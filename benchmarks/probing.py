"""A linear probe on 7 layers x 5 replicates as one stack, against training them one by one."""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from dissect.probing.inputs import Items, Split
from dissect.probing.metrics import metric_of
from dissect.probing.probes import fresh
from dissect.probing.settings import Probing
from dissect.probing.training import train
from dissect.representations.layout import starts

LAYERS, REPLICATES, DIM, CLASSES = 7, 5, 1024, 45
SENTENCES, DEV_SENTENCES, EPOCHS, ROUNDS = 1000, 100, 4, 3
RECIPE = Probing(max_epoch=EPOCHS, patience=EPOCHS).of("POS")


def made_up(sentences: int, seed: int) -> Split:
    """Sentences of 4 to 44 words with random vectors and labels: costs depend on neither."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(4, 45, sentences)
    tokens = int(sizes.sum())
    items = Items(
        np.arange(tokens)[:, None],
        generator.integers(0, CLASSES, tokens),
        starts(sizes),
        (("w",),) * tokens,
    )
    return Split(items, generator.standard_normal((LAYERS, tokens, DIM), dtype=np.float32))


def probes(splits: dict[str, Split], layers: range, seeds: list[int]) -> None:
    """Train this project's way, dev scores included."""
    dev, metric = splits["dev"].items, metric_of("accuracy")
    train(
        fresh(DIM, None, CLASSES, layers, seeds),
        splits,
        RECIPE,
        criteria=[lambda said: metric.score(said.predicted, dev.targets, dev.offsets)],
        seeds=seeds,
        instances=[np.arange(splits["train"].items.instances)] * len(seeds),
    )


def padded(splits: dict[str, Split], layer: int, seed: int) -> None:
    """One probe as the original toolkit has it: padded batches of sentences, module and optimizer.

    Sentences lie ready in memory, one tensor each; reading them from HDF5 is not counted.
    """
    torch.manual_seed(seed)
    probe = nn.Linear(DIM, CLASSES)
    optimizer = torch.optim.Adam(probe.parameters(), lr=RECIPE.lr)
    sentences = {}
    for name, split in splits.items():
        sizes = np.diff(split.items.offsets).tolist()
        vectors = torch.from_numpy(split.vectors[layer]).split(sizes)
        sentences[name] = list(
            zip(vectors, torch.from_numpy(split.items.targets).split(sizes), strict=True)
        )
    for _ in range(EPOCHS):
        for name in ("train", "dev"):
            with torch.set_grad_enabled(name == "train"):
                for some in torch.randperm(len(sentences[name])).split(RECIPE.batch_size):
                    vectors, labels = zip(*(sentences[name][i] for i in some), strict=True)
                    gold = pad_sequence(list(labels), batch_first=True, padding_value=-1)
                    logits = probe(pad_sequence(list(vectors), batch_first=True))
                    loss = nn.functional.cross_entropy(
                        logits.flatten(0, 1), gold.flatten(), ignore_index=-1
                    )
                    if name == "train":
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    else:
                        (logits.argmax(2) == gold).sum().item()


def products(splits: dict[str, Split]) -> None:
    """The floor: the matrix products of all probes, on one batch that lies ready."""
    tokens, dev_tokens = (len(splits[name].items) for name in ("train", "dev"))
    batch = RECIPE.batch_size * tokens // SENTENCES
    features = torch.from_numpy(splits["train"].vectors[0, :batch])
    weight, gradient = torch.zeros(DIM, CLASSES), torch.zeros(batch, CLASSES)
    logits, change = torch.empty(batch, CLASSES), torch.empty(DIM, CLASSES)
    for _ in range(LAYERS * REPLICATES * EPOCHS * tokens // batch):
        torch.mm(features, weight, out=logits)
        torch.mm(features.T, gradient, out=change)
    for _ in range(LAYERS * REPLICATES * EPOCHS * dev_tokens // batch):
        torch.mm(features, weight, out=logits)


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU time of all threads."""
    start = time.process_time()
    act()
    return time.process_time() - start


def measure() -> dict[str, object]:
    """CPU time of the stack over that of the same probes alone, padded, and of the products."""
    torch.set_num_threads(1)
    splits = {"train": made_up(SENTENCES, 1), "dev": made_up(DEV_SENTENCES, 2)}
    seeds = list(range(REPLICATES))
    padded(splits, 0, 0)  # torch.optim is loaded outside the clock
    rows = []
    for _ in range(ROUNDS):
        stacked = cpu_seconds(lambda: probes(splits, range(LAYERS), seeds))
        alone = cpu_seconds(
            lambda: [
                probes(splits, range(layer, layer + 1), [seed])
                for layer in range(LAYERS)
                for seed in seeds
            ]
        )
        # One probe of each layer, times the replicates: the toolkit shares nothing.
        toolkit = REPLICATES * cpu_seconds(
            lambda: [padded(splits, layer, 0) for layer in range(LAYERS)]
        )
        floor = cpu_seconds(lambda: products(splits))
        count = LAYERS * REPLICATES * EPOCHS
        rows.append(
            {
                "stacked_ms_per_probe_epoch": round(1000 * stacked / count, 1),
                "alone_over_stacked": round(alone / stacked, 2),
                "padded_over_stacked": round(toolkit / stacked, 2),
                "stacked_over_products": round(stacked / floor, 2),
            }
        )
    return {
        "limit": "padded_over_stacked >= 6, stacked_over_products <= 1.5 (issue 5)",
        **{f"{name}_median": statistics.median(row[name] for row in rows) for name in rows[0]},
        "rounds": rows,
    }
