"""Which tasks are erased from which tickets, and what these jobs read."""

from collections.abc import Sequence

from ticketscope.config import Config
from ticketscope.errors import InputError, hint
from ticketscope.plan.names import TicketName, TicketWildcards
from ticketscope.plan.paths import Paths
from ticketscope.plan.probing import ProbingJobs
from ticketscope.plan.tickets import chosen_tickets
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.settings import UNTRAINED
from ticketscope.probing.tasks.registry import TASKS


def erased_tasks(config: Config, probed: Sequence[str]) -> list[str]:
    """The probed tasks that are erased.

    Raises:
        InputError: a task is unknown, or its labels are no classes of single words.
    """
    configured = config.probing.own
    known = [*TASKS, *SOURCES_OF, *configured]
    formats = {task.format: task.kind for task in TASKS.values()}
    kinds = {name: task.kind for name, task in TASKS.items()}
    kinds |= {name: formats.get(task.format, "") for name, task in configured.items()}
    for name in config.behaviour.erase.tasks:
        if name not in known:
            raise InputError(
                f"config error: behaviour.erase.tasks: unknown task {name}; {hint(name, known)}"
            )
        if (kind := kinds.get(name)) in ("pairs", "regression"):
            labels = "pairs of words" if kind == "pairs" else "numbers"
            raise InputError(
                f"config error: behaviour.erase.tasks: the labels of {name} are {labels}, but "
                "only classes of single words can be erased"
            )
    return [name for name in config.behaviour.erase.tasks if name in probed]


class ErasureJobs:
    """Tasks that are erased, tickets that they are erased from, and inputs of these jobs.

    Attributes:
        tasks: Tasks, text by text; none where nothing is probed.
        tickets: LTH0 and some pruned tickets of each series, of those that are probed.

    Raises:
        InputError: as `erased_tasks`.
    """

    def __init__(self, config: Config, paths: Paths, probing: ProbingJobs) -> None:
        self._paths, self._probing = paths, probing
        wanted = erased_tasks(config, list(probing.tasks))
        self._texts = {
            text: [task for task in tasks if task in wanted]
            for text, tasks in probing.texts.items()
            if set(tasks) & set(wanted)
        }
        self.tasks = [task for tasks in self._texts.values() for task in tasks]
        probed = [name for name in probing.tickets if name.series != UNTRAINED]
        chosen = chosen_tickets(probed, config.behaviour.erase.tickets)
        self.tickets = chosen if self.tasks else []

    def words(self, wildcards: TicketWildcards) -> list[str]:
        """A ticket's word vectors, text by text."""
        name = TicketName.of(wildcards)
        pattern = f"{self._paths.vectors}.words.npy"
        return [pattern.format(**name._asdict(), text=text) for text in self._texts]

    @property
    def aligned_texts(self) -> list[str]:
        """Places and alignment of each text, one after the other."""
        folders = [self._paths.probing_text.format(text=text) for text in self._texts]
        return [f"{folder}/{name}.npz" for folder in folders for name in ("places", "alignment")]

    @property
    def instances(self) -> list[str]:
        """Files of the tasks' instances, task by task and in each split by split."""
        return self._probing.instances(self.tasks)

    @property
    def texts(self) -> list[list[str]]:
        """The tasks of each text."""
        return list(self._texts.values())

    @property
    def tables(self) -> list[str]:
        """The table of each ticket."""
        return [name.fill(f"{self._paths.behaviour}.erasure.csv") for name in self.tickets]
