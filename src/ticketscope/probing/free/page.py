"""docs/steps/free-suite.md and published.json from the statistics of a built suite.

    python -m ticketscope.probing.free.page resources/probing/free

rewrites the tables between the page's `<!-- … -->` marks; the text around them is written by hand.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.errors import InputError
from ticketscope.probing.free.sources import find
from ticketscope.probing.free.splits import SPLITS
from ticketscope.probing.free.tasks import FREE_TASKS
from ticketscope.runtime.outputs import write_json, write_text

# Note below the table `about` in a report.
NOTE = (
    "Openly licensed corpora (docs/steps/free-suite.md), most of them substitutes for the paper's: "
    "scores say how tickets differ, and are not the paper's numbers."
)
PUBLISHED = Path(__file__).parent / "published.json"
PAGE = Path("docs/steps/free-suite.md")
_SHOWN = 12  # most frequent labels of a task
_SCORES = {
    "accuracy": "accuracy",
    "span_f1": "span F1",
    "error_f1": "F1 of i",
    "pearson": "Pearson's r",
}

Statistics = Mapping[str, Mapping[str, Any]]


def gather(folder: Path) -> dict[str, dict[str, Any]]:
    """The published part of each task's statistics.json: all but the rare labels."""
    statistics = {}
    for task in FREE_TASKS:
        path = folder / task / "statistics.json"
        try:
            statistics[task] = published(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise InputError(f"{path} does not exist: run snakemake free_suite first") from None
    return statistics


def published(statistics: Mapping[str, Any]) -> dict[str, Any]:
    """A task's statistics without its rare labels."""
    kept = dict(statistics)
    if "labels" in kept:
        kept["labels"] = dict(list(kept["labels"].items())[:_SHOWN])
    return kept


def tables(statistics: Statistics) -> dict[str, str]:
    """The generated parts of the page, by mark."""
    return {
        "sizes": _table(
            "Task|Relation to the paper's data|Instances|Labels|Classes|Also in train|"
            "Always the same answer",
            [_sizes(task, summary) for task, summary in statistics.items()],
        ),
        "sources": _table(
            "Task|Sources|Licence|How it differs",
            [[task, *_origin(task), FREE_TASKS[task].differs] for task in statistics],
        ),
        "labels": _table(
            "Task|Labels by frequency, all splits",
            [
                [task, ", ".join(f"`{label}` {n:,}" for label, n in summary["labels"].items())]
                for task, summary in statistics.items()
                if "labels" in summary
            ],
        ),
        "left-out": _table(
            "Sentence|Why|Tasks",
            [[name, why, ", ".join(tasks)] for (name, why), tasks in _left_out(statistics).items()],
        ),
    }


def about(paths: Mapping[str, Path]) -> pd.DataFrame:
    """Table of tasks for a report: sources, licence, sizes, differences from the paper's data.

    Args:
        paths: Each task's statistics.json.
    """
    rows = []
    for task, path in paths.items():
        summary = json.loads(path.read_text(encoding="utf-8"))
        name, relation, instances, labels, classes, _, majority = _sizes(task, summary)
        sources, licence = _origin(task)
        rows.append(
            {
                "Task": name,
                "Relation to the paper's data": relation,
                "Sources": sources,
                "Licence": licence,
                "Instances (train / dev / test)": instances,
                "Labels": labels,
                "Classes": classes,
                "Always the same answer": majority.replace("`", ""),
                "How it differs": FREE_TASKS[task].differs,
            }
        )
    return pd.DataFrame(rows)


def _origin(task: str) -> tuple[str, str]:
    """Sources, and their licences."""
    sources = FREE_TASKS[task].sources
    return ", ".join(sources), "; ".join(dict.fromkeys(find(name).licence for name in sources))


def _sizes(task: str, summary: Mapping[str, Any]) -> list[str]:
    sizes = [summary["splits"][split] for split in SPLITS]
    counts = [" / ".join(f"{s[unit]:,}" for s in sizes) for unit in ("instances", "labels")]
    types = summary.get("label_types")
    classes = " / ".join(str(types[split]) for split in SPLITS) if types else "numbers"
    majority = summary["majority"]
    answer = "the mean" if majority["label"] is None else f"`{majority['label']}`"
    score = f"{_SCORES[summary['metric']]} {majority['score']:.3f} ({answer})"
    seen = f"{summary['test_instances_seen_in_train']:,}"
    return [task, FREE_TASKS[task].relation, *counts, classes, seen, score]


def _left_out(statistics: Statistics) -> dict[tuple[str, str], list[str]]:
    tasks: dict[tuple[str, str], list[str]] = {}
    for task, summary in statistics.items():
        for item in summary["left_out"].items():
            tasks.setdefault(item, []).append(task)
    return tasks


def _table(head: str, rows: list[list[str]]) -> str:
    titles = head.split("|")
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in r) + " |" for r in lines
    )


def rewritten(page: str, parts: Mapping[str, str]) -> str:
    """The page with its generated parts replaced."""
    for mark, text in parts.items():
        pattern = re.compile(rf"(?<=<!-- {mark} -->\n).*?(?=<!-- /{mark} -->)", re.DOTALL)
        if not pattern.search(page):
            raise InputError(f"{PAGE} has no marks <!-- {mark} --> and <!-- /{mark} -->")
        page = pattern.sub(text.replace("\\", r"\\") + "\n", page)
    return page


def main(folder: Path) -> None:
    """Rewrite both files; run in the project's root."""
    statistics = gather(folder)
    write_json(PUBLISHED, statistics)
    page = rewritten(PAGE.read_text(encoding="utf-8"), tables(statistics))
    write_text(PAGE, page)


if __name__ == "__main__":
    main(Path(*sys.argv[1:2]) if sys.argv[1:] else Path("resources/probing/free"))
