"""What is probed, by which job, on which instances (section 4)."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from ticketscope.config import Config
from ticketscope.plan.names import DENSE, TicketName, TicketWildcards
from ticketscope.plan.paths import FREE_SOURCES, TASKS, Paths
from ticketscope.probing import suites
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.settings import UNTRAINED
from ticketscope.probing.suites import SUITE
from ticketscope.probing.tasks import toy_suite
from ticketscope.probing.tasks.registry import SPLITS

# Settings that a trained probe depends on, apart from `by_task`. The limit is the text's matter.
RECIPE = {
    "suite", "hidden", "lr", "max_epoch", "batch_size", "patience", "replicates", "control",
    "shuffled", "conditional", "standardise", "fractions", "least", "block_steps",
    "block_looks", "keep_weights",
}  # fmt: skip


class TextWildcards(Protocol):
    """Wildcards of a text of tasks."""

    text: str


class ProbeWildcards(TicketWildcards, Protocol):
    """Wildcards of a probing job."""

    part: str


class ProbingJobs:
    """The probed tasks and tickets, and what each probing job reads and depends on.

    Attributes:
        tasks: Tasks by id, in the order of the report.
        skipped: Tasks that were asked for and cannot be probed, and why.
        tickets: Probed tickets, the untrained encoder among them; none without a task.
        texts: Tasks of each text. Tasks of one text share its vectors, and are stale together.
        parts: Names of the jobs of a ticket: `all`, for the tasks of that text, or <task>.<kind>.

    Args:
        config: The experiment's.
        paths: Where its files lie.
        tickets: All its tickets.
        probed: The tasks of experiments that are joined; their data need not be there.

    Raises:
        InputError: a task that the suite lacks, a file that is missing, or English tasks for an
            encoder of another language.
    """

    def __init__(
        self,
        config: Config,
        paths: Paths,
        tickets: Iterable[TicketName],
        probed: Sequence[str] | None = None,
    ) -> None:
        self._probing, self._paths = config.probing, paths
        self._toy = config.corpus.toy
        if probed is None:
            suite = suites.plan(config.probing, config.languages.source)
        else:
            suite = suites.recorded(config.probing, probed)
        self.tasks, self.skipped = suite.tasks, suite.skipped
        names = [
            name
            for name in [*tickets, *(TicketName(seed, UNTRAINED, 0) for seed in config.seeds)]
            if name.k == 0 or self._is_probed(name)
        ]
        # Seed by seed, as the tables have them.
        names.sort(key=lambda name: config.seeds.index(name.seed))
        self.tickets = names if self.tasks else []
        together = self._probing.jobs == "ticket"
        shared = [task for task in self.tasks if together and task not in self._probing.own]
        single = [task for task in self.tasks if task not in shared]
        self.texts = ({SUITE: shared} if shared else {}) | {task: [task] for task in single}
        self.parts = [SUITE] if shared else []
        self.parts += [f"{task}.{kind}" for task in single for kind in self._probing.probes]

    def _is_probed(self, name: TicketName) -> bool:
        tickets, series = self._probing.tickets, self._probing.series
        return (tickets == "all" or name.k in tickets) and (
            series == "all" or name.series in series
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
        return self.texts[self.text_of(wildcards)]

    def text_of(self, wildcards: ProbeWildcards) -> str:
        """The text that a job's tasks are in."""
        return SUITE if wildcards.part == SUITE else wildcards.part.rsplit(".", 1)[0]

    def words_of(self, wildcards: ProbeWildcards) -> str:
        """The word vectors that a job reads."""
        pattern = f"{self._paths.vectors}.words.npy"
        name = TicketName.of(wildcards)
        return pattern.format(**name._asdict(), text=self.text_of(wildcards))

    def aligned_text_of(self, wildcards: ProbeWildcards) -> list[str]:
        """Places and alignment of the text that a job's tasks are in."""
        folder = self._paths.probing_text.format(text=self.text_of(wildcards))
        return [f"{folder}/places.npz", f"{folder}/alignment.npz"]

    def kinds_of(self, wildcards: ProbeWildcards) -> list[str]:
        """Families of probes of a job."""
        if wildcards.part == SUITE:
            return list(self._probing.probes)
        return [wildcards.part.rsplit(".", 1)[1]]

    def task_folder(self, task: str) -> str:
        """Folder of a task's instances; those of the suites are shared by all experiments."""
        if task in self._probing.own:
            return f"{self._paths.probing}/own/{task}"
        if self._probing.suite == "toy":
            toy, limit = self._toy, self._probing.limit_of(task)
            size = max(toy_suite.TRAIN, limit or 0)
            return toy_folder(task, longest=toy.longest, exponent=toy.exponent, train=size)
        return f"{TASKS}/{self._probing.suite}/{task}"

    def instances(self, tasks: Sequence[str]) -> list[str]:
        """Files of instances, task by task and in each split by split."""
        return [f"{self.task_folder(task)}/{split}.jsonl.gz" for task in tasks for split in SPLITS]

    @property
    def test_instances(self) -> list[str]:
        """Files of the test instances, task by task."""
        return [f"{self.task_folder(task)}/test.jsonl.gz" for task in self.tasks]

    def instances_of(self, wildcards: ProbeWildcards) -> list[str]:
        """Files of the instances of a job's tasks."""
        return self.instances(self.tasks_of(wildcards))

    def instances_of_text(self, wildcards: TextWildcards) -> list[str]:
        """Files of the instances of a text's tasks."""
        return self.instances(self.texts[wildcards.text])

    def text_settings(self, wildcards: TextWildcards) -> dict[str, Any]:
        """What a text depends on, apart from the model."""
        return {
            "limits": {task: self._probing.limit_of(task) for task in self.texts[wildcards.text]},
            "context": self._probing.context,
            "shuffled": self._probing.shuffled,
        }

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
            task: by_task[task].model_dump(mode="json", exclude={"limit"})
            for task in tasks
            if task in by_task
        }
        dense = name.series == DENSE
        recipe["codelength"] = [task for task in tasks if self._probing.has_code(task, dense=dense)]
        return {
            "recipe": recipe,
            "ticket": list(name),
            "tasks": [
                {"id": task, "group": self.tasks[task].group, "metric": self.tasks[task].metric}
                for task in tasks
            ],
            "kinds": self.kinds_of(wildcards),
        }


def toy_folder(task: str, **settings: object) -> str:
    """Folder of a task of the toy suite, named by all that its instances depend on.

    Args:
        task: Its name.
        settings: Values, or Snakemake's wildcards, of longest, exponent and train.
    """
    name = "longest{longest}-exponent{exponent}-train{train}".format(**settings)
    return f"{TASKS}/toy/{name}/{task}"
