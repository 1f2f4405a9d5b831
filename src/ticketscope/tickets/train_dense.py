"""Train LTH0, the dense model that every series of a seed starts from (section 3.1)."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from ticketscope.runtime.files import atomic_write
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.publish import publish, publish_run
from ticketscope.tickets.training import Progress, train_until
from ticketscope.tickets.workfolder import LAST, open_work_folder


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
    recipe = setup.recipe() | {"rewind": list(rewind_points)}
    with open_work_folder(work, recipe, progress) as folder:
        for epoch in sorted(rewind_points):
            kept = folder / f"rewind_{epoch}.pt"
            if not kept.exists():
                train_until(setup, folder, name, max_epoch=epoch, progress=progress)
                with atomic_write(kept) as temporary:
                    shutil.copyfile(folder / LAST, temporary)
        train_until(setup, folder, name, max_epoch=setup.training.max_epoch, progress=progress)
        state = checkpoints.load(folder / LAST)
        nothing_cut = Mask.full({})
        for epoch, destination in rewind_points.items():
            publish(checkpoints.load(folder / f"rewind_{epoch}.pt"), nothing_cut, destination)
        publish_run(folder, setup, nothing_cut, state, checkpoint, log, averaged)
        shutil.rmtree(folder)
