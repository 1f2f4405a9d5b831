"""The toy suite: all 18 tasks from a text of the embedded grammar that is drawn for them alone."""

from itertools import islice
from pathlib import Path

from ticketscope.corpus.grammar import generate
from ticketscope.errors import InputError
from ticketscope.probing.instances import write_instances
from ticketscope.probing.tasks import toy
from ticketscope.probing.tasks.registry import TASKS

# Training instances of a task, unless its limit is larger.
TRAIN = 1000
# Most instances of a task to choose the epoch and to test.
HELD_OUT = {"dev": 150, "test": 300}
# Lines are many more, since few hold a chain of reference.
LINES = 8
CORPUS_SPLITS = {"train": "train", "dev": "valid", "test": "test"}
# Another seed than that of the default corpus. Some lines are in both, as short sentences are,
# which matters to no probe.
TEXT = {"seed": 1000, "valid": 4000, "test": 8000, "unseen": 0}


def build(
    out: Path, *, longest: int, exponent: float, train: int = TRAIN
) -> dict[str, dict[str, int]]:
    """Write <task>/{train,dev,test}.jsonl.gz into `out`; the numbers of instances.

    Args:
        out: Folder of the suite.
        longest: Longest sentence, in words.
        exponent: Of Zipf's law, for content words.
        train: Most training instances of a task.
    """
    sizes: dict[str, dict[str, int]] = {}
    most = {"train": train, **HELD_OUT}
    text = generate(**TEXT, train=LINES * train, longest=longest, exponent=exponent)
    for task in TASKS:
        for split, name in CORPUS_SPLITS.items():
            some = islice(toy.instances(text[name], task), most[split])
            count = write_instances(out / task / f"{split}.jsonl.gz", some)
            if not count:
                raise InputError(f"toy suite: no instance of {task} in {split}")
            sizes.setdefault(task, {})[split] = count
    return sizes
