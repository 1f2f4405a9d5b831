"""Rewind a ticket and retrain it under its mask (section 3.2)."""

import dataclasses
import shutil
from pathlib import Path

from ticketscope.runtime.files import sha256
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.publish import publish_run, published
from ticketscope.tickets.rewinding import redraw_seed, start_checkpoint
from ticketscope.tickets.trained import Trained
from ticketscope.tickets.training import Progress, train_until
from ticketscope.tickets.workfolder import LAST, open_work_folder


def retrain(
    setup: Setup,
    *,
    series: str,
    k: int,
    kind: str,
    max_epoch: int,
    last: Path | None,
    rewound: Path | None,
    mask: Path,
    work: Path,
    kept: Path,
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
        kind: Rewinding: `learning_rate`, `weights`, `redrawn` or `none`.
        max_epoch: Last epoch, counted from LTH0's first.
        last: Checkpoint of ticket k-1; None where the training begins anew.
        rewound: LTH0's checkpoint of the rewind epoch; None for the beginning.
        mask: Ticket k's mask.
        work: Resumable work folder; removed at the end.
        kept: Folder of the finished trainings of this ticket.
        checkpoint: Where the finished checkpoint goes.
        log: Where the training log goes (CSV).
        progress: Gets a line every few seconds.
        averaged: Where the mean of the last epochs' checkpoints goes.
    """
    name = f"seed {setup.seed} {series} LTH{k}"
    pruned = Mask.load(mask)
    given = {"last": last, "rewound": rewound}
    inputs = {role: sha256(path) for role, path in given.items() if path is not None}
    inputs["mask"] = pruned.digest
    if kind == "redrawn":
        setup = dataclasses.replace(setup, init_seed=redraw_seed(setup.seed, k))
    recipe = setup.recipe() | {"inputs": inputs, "kind": kind, "max_epoch": max_epoch}
    trained = Trained(kept, recipe, published(checkpoint, log, averaged))
    with open_work_folder(work, recipe, progress) as folder:
        if not trained.publish(name, progress):
            start = None
            if last is not None:
                start = folder / "start.pt"
                if not start.exists():
                    point = None if rewound is None else checkpoints.load(rewound)
                    state = start_checkpoint(kind, checkpoints.load(last), point, pruned)
                    checkpoints.save(state, start)
            train_until(
                setup,
                folder,
                name,
                max_epoch=max_epoch,
                progress=progress,
                mask=mask if pruned.pruned else None,
                start=start,
            )
            state = checkpoints.load(folder / LAST)
            publish_run(folder, setup, pruned, state, checkpoint, log, averaged)
            trained.keep(name, progress)
        shutil.rmtree(folder)
