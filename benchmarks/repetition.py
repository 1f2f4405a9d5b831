"""How far each ticket has learnt by heart the dropout masks that its retraining repeats.

    python benchmarks/repetition.py results/toy

writes benchmarks/results/repetition_toy.json, of the first seed of an experiment whose tickets are
all trained. Rewinding restores the number of updates, and with it batches and dropout, so that LTHk
meets those of LTH(k-1) again (docs/steps/controls.md). Measured are bits per subword on batches
spread over a ticket's last epoch: under the masks that each had in training (`own`), without
dropout (`none`), and under other masks (`other`). What `other` costs more than `own` is what the
ticket knows of the noise. `passes` is how often the series has gone through this order by then,
LTH0's pass included.

Series of different orders are measured on different batches: compare bits within a row.
"""

import math
import re
import sys
from pathlib import Path
from typing import Any

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
from fairseq.utils import resolve_max_positions, set_torch_seed
from torch.nn.functional import cross_entropy

from run import write
from ticketscope.errors import InputError
from ticketscope.plan.names import DENSE, TicketName
from ticketscope.representations.model import read_with_task
from ticketscope.tickets import checkpoints

BATCHES = 24
OTHER = 10**8  # fairseq's seeds count updates, and no training has so many


def measure(results: Path) -> dict[str, object]:
    """Bits per subword of LTH0, and of the first and the last ticket of each series."""
    seeds = sorted(map(_number, results.glob("tickets/seed*")))
    if not seeds:
        raise InputError(f"{results}/tickets is empty: run the experiment's trainings first")
    dense = TicketName(seeds[0], DENSE, 0)
    rows = {dense.label: {"passes": 1, **_bits(results, dense)}}
    for folder in sorted((results / f"tickets/seed{dense.seed}").iterdir()):
        chain = sorted(map(_number, folder.glob("LTH*")))
        orders = [_order(results, dense)]
        for name in (TicketName(dense.seed, folder.name, k) for k in chain if k):
            orders.append(_order(results, name))
            if name.k in (chain[0], chain[-1]):
                passes = orders.count(orders[-1])
                rows[f"{name.series} {name.label}"] = {"passes": passes, **_bits(results, name)}
    return {
        "experiment": results.name, "seed": dense.seed, "batches": BATCHES,
        "bits_per_subword": rows,
    }  # fmt: skip


def _number(folder: Path) -> int:
    return int(re.sub(r"\D", "", folder.name))


def _checkpoint(results: Path, name: TicketName) -> Path:
    return results / f"tickets/{name.key}/checkpoint.pt"


def _order(results: Path, name: TicketName) -> int:
    """The seed from which fairseq drew a ticket's batches and dropout."""
    return int(checkpoints.load(_checkpoint(results, name))["cfg"]["common"]["seed"])


def _bits(results: Path, name: TicketName) -> dict[str, float]:
    path = _checkpoint(results, name)
    state, model, task = read_with_task(path, results / "corpus/bin")
    cfg = state["cfg"]
    if cfg.optimization.update_freq != [1] or cfg.distributed_training.distributed_world_size > 1:
        raise InputError(f"{path}: with several batches an update, masks cannot be drawn again")
    epoch = state["extra_state"]["train_iterator"]["epoch"] - 1  # it names the one to come
    batches = _batches(model, task, cfg, epoch)
    begun = state["optimizer_history"][-1]["num_updates"] - len(batches)
    nats, subwords = dict.fromkeys(("own", "none", "other"), 0.0), 0
    for place in np.unique(np.linspace(0, len(batches) - 1, BATCHES).astype(int)):
        own = cfg.common.seed + begun + int(place)
        for masks, seed in (("own", own), ("none", None), ("other", own + OTHER)):
            nats[masks] += _nats(model, batches[place], task.target_dictionary.pad(), seed)
        subwords += batches[place]["ntokens"]
    return {masks: round(total / subwords / math.log(2), 3) for masks, total in nats.items()}


def _batches(model: Any, task: Any, cfg: Any, epoch: int) -> list[Any]:
    """All batches of an epoch, in the order of the training, as fairseq's trainer makes them."""
    data = cfg.dataset
    task.load_dataset(data.train_subset, epoch=epoch)
    longest = resolve_max_positions(task.max_positions(), model.max_positions(), data.max_tokens)
    batches = task.get_batch_iterator(
        task.dataset(data.train_subset),
        max_tokens=data.max_tokens,
        max_sentences=data.batch_size,
        max_positions=longest,
        ignore_invalid_inputs=True,
        required_batch_size_multiple=data.required_batch_size_multiple,
        seed=cfg.common.seed,
        epoch=epoch,
    )
    return list(batches.next_epoch_itr(shuffle=True))


def _nats(model: Any, batch: Any, padding: int, seed: int | None) -> float:
    """Loss of a batch, under the dropout masks of a seed or without any.

    It keeps gradients, as in training: without them attention may draw its masks otherwise.
    """
    model.train(seed is not None)
    if seed is not None:
        set_torch_seed(seed)
    logits, _ = model(**batch["net_input"])
    target = batch["target"].flatten()
    loss = cross_entropy(logits.flatten(0, 1), target, ignore_index=padding, reduction="sum")
    return loss.item()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/repetition.py RESULTS")
    folder = Path(sys.argv[1])
    try:
        measured = measure(folder)
    except InputError as error:
        sys.exit(f"error: {error}")
    write(Path(__file__).parent / f"results/repetition_{folder.name}.json", __doc__, measured)
