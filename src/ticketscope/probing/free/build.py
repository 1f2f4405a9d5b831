"""Construction of a task of the free suite in its folder."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ticketscope.errors import InputError
from ticketscope.probing.free.sources import licence_text
from ticketscope.probing.free.splits import SPLITS
from ticketscope.probing.free.tally import Tally
from ticketscope.probing.free.tasks import Inputs, find_task
from ticketscope.probing.instances import Instance, write_instances
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.runtime.outputs import write_json, write_text


def build(name: str, sources: Path, out: Path) -> dict[str, Any]:
    """Write {train,dev,test}.jsonl.gz, LICENSE and statistics.json, and return the statistics.

    Args:
        name: The task.
        sources: Folder of the source files, at their registry paths.
        out: Folder of the task.
    """
    task = find_task(name)
    paper = TASKS[task.paper or task.id]
    tally = Tally(paper.metric)
    with tempfile.TemporaryDirectory(prefix="ticketscope-free-") as work:
        conversion = task.convert(Inputs(sources, Path(work)))
        for split in SPLITS:
            instances = _checked(name, split, paper.kind, tally, conversion.splits[split])
            if not write_instances(out / f"{split}.jsonl.gz", instances):
                raise InputError(f"task {name}: no instance in {split}")
    statistics = tally.summary() | {"left_out": dict(sorted(conversion.left_out.items()))}
    write_text(out / "LICENSE", licence_text(task.sources))
    # Written last: if it exists, so do the other files.
    write_json(out / "statistics.json", statistics)
    return statistics


def _checked(
    task: str, split: str, kind: str, tally: Tally, instances: Iterable[Instance]
) -> Iterator[Instance]:
    for instance in instances:
        if instance.kind != kind:
            raise InputError(f"task {task}: instance {instance.id} is of kind {instance.kind}")
        tally.add(split, instance)
        yield instance
