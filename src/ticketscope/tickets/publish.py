"""Check a finished training and publish it: checkpoints, their average, the log."""

import csv
from pathlib import Path

from ticketscope.runtime.files import atomic_write
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.workfolder import COLUMNS, ROWS, read_rows


def publish(state: checkpoints.State, mask: Mask, destination: Path) -> None:
    """Save a checkpoint, after checking it against its mask."""
    checkpoints.check_published(state, mask, str(destination))
    checkpoints.save(state, destination)


def publish_run(
    folder: Path,
    setup: Setup,
    mask: Mask,
    state: checkpoints.State,
    checkpoint: Path,
    log: Path,
    averaged: Path | None,
) -> None:
    """Publish what a finished training left in its work folder; the checkpoint comes last.

    Args:
        folder: The work folder.
        setup: Of the training.
        mask: That the weights must obey.
        state: The last checkpoint.
        checkpoint: Where it goes.
        log: Where the log goes (CSV).
        averaged: Where the mean of the last epochs' checkpoints goes, if it is wanted.
    """
    if averaged is not None:
        epochs = sorted(
            (path for path in folder.glob("checkpoint*.pt") if path.stem[10:].isdigit()),
            key=lambda path: int(path.stem[10:]),
        )[-setup.training.average_checkpoints :]
        publish(checkpoints.average([checkpoints.load(path) for path in epochs]), mask, averaged)
    write_log(folder / ROWS, log)
    publish(state, mask, checkpoint)


def published(checkpoint: Path, log: Path, averaged: Path | None) -> dict[str, Path]:
    """What `publish_run` publishes, by name, in its order."""
    files = {"averaged.pt": averaged, "log.csv": log, "checkpoint.pt": checkpoint}
    return {name: path for name, path in files.items() if path is not None}


def write_log(rows: Path, log: Path) -> None:
    """The training log: update, epoch, lr, loss, nll_loss (bits per subword), tokens_per_second.

    A resumed training repeats the updates since its last save; the later row counts.
    """
    by_update = {row["update"]: row for row in read_rows(rows)}
    with atomic_write(log) as temporary, temporary.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(by_update[update] for update in sorted(by_update))
