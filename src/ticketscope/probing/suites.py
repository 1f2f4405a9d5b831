"""Selection of the tasks to probe: tasks of the suite with available data, and the user's tasks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ticketscope.errors import InputError, hint
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.settings import OwnTask, Probing
from ticketscope.probing.tasks.formats import check, metrics_of
from ticketscope.probing.tasks.registry import SPLITS, TASKS, Task
from ticketscope.runtime.files import refuse_braces, require_file

ENGLISH = "en"
# Name of the text, and of the job, that holds all tasks of a suite with `jobs: ticket`.
SUITE = "all"


@dataclass(frozen=True)
class Plan:
    """The tasks to probe.

    Attributes:
        tasks: Tasks by id, in the order of the report.
        skipped: Requested tasks that cannot be probed, and the reason for each, in one line.
    """

    tasks: Mapping[str, Task]
    skipped: Mapping[str, str]


def plan(probing: Probing, language: str = ENGLISH) -> Plan:
    """The tasks of an experiment.

    Args:
        probing: Section `probing` of the config.
        language: Of the encoder. The suites' tasks are English; the user's may be of any language.

    Raises:
        InputError: the suite lacks a task, two tasks have one name, a user's file is missing, or
            the encoder reads another language than the suite's tasks are in.
    """
    available = _suite(probing)
    if probing.folder is not None:
        refuse_braces(probing.folder, "config error: probing.folder")
    for name in probing.own:
        if name == SUITE:
            raise InputError(
                f"config error: probing.own: the name {SUITE} is taken, choose another"
            )
        if name in available:
            raise InputError(
                f"config error: probing.own.{name}: the {probing.suite} suite has a task of this "
                "name, choose another"
            )
        _check_own(name, probing.own[name])
    available |= _own(probing)
    if probing.tasks == "all":
        requested = list(available)
    else:
        requested = list(dict.fromkeys([*probing.tasks, *probing.own]))
        for name in requested:
            if name not in available:
                raise InputError(
                    f"config error: probing.tasks: unknown task {name}; {hint(name, available)}"
                )
    for key in ("codelength", "codelength_dense", "by_task"):
        names = getattr(probing, key)
        for name in [] if names == "all" else names:
            if name not in available.keys() | TASKS.keys():
                known = hint(name, available)
                raise InputError(f"config error: probing.{key}: unknown task {name}; {known}")
    foreign = [name for name in requested if name not in probing.own]
    if foreign and language != ENGLISH and not probing.other_language:
        raise InputError(
            f"config error: probing.tasks: the {probing.suite} suite's tasks are English, the "
            f"encoder reads {language} (languages.source): set probing.tasks to [], or "
            "probing.other_language to true"
        )
    absent = {name: reason for name in requested if (reason := _absent(probing, name)) is not None}
    return Plan({name: available[name] for name in requested if name not in absent}, absent)


def recorded(probing: Probing, tasks: Iterable[str]) -> Plan:
    """The tasks that finished experiments have probed, whose data need not be there.

    Raises:
        InputError: they are no tasks of this config.
    """
    available = _suite(probing) | _own(probing)
    tasks = list(tasks)
    for name in tasks:
        if name not in available:
            raise InputError(f"config error: joined: unknown task {name}; {hint(name, available)}")
    return Plan({name: available[name] for name in tasks}, {})


def _own(probing: Probing) -> dict[str, Task]:
    return {name: Task(name, task.group, task.metric) for name, task in probing.own.items()}


def _suite(probing: Probing) -> dict[str, Task]:
    tasks: dict[str, Task] = dict(TASKS)
    if probing.suite == "free":
        # A task of the free suite that the paper does not have.
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
    """Check a user's task before any job runs."""
    for split, path in own_files(task).items():
        require_file(path, f"config error: probing.own.{name}.{split}")
    try:
        check(task.format, task.options)
    except InputError as error:
        raise InputError(f"config error: probing.own.{name}: {error}") from None
    if task.metric not in (metrics := metrics_of(task.format)):
        raise InputError(
            f"config error: probing.own.{name}.metric: {task.metric} does not fit the labels of "
            f"{task.format}: give {' or '.join(metrics)}"
        )


def own_files(task: OwnTask) -> dict[str, str]:
    """File of each split of a user's own task."""
    return dict(zip(SPLITS, (task.train, task.dev, task.test), strict=True))
