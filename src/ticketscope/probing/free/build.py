"""Building one task of the free suite into its folder."""

import json
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
from ticketscope.runtime.files import atomic_write


def build(name: str, sources: Path, out: Path) -> dict[str, Any]:
    """Write {train,dev,test}.jsonl.gz, LICENSE and statistics.json, and return the statistics.

    Args:
        name: The task.
        sources: Folder with the files of its sources, by their registry paths.
        out: The task's folder.
    """
    task = find_task(name)
    paper = TASKS[task.paper]
    tally = Tally(paper.metric)
    with tempfile.TemporaryDirectory(prefix="ticketscope-free-") as work:
        made = task.make(Inputs(sources, Path(work)))
        for split in SPLITS:
            found = _checked(name, split, paper.kind, tally, made.splits[split])
            if not write_instances(out / f"{split}.jsonl.gz", found):
                raise InputError(f"task {name}: no instance in {split}")
    statistics = tally.summary() | {"left_out": dict(sorted(made.left_out.items()))}
    with atomic_write(out / "LICENSE") as temporary:
        temporary.write_text(licence_text(task.sources), encoding="utf-8")
    # Last, so that who finds it finds the rest.
    with atomic_write(out / "statistics.json") as temporary:
        text = json.dumps(statistics, ensure_ascii=False, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8")
    return statistics


def _checked(
    task: str, split: str, kind: str, tally: Tally, instances: Iterable[Instance]
) -> Iterator[Instance]:
    for instance in instances:
        if instance.kind != kind:
            raise InputError(f"task {task}: instance {instance.id} is of kind {instance.kind}")
        tally.add(split, instance)
        yield instance
