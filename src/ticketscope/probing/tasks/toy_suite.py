"""The toy suite: all 18 tasks from a text of the embedded grammar that is drawn for them alone."""

import tempfile
from itertools import islice
from pathlib import Path

from ticketscope.corpus.grammar import generate, write_corpus
from ticketscope.errors import InputError
from ticketscope.probing.instances import write_instances
from ticketscope.probing.tasks import toy
from ticketscope.probing.tasks.registry import TASKS

# Most instances of a task. Lines are many more, since few hold a chain of reference.
INSTANCES = {"train": 1000, "dev": 300, "test": 600}
# Words and lengths are those of the default corpus. Another seed than its: some lines are in both,
# as short sentences are, which matters to no probe.
TEXT = {"seed": 1000, "train": 8000, "valid": 4000, "test": 8000, "unseen": 0, "longest": 12}
EXPONENT = 2.0


def build(out: Path) -> dict[str, dict[str, int]]:
    """Write <task>/{train,dev,test}.jsonl.gz into `out`; the numbers of instances."""
    sizes: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory(prefix="ticketscope-toy-") as work:
        write_corpus(generate(**TEXT, exponent=EXPONENT), Path(work))
        for task in TASKS:
            for split, source in toy.sources(Path(work)).items():
                some = islice(toy.read(source, task), INSTANCES[split])
                count = write_instances(out / task / f"{split}.jsonl.gz", some)
                if not count:
                    raise InputError(f"toy suite: no instance of {task} in {split}")
                sizes.setdefault(task, {})[split] = count
    return sizes
