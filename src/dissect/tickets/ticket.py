"""The lottery, as the paper tells it: train, prune, rewind, retrain (section 3.2).

A ticket is a checkpoint and a mask. The functions here write both, and check what must hold for
every ticket before anything is published.
"""

import csv
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from dissect.errors import InputError
from dissect.files import atomic_write, sha256
from dissect.tickets import checkpoints, criteria
from dissect.tickets.cut import cut
from dissect.tickets.devices import claim_gpus
from dissect.tickets.masks import Mask
from dissect.tickets.parameters import is_prunable
from dissect.tickets.rewinding import start_checkpoint
from dissect.tickets.settings import Series
from dissect.tickets.training import COLUMNS, Progress, Setup, command, run
from dissect.tickets.workfolder import LAST, open_work_folder, recover_last


def train_dense(
    setup: Setup,
    *,
    work: Path,
    checkpoint: Path,
    rewind_points: Mapping[int, Path],
    log: Path,
    progress: Progress,
    averaged: Path | None = None,
) -> None:
    """Train LTH0 and publish it, with the checkpoints that later tickets rewind to.

    Args:
        setup: Model, training, data, seed.
        work: Resumable work folder; removed at the end.
        checkpoint: Where the finished checkpoint goes.
        rewind_points: Epoch -> where the checkpoint of that epoch's end goes.
        log: Where the training log goes (CSV, a row every `log_interval` updates).
        progress: Gets a line every few seconds.
        averaged: Where the mean of the last epochs' checkpoints goes.
    """
    name = f"seed {setup.seed} LTH0"
    recipe = {"setup": setup.settings(), "data": _hashes(setup.data), "rewind": list(rewind_points)}
    with open_work_folder(work, recipe, progress) as folder:
        for epoch in sorted(rewind_points):
            kept = folder / f"rewind_{epoch}.pt"
            if not kept.exists():
                _train(setup, folder, name, max_epoch=epoch, progress=progress)
                with atomic_write(kept) as temporary:
                    shutil.copyfile(folder / LAST, temporary)
        _train(setup, folder, name, max_epoch=setup.training.max_epoch, progress=progress)
        state = checkpoints.load(folder / LAST)
        nothing_cut = Mask.full({})
        for epoch, destination in rewind_points.items():
            _publish(checkpoints.load(folder / f"rewind_{epoch}.pt"), nothing_cut, destination)
        _publish_run(folder, setup, nothing_cut, state, checkpoint, log, averaged)
        shutil.rmtree(folder)


def dense_mask(checkpoint: Path, *, embeddings: bool, biases: bool, output: Path) -> Mask:
    """LTH0's mask: nothing cut, and every parameter that may be pruned named.

    Raises:
        InputError: the model has nothing to prune.
    """
    weights = checkpoints.parameters(checkpoints.load(checkpoint))
    mask = Mask.full(
        {
            name: tuple(tensor.shape)
            for name, tensor in weights.items()
            if is_prunable(name, embeddings=embeddings, biases=biases)
        }
    )
    if not mask.kept:
        raise InputError(f"{checkpoint} has no prunable parameter: is it a fairseq Transformer?")
    mask.save(output)
    return mask


def prune(
    checkpoint: Path,
    mask: Path,
    *,
    series: Series,
    fraction: float,
    seed: int,
    k: int,
    output: Path,
) -> Mask:
    """One pruning iteration: ticket k's mask, from ticket k-1's checkpoint and mask.

    Raises:
        InputError: NaN in the weights, or mask and checkpoint do not fit each other.
    """
    before = Mask.load(mask)
    if series.criterion == "none":
        after = before
    else:
        weights = checkpoints.masked_weights(checkpoints.load(checkpoint), before, str(checkpoint))
        # By name, so that another criterion may be added or edited and this one's masks stay.
        criterion = import_module(f"{criteria.__name__}.{series.criterion}")
        after = cut(before, criterion.scores(weights, seed=seed, k=k), fraction, series.scope)
    if not after.is_nested_in(before):
        raise AssertionError(f"the mask of iteration {k} revives weights")  # a bug of ours
    after.save(output)
    return after


def retrain(
    setup: Setup,
    *,
    series: str,
    k: int,
    kind: str,
    max_epoch: int,
    last: Path,
    rewound: Path,
    mask: Path,
    work: Path,
    checkpoint: Path,
    log: Path,
    progress: Progress,
    averaged: Path | None = None,
) -> None:
    """Rewind and retrain under the mask; publish ticket k.

    Args:
        setup: Model, training, data, seed.
        series: Name of the series.
        k: Iteration, 1, 2, ...
        kind: Rewinding: `learning_rate`, `weights` or `none`.
        max_epoch: Last epoch, counted from LTH0's first.
        last: Checkpoint of ticket k-1.
        rewound: LTH0's checkpoint of the rewind epoch.
        mask: Ticket k's mask.
        work: Resumable work folder; removed at the end.
        checkpoint: Where the finished checkpoint goes.
        log: Where the training log goes (CSV).
        progress: Gets a line every few seconds.
        averaged: Where the mean of the last epochs' checkpoints goes.
    """
    name = f"seed {setup.seed} {series} LTH{k}"
    inputs = {"last": sha256(last), "rewound": sha256(rewound), "mask": sha256(mask)}
    recipe = {
        "setup": setup.settings(),
        "data": _hashes(setup.data),
        "inputs": inputs,
        "kind": kind,
        "max_epoch": max_epoch,
    }
    pruned = Mask.load(mask)
    with open_work_folder(work, recipe, progress) as folder:
        start = folder / "start.pt"
        if not start.exists():
            state = start_checkpoint(
                kind, checkpoints.load(last), checkpoints.load(rewound), pruned
            )
            checkpoints.save(state, start)
        _train(
            setup,
            folder,
            name,
            max_epoch=max_epoch,
            progress=progress,
            mask=mask if pruned.pruned else None,
            start=start,
        )
        state = checkpoints.load(folder / LAST)
        _publish_run(folder, setup, pruned, state, checkpoint, log, averaged)
        shutil.rmtree(folder)


def _train(
    setup: Setup,
    folder: Path,
    name: str,
    *,
    max_epoch: int,
    progress: Progress,
    mask: Path | None = None,
    start: Path | None = None,
) -> None:
    """Train in the work folder until the end of `max_epoch`, from wherever it stands."""
    if recover_last(folder):
        state = checkpoints.load(folder / LAST)
        iterator = state["extra_state"]["train_iterator"]
        if iterator["epoch"] > max_epoch:
            return
        update = state["optimizer_history"][-1]["num_updates"]
        progress(f"{name}: resumes at epoch {iterator['epoch']}, after update {update}")
    devices = setup.training.devices
    with claim_gpus(progress, devices) as gpu:
        arguments = command(
            setup, folder, max_epoch=max_epoch, cpu=gpu is None, mask=mask, start=start
        )
        run(
            arguments,
            name=name,
            max_epoch=max_epoch,
            rows=folder / "rows.jsonl",
            devices=devices,
            gpu=gpu,
            progress=progress,
        )


def _publish(state: checkpoints.State, mask: Mask, destination: Path) -> None:
    checkpoints.check_published(state, mask, str(destination))
    checkpoints.save(state, destination)


def _publish_run(
    folder: Path,
    setup: Setup,
    mask: Mask,
    state: checkpoints.State,
    checkpoint: Path,
    log: Path,
    averaged: Path | None,
) -> None:
    if averaged is not None:
        epochs = sorted(
            (path for path in folder.glob("checkpoint*.pt") if path.stem[10:].isdigit()),
            key=lambda path: int(path.stem[10:]),
        )[-setup.training.average_checkpoints :]
        _publish(checkpoints.average([checkpoints.load(path) for path in epochs]), mask, averaged)
    _write_log(folder / "rows.jsonl", log)
    _publish(state, mask, checkpoint)


def _write_log(rows: Path, log: Path) -> None:
    """The training log: update, epoch, lr, loss, nll_loss (bits per subword), tokens_per_second.

    A resumed training repeats the updates since its last save; the later row counts.
    """
    by_update: dict[int, dict[str, Any]] = {}
    if rows.exists():
        for line in rows.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):  # cut off by a kill
                row = json.loads(line)
                by_update[row["update"]] = row
    with atomic_write(log) as temporary, temporary.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(by_update[update] for update in sorted(by_update))


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
