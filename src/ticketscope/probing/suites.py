"""Which tasks an experiment probes: those of its suite whose data is there, and the user's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ticketscope.errors import InputError, hint
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.settings import OwnTask, Probing
from ticketscope.probing.tasks.registry import SPLITS, TASKS, Task


@dataclass(frozen=True)
class Plan:
    """What is probed and what is not.

    Attributes:
        tasks: By id, in the order of the report.
        skipped: Tasks that were asked for and cannot be probed, and why, in one line each.
    """

    tasks: Mapping[str, Task]
    skipped: Mapping[str, str]


def plan(probing: Probing) -> Plan:
    """The tasks of an experiment.

    Raises:
        InputError: a task that the suite lacks, two tasks of one name, an own file that is missing.
    """
    known = _suite(probing)
    for name in probing.own:
        if name in known:
            raise InputError(
                f"config error: probing.own.{name}: the {probing.suite} suite has a task of this "
                "name, choose another"
            )
        _check_own(name, probing.own[name])
    known |= {name: Task(name, own.group, own.metric) for name, own in probing.own.items()}
    if probing.tasks == "all":
        wanted = list(known)
    else:
        wanted = list(dict.fromkeys([*probing.tasks, *probing.own]))
        for name in wanted:
            if name not in known:
                raise InputError(
                    f"config error: probing.tasks: unknown task {name}; {hint(name, known)}"
                )
    absent = {name: reason for name in wanted if (reason := _absent(probing, name)) is not None}
    return Plan({name: known[name] for name in wanted if name not in absent}, absent)


def _suite(probing: Probing) -> dict[str, Task]:
    tasks: dict[str, Task] = dict(TASKS)
    if probing.suite == "free":
        # Its one task beside the paper's 18.
        tasks["UPOS"] = replace(TASKS["POS"], id="UPOS")
        tasks = {name: tasks[name] for name in SOURCES_OF}
    return tasks


def _absent(probing: Probing, name: str) -> str | None:
    if probing.suite != "paper" or name in probing.own:
        return None
    if probing.folder is None:
        return "probing.folder names no folder with the paper's licensed corpora"
    files = [Path(probing.folder) / path for path in TASKS[name].paths().values()]
    missing = [str(path) for path in files if not path.is_file()]
    return f"{', '.join(missing)} missing" if missing else None


def _check_own(name: str, task: OwnTask) -> None:
    """Now, not after an hour of training."""
    # Here, so that a config without own tasks does not load every reader.
    from ticketscope.probing.tasks.formats import check

    for split, path in own_files(task).items():
        if not Path(path).is_file():
            raise InputError(f"config error: probing.own.{name}.{split}: {path} does not exist")
    try:
        check(task.format, task.options)
    except InputError as error:
        raise InputError(f"config error: probing.own.{name}: {error}") from None


def own_files(task: OwnTask) -> dict[str, str]:
    """File of each split of a user's own task."""
    return dict(zip(SPLITS, (task.train, task.dev, task.test), strict=True))
