"""Linear probes on 90k tokens x 6 layers x 5 replicates beside peers and GEMM, and small data.

A peer, NeuroX, is no dependency: name a checkout of github fdalvi/NeuroX in NEUROX to measure
beside it.
"""

import contextlib
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence as pad

from ticketscope.probing.evaluation import predictions
from ticketscope.probing.inputs import Items, Split
from ticketscope.probing.metrics import metric_of
from ticketscope.probing.probes import fresh
from ticketscope.probing.settings import Probing
from ticketscope.probing.training import Criterion, train
from ticketscope.representations.layout import starts

ROUNDS = 3
LIMITS = {
    "padded_over_stacked_median": ("at least", 6),
    "neurox_over_stacked_median": ("at least", 12),
    "stacked_over_products_median": ("at most", 1.5),
}


@dataclass(frozen=True)
class Case:
    """Sizes of a measurement: sentences of `shortest` to `longest` words, and what reads them."""

    layers: int
    replicates: int
    dim: int
    classes: int
    hidden: int | None
    sentences: int
    dev_sentences: int
    shortest: int
    longest: int
    epochs: int

    @property
    def probe_epochs(self) -> int:
        """Of the whole stack."""
        return self.layers * self.replicates * self.epochs

    def splits(self) -> dict[str, Split]:
        """Random vectors and labels: costs depend on neither."""
        return {"train": self._split(self.sentences, 1), "dev": self._split(self.dev_sentences, 2)}

    def _split(self, sentences: int, seed: int) -> Split:
        generator = np.random.default_rng(seed)
        sizes = generator.integers(self.shortest, self.longest + 1, sentences)
        tokens = int(sizes.sum())
        items = Items(
            np.arange(tokens)[:, None],
            generator.integers(0, self.classes, tokens),
            starts(sizes),
            (("w",),) * tokens,
        )
        shape = (self.layers, tokens, self.dim)
        return Split(items, generator.standard_normal(shape, dtype=np.float32))


PAPER = Case(6, 5, 1024, 45, None, 3750, 375, 4, 44, epochs=4)
# As the default experiment: a toy task, 13 batches an epoch.
SMALL = {
    f"{name}_{classes}_classes": Case(3, 1, 64, classes, hidden, 1000, 300, 3, 12, epochs=20)
    for classes in (10, 30, 60)
    for name, hidden in (("linear", None), ("mlp", 64))
}
RECIPE = Probing().recipe_of("POS")


def stacked(case: Case, splits: dict[str, Split]) -> None:
    """Train all probes this project's way, dev scores included."""
    dev, metric = splits["dev"].items, metric_of("accuracy")
    seeds = range(case.replicates)
    train(
        fresh(case.dim, case.hidden, case.classes, range(case.layers), seeds),
        splits,
        RECIPE.model_copy(update={"max_epoch": case.epochs, "patience": case.epochs}),
        criteria=[
            Criterion(
                (predictions,), lambda predicted: metric.score(predicted, dev.targets, dev.offsets)
            )
        ],
        seeds=seeds,
        instances=[np.arange(splits["train"].items.instances)] * case.replicates,
    )


def padded(case: Case, splits: dict[str, Split], *, toolkit: bool) -> None:
    """One probe as the original toolkit has it: padded batches of sentences, module and optimizer.

    Sentences lie ready in memory, one tensor each; reading them from HDF5 is not counted.

    Args:
        case: Its sizes.
        splits: Layer 0 is probed.
        toolkit: Do all that contexteval's Tagger and AllenNLP's fields, loss and metrics do with a
            batch: pad sentence by sentence, mask by sums of vectors, loss by sentence,
            probabilities, accuracy and accuracy in the best three, in training too. Else the least
            that trains a probe.
    """
    torch.manual_seed(0)
    sizes = [case.dim, case.classes] if case.hidden is None else [case.dim, case.hidden]
    probe: nn.Module = nn.Linear(*sizes)
    if case.hidden is not None:
        probe = nn.Sequential(probe, nn.ReLU(), nn.Linear(case.hidden, case.classes))
    optimizer = torch.optim.Adam(probe.parameters(), lr=RECIPE.lr)
    sentences = {}
    for name, split in splits.items():
        lengths = split.items.sizes.tolist()
        vectors = torch.from_numpy(split.vectors[0]).split(lengths)
        labels = torch.from_numpy(split.items.targets).split(lengths)
        sentences[name] = list(zip(vectors, labels, strict=True))
    for _ in range(case.epochs):
        for name in ("train", "dev"):
            with torch.set_grad_enabled(name == "train"):
                for some in torch.randperm(len(sentences[name])).split(RECIPE.batch_size):
                    vectors, labels = zip(*(sentences[name][i] for i in some), strict=True)
                    features = _fields(vectors) if toolkit else pad(vectors, batch_first=True)
                    gold = pad(labels, batch_first=True, padding_value=-1)
                    logits = probe(features)
                    loss = nn.functional.cross_entropy(
                        logits.flatten(0, 1), gold.flatten(), ignore_index=-1, reduction="none"
                    )
                    mask = (features.sum(2) != 0).float() if toolkit else (gold >= 0).float()
                    loss = (loss.view(gold.shape) * mask).sum(1) / mask.sum(1)
                    if name == "train":
                        optimizer.zero_grad()
                        loss.mean().backward()
                        optimizer.step()
                    if toolkit:
                        probabilities = logits.detach().softmax(2)
                        (probabilities.argmax(2) == gold).sum().item()
                        (probabilities.topk(3, 2).indices == gold[:, :, None]).sum().item()
                    elif name == "dev":
                        (logits.argmax(2) == gold).sum().item()


def _fields(arrays: Sequence[torch.Tensor]) -> torch.Tensor:
    """A batch as AllenNLP's ArrayField makes it: each array padded alone, then all stacked."""
    longest = max(map(len, arrays))
    padded = []
    for array in arrays:
        whole = np.ones((longest, array.shape[1]), dtype=np.float32) * 0
        whole[: len(array)] = array.numpy()
        padded.append(torch.from_numpy(whole))
    return torch.stack(padded)


def neurox(case: Case, splits: dict[str, Split]) -> None:
    """One probe by NeuroX with its own batches of 32 tokens; it has no dev scores."""
    from neurox.interpretation import linear_probe

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        linear_probe.train_logistic_regression_probe(
            splits["train"].vectors[0],
            splits["train"].items.targets,
            num_epochs=case.epochs,
            learning_rate=RECIPE.lr,
        )


def products(case: Case, splits: dict[str, Split], *, shuffled: bool) -> None:
    """The floor: the matrix products of one probe.

    Args:
        case: Its sizes.
        splits: Layer 0 is multiplied.
        shuffled: Fetch each batch of training from where shuffling leaves it in memory, as a probe
            with an order of its own must. Else multiply one batch that lies ready.
    """
    tokens, dev_tokens = (len(splits[name].items) for name in ("train", "dev"))
    batch = RECIPE.batch_size * tokens // case.sentences
    vectors = torch.from_numpy(splits["train"].vectors[0])
    features = vectors[:batch].clone()
    rows = torch.randperm(tokens)[: tokens // batch * batch].view(-1, batch)
    weight, gradient = torch.zeros(case.dim, case.classes), torch.zeros(batch, case.classes)
    logits, change = torch.empty(batch, case.classes), torch.empty(case.dim, case.classes)
    for number in range(case.epochs * tokens // batch):
        if shuffled:
            torch.index_select(vectors, 0, rows[number % len(rows)], out=features)
        torch.mm(features, weight, out=logits)
        torch.mm(features.T, gradient, out=change)
    for _ in range(case.epochs * dev_tokens // batch):
        torch.mm(features, weight, out=logits)


def cpu_ms(act: Callable[[], object], probe_epochs: int) -> float:
    """CPU time of all threads, in milliseconds of a probe-epoch."""
    start = time.process_time()
    act()
    return 1000 * (time.process_time() - start) / probe_epochs


def paper() -> dict[str, object]:
    """The stack beside its peers; of these one probe is trained, for they share nothing."""
    case = PAPER
    splits = case.splits()
    # Memory is mapped and torch.optim loaded outside the clock.
    padded(SMALL["linear_10_classes"], SMALL["linear_10_classes"].splits(), toolkit=False)
    products(case, splits, shuffled=True)
    rows = []
    for _ in range(ROUNDS):
        stack_ms = cpu_ms(lambda: stacked(case, splits), case.probe_epochs)
        floor, fetched = (
            cpu_ms(lambda some=shuffled: products(case, splits, shuffled=some), case.epochs)
            for shuffled in (False, True)
        )
        row = {
            "stacked_ms": stack_ms,
            "stacked_over_products": stack_ms / floor,
            "stacked_over_shuffled_products": stack_ms / fetched,
        }
        for name, toolkit in (("padded", False), ("toolkit", True)):
            peer = cpu_ms(lambda some=toolkit: padded(case, splits, toolkit=some), case.epochs)
            row[f"{name}_over_stacked"] = peer / stack_ms
            row[f"{name}_over_products"] = peer / floor
        if "NEUROX" in os.environ:
            peer = cpu_ms(lambda: neurox(case, splits), case.epochs)
            row["neurox_over_stacked"] = peer / stack_ms
            row["neurox_over_products"] = peer / floor
        rows.append({name: round(value, 2) for name, value in row.items()})
    return {
        **{f"{name}_median": statistics.median(row[name] for row in rows) for name in rows[0]},
        "rounds": rows,
    }


def small(case: Case) -> dict[str, float]:
    """A small stack beside the padded loop; the best of some rounds, since these are short."""
    splits = case.splits()
    stack_ms = min(
        cpu_ms(lambda: stacked(case, splits), case.probe_epochs) for _ in range(4 * ROUNDS)
    )
    peer = min(
        cpu_ms(lambda: padded(case, splits, toolkit=False), case.epochs) for _ in range(ROUNDS)
    )
    return {"stacked_ms": round(stack_ms, 2), "padded_over_stacked": round(peer / stack_ms, 2)}


def measure() -> dict[str, object]:
    """CPU time of the stack beside peers and products, and of small stacks."""
    torch.set_num_threads(1)
    left_out = "NEUROX names no checkout of fdalvi/NeuroX: its row is left out"
    if "NEUROX" in os.environ:
        sys.path.insert(0, os.environ["NEUROX"])
        # It imports imbalanced-learn to balance data; none is balanced here.
        sampling = ModuleType("imblearn.under_sampling")
        sampling.RandomUnderSampler = None
        sys.modules.setdefault("imblearn.under_sampling", sampling)
        left_out = "none"
    return {
        "left_out": left_out,
        **paper(),
        "small": {name: small(case) for name, case in SMALL.items()},
    }
