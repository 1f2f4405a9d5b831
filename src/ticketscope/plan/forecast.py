"""What the jobs of an experiment need together."""

import math
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from typing import NamedTuple

from ticketscope.plan.measured import KeptTraining, kept_trainings
from ticketscope.plan.names import DENSE, TicketName
from ticketscope.plan.needs import Need, need
from ticketscope.plan.resources import LONGEST
from ticketscope.plan.scale import Scale
from ticketscope.tickets.version import TRAINING_VERSION


class Job(NamedTuple):
    """A job that is to run.

    Attributes:
        rule: Its name.
        wildcards: Its wildcards.
        gpus: How many it asks for.
        submission: The same for all jobs that are submitted together.
    """

    rule: str
    wildcards: Mapping[str, str]
    gpus: int
    submission: Hashable


def forecast(scale: Scale, jobs: Collection[Job]) -> str:
    """A few lines: jobs, submissions, hours, disk, scratch, and the longest chain."""
    needs = [(job, need(scale, job.rule, job.wildcards)) for job in jobs]
    gpu_hours = sum(each.minutes * job.gpus for job, each in needs) / 60
    cpu_hours = sum(each.minutes for job, each in needs if not job.gpus) / 60
    disk = sum(each.disk for _, each in needs)
    usual, highest = _scratch(needs)
    basis = "the config's scale"
    if measured := scale.measured:
        basis += (
            f" and the {measured.tokens_per_second:,.0f} subwords a second of "
            f"{measured.trainings} finished trainings"
        )
    submissions = len({job.submission for job in jobs})
    in_groups = f", in {submissions:,} submissions" if submissions < len(jobs) else ""
    lines = [
        f"Expected, from {basis}; docs/run/cluster.md says how, and what is a guess:",
        f"  jobs         {len(jobs):,}{in_groups}",
        f"  GPU-hours    {gpu_hours:,.1f} (jobs that use a GPU if there is one)",
        f"  CPU-hours    {cpu_hours:,.1f} (all other jobs)",
        f"  disk         {_size(disk)}",
        f"  peak scratch {_size(usual)}; {_size(highest)} if all temporary files exist at once",
    ]
    if chain := _chain(needs):
        pieces = max(each.minutes for _, each in needs) / LONGEST
        cut = f"; the longest job is cut in {math.ceil(pieces)} pieces" if pieces > 1 else ""
        lines.append(f"  at least     {_duration(chain)}: LTH0 and one series, one by one{cut}")
    if not in_groups:
        lines.append("This is for nodes of a cluster; docs/run/laptop.md has times of one machine.")
    return "\n".join(lines + _trained_again(scale, needs))


def _trained_again(scale: Scale, needs: Collection[tuple[Job, Need]]) -> list[str]:
    """Tickets that were trained before, why they are trained again, and what that costs."""
    tickets, reasons, minutes = [], set(), 0.0
    for job, each in needs:
        if job.rule in ("train_dense", "retrain"):
            name = TicketName(
                int(job.wildcards["seed"]),
                job.wildcards.get("series", DENSE),
                int(job.wildcards.get("k", 0)),
            )
            if kept := list(kept_trainings(scale.plan, name)):
                tickets.append(f"seed {name.seed} {name.series} {name.label}")
                reasons |= {_reason(scale, name, training) for training in kept}
                minutes += each.minutes
    if not tickets:
        return []
    return [
        f"Trained before, and to be made again: {', '.join(tickets)}.",
        f"  reason       {'; '.join(sorted(reasons))}",
        f"  cost         {_duration(minutes)}; none for those whose data, settings and version",
        "               turn out to be the same, which are published again. No training is lost.",
    ]


def _reason(scale: Scale, name: TicketName, training: KeptTraining) -> str:
    version = training.recipe["version"]
    if version != TRAINING_VERSION:
        return f"TRAINING_VERSION was {version} and is {TRAINING_VERSION} (CHANGELOG.md says why)"
    setup = scale.plan.training.model_and_training
    if not setup.items() <= training.recipe["setup"].items():
        return "settings of the model or the training changed"
    rewinding = (
        {"rewind": scale.plan.config.rewind_epochs}
        if name.series == DENSE
        else {"kind": scale.plan.config.recipe(name.series).kind}
    )
    if any(training.recipe.get(key, now) != now for key, now in rewinding.items()):
        return "the kind or the epochs of rewinding changed"
    series = scale.plan.config.pruning.series.get(name.series)
    orders = training.recipe["setup"].get("order_seed"), series and series.order_of(name.k)
    if orders[0] != orders[1]:
        before, now = (order or "not set" for order in orders)
        return f"pruning.series.{name.series}.order_seed was {before} and is {now}"
    return "an earlier step is made again"


def _scratch(needs: Collection[tuple[Job, Need]]) -> tuple[float, float]:
    """Peak MB: when each series works on one ticket at a time, and if all were there at once."""
    by_rule = defaultdict(list)
    for job, each in needs:
        by_rule[job.rule].append(each.scratch)
    chains = {_series(job) for job, _ in needs if "series" in job.wildcards}
    usual = sum(max(sizes) * min(len(sizes), len(chains)) for sizes in by_rule.values())
    trainings = max(by_rule["retrain"], default=0) * min(len(by_rule["retrain"]), len(chains))
    rest = sum(sum(sizes) for rule, sizes in by_rule.items() if rule != "retrain")
    return usual, trainings + rest


def _chain(needs: Collection[tuple[Job, Need]]) -> float:
    """Minutes of the trainings that must follow each other."""
    chains: dict[Hashable, float] = defaultdict(float)
    dense = max((each.minutes for job, each in needs if job.rule == "train_dense"), default=0.0)
    for job, each in needs:
        if job.rule == "retrain":
            chains[_series(job)] += each.minutes
    return dense + max(chains.values(), default=0.0)


def _series(job: Job) -> Hashable:
    return job.wildcards["seed"], job.wildcards["series"]


def _size(megabytes: float) -> str:
    for unit in ("MB", "GB"):
        if megabytes < 1000:
            return f"{megabytes:,.0f} {unit}"
        megabytes /= 1000
    return f"{megabytes:,.1f} TB"


def _duration(minutes: float) -> str:
    days = minutes / 60 / 24
    return f"{days:,.1f} days" if days >= 1 else f"{days * 24:,.1f} hours"
