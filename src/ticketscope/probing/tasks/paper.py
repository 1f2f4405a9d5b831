"""The `paper` suite: a folder with the licensed corpora, in files named as Liu et al. name them."""

from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.probing.tasks.registry import TASKS


def sources(folder: Path, task: str) -> dict[str, Path]:
    """File of each split."""
    if task not in TASKS:
        raise InputError(f"unknown task {task}; known are {', '.join(TASKS)}")
    return {split: folder / name for split, name in TASKS[task].paths().items()}


def missing(folder: Path) -> dict[str, list[Path]]:
    """For each task that cannot be built, the files that are not there."""
    absent = {
        task: [path for path in sources(folder, task).values() if not path.is_file()]
        for task in TASKS
    }
    return {task: files for task, files in absent.items() if files}
