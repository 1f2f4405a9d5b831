"""What finished trainings of an experiment took: better than any estimate for those to come."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from ticketscope.plan.experiment import Plan
from ticketscope.plan.names import TicketName

# In the log of a job that found its training finished (tickets/trained.py).
PUBLISHED_AGAIN = "has been trained before; published again"


class KeptTraining(NamedTuple):
    """A finished training that is kept.

    Attributes:
        recipe: What decided it, as `tickets.trained` writes it.
        log: Its training log.
    """

    recipe: dict[str, Any]
    log: Path


class Measured(NamedTuple):
    """What trainings with the present settings took.

    Attributes:
        trainings: How many were finished.
        tokens_per_second: Target subwords a second, all devices together; the median.
        memory: The highest peak, MB; None if it was not recorded.
    """

    trainings: int
    tokens_per_second: float
    memory: float | None


def kept_trainings(plan: Plan, name: TicketName) -> Iterator[KeptTraining]:
    """The finished trainings of a ticket, with whatever settings."""
    for note in sorted(Path(name.fill(plan.paths.kept)).glob("[!.]*/recipe.json")):
        yield KeptTraining(json.loads(note.read_text())["recipe"], note.with_name("log.csv"))


def measure(plan: Plan) -> Measured | None:
    """Speed and memory of the finished trainings; None before the first."""
    speeds, peaks = [], []
    for name in plan.tickets:
        setup = plan.training.model_and_training
        for recipe, log in kept_trainings(plan, name):
            if setup.items() <= recipe["setup"].items():
                speeds += _speeds(log)
                peaks += _peaks(plan, name)
    if not speeds:
        return None
    return Measured(len(speeds), median(speeds), max(peaks, default=None))


def _speeds(log: Path) -> list[float]:
    with log.open(encoding="utf-8") as rows:
        speeds = [float(row["tokens_per_second"]) for row in csv.DictReader(rows)]
    return [median(speeds)] if speeds else []


def _peaks(plan: Plan, name: TicketName) -> list[float]:
    """Peaks that Snakemake has measured; it notes none of a job of less than a second."""
    path = Path(name.fill(plan.paths.ticket_logs), "retrain.jsonl" if name.k else "train.jsonl")
    log = path.with_suffix(".log")
    if log.exists() and PUBLISHED_AGAIN in log.read_text(encoding="utf-8", errors="replace"):
        return []  # this job trained nothing
    records = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [float(record["max_rss"]) for record in records if record["max_rss"] not in (None, "NA")]
