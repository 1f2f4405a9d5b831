"""The acts of the lottery as tests carry them out, with all that an act writes in one folder.

Whatever a function sets itself, `others` may set otherwise, and add what the act may take besides.
"""

from pathlib import Path
from typing import Any

from ticketscope.tickets.command import Setup
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.prune import prune as prune_ticket
from ticketscope.tickets.retrain import retrain as retrain_ticket
from ticketscope.tickets.settings import Series
from ticketscope.tickets.train_dense import train_dense

MAGNITUDE = Series(criterion="magnitude")


def quiet(line: str) -> None:
    """Show no progress."""


def _outputs(folder: Path) -> dict[str, Path]:
    return {
        "work": folder / "work",
        "kept": folder / "kept",
        "checkpoint": folder / "checkpoint.pt",
        "log": folder / "log.csv",
    }


def train(setup: Setup, folder: Path, **others: Any) -> None:
    """Train LTH0."""
    defaults = {**_outputs(folder), "rewind_points": {}, "progress": quiet}
    train_dense(setup, **defaults | others)


def prune(ticket: Path, output: Path, **others: Any) -> Mask:
    """The mask that follows on the ticket in a folder: half of what it has, cut by magnitude."""
    defaults = {"series": MAGNITUDE, "fraction": 0.5, "seed": 1, "k": 1}
    return prune_ticket(
        ticket / "checkpoint.pt", ticket / "mask.safetensors", output=output, **defaults | others
    )


def retrain(setup: Setup, lth0: Path | None, mask: Path, folder: Path, **others: Any) -> Path:
    """Retrain LTH1 from the LTH0 in a folder, or from the beginning; its checkpoint."""
    defaults = {
        **_outputs(folder),
        "series": "magnitude",
        "k": 1,
        "kind": "learning_rate",
        "max_epoch": 4,
        "last": lth0 and lth0 / "checkpoint.pt",
        "rewound": lth0 and lth0 / "rewind/epoch2.pt",
        "progress": quiet,
    }
    retrain_ticket(setup, mask=mask, **defaults | others)
    return folder / "checkpoint.pt"
