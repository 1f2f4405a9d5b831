"""Formats of probing data, by their names in the config, and the construction of a task.

A reader's module is imported by name when its format is used. The code fingerprint of a task
therefore contains only the reader that the task needs: `module_of` names it to the rules.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance, write_instances
from ticketscope.probing.metrics import metric_of

Reader = Callable[..., Iterator[Instance]]

# Module in `ticketscope.probing` and function of each reader.
FORMATS: Mapping[str, tuple[str, str]] = {
    "conllx": ("tasks.conllx", "read"),
    "ccgbank": ("tasks.ccgbank", "read"),
    "trees": ("tasks.trees", "read"),
    "conll2000": ("tasks.tagged", "read_chunks"),
    "conll2003": ("tasks.tagged", "read_entities"),
    "fce": ("tasks.tagged", "read_errors"),
    "conjuncts": ("tasks.tagged", "read_conjuncts"),
    "conllu": ("tasks.conllu", "read_tags"),
    "conllu-arcs": ("tasks.conllu", "read_arcs"),
    "conllu-relations": ("tasks.conllu", "read_relations"),
    "semtags": ("tasks.semtags", "read"),
    "streusle": ("tasks.streusle", "read"),
    "it-happened": ("tasks.ithappened", "read"),
    "sdp-arcs": ("tasks.sdp", "read_arcs"),
    "sdp-relations": ("tasks.sdp", "read_relations"),
    "conll2012": ("tasks.conll2012", "read"),
    "instances": ("instances", "read_instances"),
}

# Metrics of labels that the format decides. Labels of other formats may be any classes.
_METRICS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("conll2000", "conll2003", "conjuncts"), ("accuracy", "span_f1")),
    "fce": ("accuracy", "error_f1"),
    "it-happened": ("pearson",),
    **dict.fromkeys(
        ("conllu-arcs", "conllu-relations", "streusle", "sdp-arcs", "sdp-relations", "conll2012"),
        ("accuracy",),
    ),
    "instances": ("accuracy", "span_f1", "error_f1", "pearson"),
}


def metrics_of(format: str) -> tuple[str, ...]:
    """The metrics that may fit the labels of a format."""
    return _METRICS.get(format, ("accuracy", "span_f1", "error_f1"))


def module_of(format: str) -> str:
    """Dotted name of the module that holds the reader of a format.

    Raises:
        InputError: the format is unknown.
    """
    if format not in FORMATS:
        raise InputError(f"unknown format {format}; known are {', '.join(FORMATS)}")
    return f"ticketscope.probing.{FORMATS[format][0]}"


def reader_of(format: str) -> Reader:
    """The reader of a format.

    Raises:
        InputError: the format is unknown.
    """
    reader: Reader = getattr(import_module(module_of(format)), FORMATS[format][1])
    return reader


def check(format: str, options: Mapping[str, object]) -> dict[str, object]:
    """Check options against the parameters of the format's reader.

    Returns:
        The options as the reader takes them: 1 for 1.0.

    Raises:
        InputError: the format or an option is unknown, or an option has a value that its type does
            not allow.
    """
    _, *parameters = inspect.signature(reader_of(format)).parameters.values()
    types = {parameter.name: parameter.annotation for parameter in parameters}
    checked = {}
    for name, value in options.items():
        if name not in types:
            hint = f"it has {', '.join(types)}" if types else "it has none"
            raise InputError(f"format {format} has no option {name}; {hint}")
        try:
            adapter = TypeAdapter(types[name], config=ConfigDict(strict=True))
            checked[name] = adapter.validate_python(value)
        except ValidationError as error:
            wanted = error.errors()[0]["msg"].replace("Input should", "should")
            raise InputError(f"option {name} of format {format} is {value}, {wanted}") from None
    return checked


def read(format: str, path: Path, options: Mapping[str, object]) -> Iterator[Instance]:
    """The instances of a file in one of the formats."""
    return reader_of(format)(path, **check(format, options))


def build(
    sources: Mapping[str, Path],
    out: Path,
    format: str,
    options: Mapping[str, object],
    metric: str | None = None,
) -> dict[str, int]:
    """Write {split}.jsonl.gz into `out` for each source, and return the numbers of instances.

    Readers that draw at random start again from the same seed in each file.

    Args:
        sources: File of each split.
        out: Folder to write to.
        format: Of the files.
        options: Of the format.
        metric: Score of the task, which must fit the labels: a probe would refuse them only after
            the training. None: it is the paper's for this format.

    Raises:
        InputError: a split is empty or has an id twice, the splits hold instances of different
            kinds, or the metric does not fit their labels.
    """
    kinds: set[str] = set()
    labels: set[str | float] = set()
    sizes = {
        split: write_instances(
            out / f"{split}.jsonl.gz", _checked(path, format, options, kinds, labels)
        )
        for split, path in sources.items()
    }
    if metric is not None:
        try:
            _check_metric(metric, labels)
        except InputError as error:
            places = ", ".join(map(str, sources.values()))
            raise InputError(f"{places}: {metric} does not fit the labels: {error}") from None
    return sizes


def _check_metric(metric: str, labels: set[str | float]) -> None:
    classes = sorted(label for label in labels if isinstance(label, str))
    if (metric == "pearson") == bool(classes):
        raise InputError(f"they are {'classes' if classes else 'numbers'}")
    metric_of(metric, classes)


def _checked(
    path: Path,
    format: str,
    options: Mapping[str, object],
    kinds: set[str],
    labels: set[str | float],
) -> Iterator[Instance]:
    ids: set[str] = set()
    for instance in read(format, path, options):
        kinds.add(instance.kind)
        if len(kinds) > 1:
            raise InputError(
                f"{path}: instances of kinds {' and '.join(sorted(kinds))} in one task"
            )
        if instance.id in ids:
            raise InputError(f"{path}: two instances have the id {instance.id}: give each its own")
        ids.add(instance.id)
        labels.update(instance.labels)
        yield instance
    if not ids:
        raise InputError(f"{path} holds no instance of format {format}")
