"""Train LTH0, the dense model that every series of a seed starts from (section 3.1)."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from ticketscope.runtime.files import atomic_write
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.publish import publish, publish_run, published
from ticketscope.tickets.trained import Trained
from ticketscope.tickets.training import Progress, train_until
from ticketscope.tickets.workfolder import LAST, open_work_folder


def train_dense(
    setup: Setup,
    *,
    work: Path,
    kept: Path,
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
        kept: Folder of the finished trainings of this ticket.
        checkpoint: Where the finished checkpoint goes.
        rewind_points: Epoch -> where the checkpoint of that epoch's end goes.
        log: Where the training log goes (CSV, a row every `log_interval` updates).
        progress: Gets a line every few seconds.
        averaged: Where the mean of the last epochs' checkpoints goes.
    """
    name = f"seed {setup.seed} LTH0"
    rewinds = {f"rewind_{epoch}.pt": path for epoch, path in rewind_points.items()}
    recipe = setup.recipe() | {"rewind": list(rewind_points)}
    trained = Trained(kept, recipe, rewinds | published(checkpoint, log, averaged))
    with open_work_folder(work, recipe, progress) as folder:
        if not trained.publish(name, progress):
            for epoch in sorted(rewind_points):
                rewind = folder / f"rewind_{epoch}.pt"
                if not rewind.exists():
                    train_until(setup, folder, name, max_epoch=epoch, progress=progress)
                    with atomic_write(rewind) as temporary:
                        shutil.copyfile(folder / LAST, temporary)
            train_until(setup, folder, name, max_epoch=setup.training.max_epoch, progress=progress)
            state = checkpoints.load(folder / LAST)
            nothing_cut = Mask.full({})
            for output, destination in rewinds.items():
                publish(checkpoints.load(folder / output), nothing_cut, destination)
            publish_run(folder, setup, nothing_cut, state, checkpoint, log, averaged)
            trained.keep(name, progress)
        shutil.rmtree(folder)
