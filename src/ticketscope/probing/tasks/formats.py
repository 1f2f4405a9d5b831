"""The formats a task can come in, by the names that the config uses, and how to build a task."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance, read_instances, write_instances
from ticketscope.probing.tasks import (
    ccgbank,
    conll2000,
    conll2003,
    conll2012,
    conllu,
    conllx,
    ithappened,
    sdp,
    semtags,
    streusle,
    tagged,
    toy,
    trees,
)

Reader = Callable[..., Iterator[Instance]]

FORMATS: Mapping[str, Reader] = {
    "conllx": conllx.read,
    "ccgbank": ccgbank.read,
    "trees": trees.read,
    "conll2000": conll2000.read,
    "conll2003": conll2003.read,
    "fce": tagged.read_errors,
    "conjuncts": tagged.read_conjuncts,
    "conllu": conllu.read_tags,
    "conllu-arcs": conllu.read_arcs,
    "conllu-relations": conllu.read_relations,
    "semtags": semtags.read,
    "streusle": streusle.read,
    "it-happened": ithappened.read,
    "sdp-arcs": sdp.read_arcs,
    "sdp-relations": sdp.read_relations,
    "conll2012": conll2012.read,
    "toy": toy.read,
    "instances": read_instances,
}


def options_of(format: str) -> dict[str, object]:
    """The options of a format with their defaults; one without default must be given."""
    if format not in FORMATS:
        raise InputError(f"unknown format {format}; known are {', '.join(FORMATS)}")
    _, *options = inspect.signature(FORMATS[format]).parameters.values()
    return {option.name: option.default for option in options}


def check(format: str, options: Mapping[str, object]) -> None:
    """Raises InputError where the format is unknown, or an option is unknown, missing or no number.

    What a value may be beyond that, its reader knows.
    """
    known = options_of(format)
    for name in options:
        if name not in known:
            hint = f"it has {', '.join(known)}" if known else "it has none"
            raise InputError(f"format {format} has no option {name}; {hint}")
    for name, default in known.items():
        given = options.get(name, default)
        if default is inspect.Parameter.empty and given is default:
            raise InputError(f"format {format} needs option {name}")
        if isinstance(default, int) and type(given) is not int:
            raise InputError(f"option {name} of format {format} is {given}, not a whole number")


def read(format: str, path: Path, options: Mapping[str, object]) -> Iterator[Instance]:
    """The instances of a file in one of the formats."""
    check(format, options)
    return FORMATS[format](path, **options)


def build(
    sources: Mapping[str, Path], out: Path, format: str, options: Mapping[str, object]
) -> dict[str, int]:
    """Write {split}.jsonl.gz into `out` for each source, and return the numbers of instances.

    A random draw starts anew in each file. All splits hold instances of one kind; none is empty.
    """
    kinds: set[str] = set()
    return {
        split: write_instances(out / f"{split}.jsonl.gz", _checked(path, format, options, kinds))
        for split, path in sources.items()
    }


def _checked(
    path: Path, format: str, options: Mapping[str, object], kinds: set[str]
) -> Iterator[Instance]:
    empty = True
    for instance in read(format, path, options):
        kinds.add(instance.kind)
        if len(kinds) > 1:
            raise InputError(
                f"{path}: instances of kinds {' and '.join(sorted(kinds))} in one task"
            )
        empty = False
        yield instance
    if empty:
        raise InputError(f"{path} holds no instance of format {format}")
