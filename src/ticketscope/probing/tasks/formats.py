"""Formats of probing data, by their names in the config, and the construction of a task.

A reader's module is imported by name when its format is used. The code fingerprint of a task
therefore contains only the reader that the task needs: `module_of` names it to the rules.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance, write_instances

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


def options_of(format: str) -> dict[str, object]:
    """The options of a format with their defaults."""
    _, *options = inspect.signature(reader_of(format)).parameters.values()
    return {option.name: option.default for option in options}


def check(format: str, options: Mapping[str, object]) -> None:
    """Check names and number types of options. Readers check the values themselves.

    Raises:
        InputError: the format or an option is unknown, or an option that must be a whole number is
            not.
    """
    defaults = options_of(format)
    for name in options:
        if name not in defaults:
            hint = f"it has {', '.join(defaults)}" if defaults else "it has none"
            raise InputError(f"format {format} has no option {name}; {hint}")
    for name, default in defaults.items():
        value = options.get(name, default)
        if isinstance(default, int) and type(value) is not int:
            raise InputError(f"option {name} of format {format} is {value}, not a whole number")


def read(format: str, path: Path, options: Mapping[str, object]) -> Iterator[Instance]:
    """The instances of a file in one of the formats."""
    check(format, options)
    return reader_of(format)(path, **options)


def build(
    sources: Mapping[str, Path], out: Path, format: str, options: Mapping[str, object]
) -> dict[str, int]:
    """Write {split}.jsonl.gz into `out` for each source, and return the numbers of instances.

    Readers that draw at random start again from the same seed in each file.

    Raises:
        InputError: a split is empty or has an id twice, or the splits hold instances of different
            kinds.
    """
    kinds: set[str] = set()
    return {
        split: write_instances(out / f"{split}.jsonl.gz", _checked(path, format, options, kinds))
        for split, path in sources.items()
    }


def _checked(
    path: Path, format: str, options: Mapping[str, object], kinds: set[str]
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
        yield instance
    if not ids:
        raise InputError(f"{path} holds no instance of format {format}")
