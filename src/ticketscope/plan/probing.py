"""What is probed, by which job, on which instances (section 4)."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from ticketscope.config import Config
from ticketscope.plan.names import TicketName, TicketWildcards
from ticketscope.plan.paths import FREE_SOURCES, TASKS, Paths
from ticketscope.probing import suites
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.settings import UNTRAINED
from ticketscope.probing.tasks.registry import SPLITS

# Settings that a trained probe depends on, apart from `by_task`.
RECIPE = {
    "suite", "limit", "hidden", "lr", "max_epoch", "batch_size", "patience", "replicates",
    "control", "codelength", "fractions", "least",
}  # fmt: skip


class ProbeWildcards(TicketWildcards, Protocol):
    """Wildcards of a probing job."""

    part: str


class ProbingJobs:
    """The probed tasks and tickets, and what each probing job reads and depends on.

    Attributes:
        tasks: Tasks by id, in the order of the report.
        skipped: Tasks that were asked for and cannot be probed, and why.
        tickets: Probed tickets, the untrained encoder among them; none without a task.
        parts: Names of the jobs of a ticket: `all`, or <task>.<kind>.

    Raises:
        InputError: a task that the suite lacks, or a file that is missing.
    """

    def __init__(self, config: Config, paths: Paths, tickets: Iterable[TicketName]) -> None:
        self._probing, self._paths = config.probing, paths
        suite = suites.plan(config.probing)
        self.tasks, self.skipped = suite.tasks, suite.skipped
        probed = [
            name
            for name in [*tickets, *(TicketName(seed, UNTRAINED, 0) for seed in config.seeds)]
            if name.k == 0 or self._probing.tickets == "all" or name.k in self._probing.tickets
        ]
        # Seed by seed, as the tables have them.
        probed.sort(key=lambda name: config.seeds.index(name.seed))
        self.tickets = probed if self.tasks else []
        kinds = self._probing.probes
        self.parts = (
            ["all"]
            if self._probing.jobs == "ticket"
            else [f"{task}.{kind}" for task in self.tasks for kind in kinds]
        )

    @property
    def jobs(self) -> list[tuple[TicketName, str]]:
        """Every probing job: its ticket and part."""
        return [(name, part) for name in self.tickets for part in self.parts]

    def per_job(self, ending: str) -> list[str]:
        """The file with this ending of every job, in the order of `jobs`."""
        pattern = self._paths.probes + ending
        return [pattern.format(**name._asdict(), part=part) for name, part in self.jobs]

    def tasks_of(self, wildcards: ProbeWildcards) -> list[str]:
        """Tasks of a job."""
        return list(self.tasks) if wildcards.part == "all" else [wildcards.part.rsplit(".", 1)[0]]

    def kinds_of(self, wildcards: ProbeWildcards) -> list[str]:
        """Families of probes of a job."""
        if wildcards.part == "all":
            return list(self._probing.probes)
        return [wildcards.part.rsplit(".", 1)[1]]

    def task_folder(self, task: str) -> str:
        """Folder of a task's instances; those of the suites are shared by all experiments."""
        if task in self._probing.own:
            return f"{self._paths.probing}/own/{task}"
        return f"{TASKS}/{self._probing.suite}/{task}"

    def instances(self, tasks: Sequence[str]) -> list[str]:
        """Files of instances, task by task and in each split by split."""
        return [f"{self.task_folder(task)}/{split}.jsonl.gz" for task in tasks for split in SPLITS]

    def instances_of(self, wildcards: ProbeWildcards) -> list[str]:
        """Files of the instances of a job's tasks."""
        return self.instances(self.tasks_of(wildcards))

    @property
    def sources(self) -> list[str]:
        """Manifests of the public corpora that the tasks are built from."""
        if self._probing.suite != "free":
            return []
        names = {name for task in self.tasks for name in SOURCES_OF.get(task, ())}
        return [f"{FREE_SOURCES}/{name}.json" for name in sorted(names)]

    @property
    def free_statistics(self) -> list[str]:
        """What the free suite's tasks were built from, task by task."""
        tasks = [task for task in self.tasks if task in SOURCES_OF]
        if self._probing.suite != "free":
            return []
        return [f"{TASKS}/free/{task}/statistics.json" for task in tasks]

    def checkpoint(self, wildcards: TicketWildcards, trained: str) -> str:
        """The ticket's checkpoint (of the pattern `trained`), or the untrained encoder's."""
        name = TicketName.of(wildcards)
        return name.fill(self._paths.untrained if name.series == UNTRAINED else trained)

    def settings(self, wildcards: ProbeWildcards) -> dict[str, Any]:
        """What the probes of a job depend on, in one dict: each further function slows the DAG."""
        tasks, by_task = self.tasks_of(wildcards), self._probing.by_task
        name = TicketName.of(wildcards)
        recipe = self._probing.model_dump(mode="json", include=RECIPE)
        recipe["by_task"] = {
            task: by_task[task].model_dump(mode="json") for task in tasks if task in by_task
        }
        return {
            "recipe": recipe,
            "ticket": list(name),
            "tasks": [
                {"id": task, "group": self.tasks[task].group, "metric": self.tasks[task].metric}
                for task in tasks
            ],
            "kinds": self.kinds_of(wildcards),
        }
