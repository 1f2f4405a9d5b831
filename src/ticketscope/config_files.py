"""Reading config files strictly, and what no value of a config may be, whatever its key.

YAML as most programs read it forgets a key that is given twice, and a file of some lines can stand
for more values than fit into memory.
"""

import json
import math
import re
import stat
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from ticketscope.errors import InputError

# Bounds that no experiment comes near. A name is part of the names of files, which have 255 bytes.
DEEPEST = 20
MOST_VALUES = 100_000
LONGEST_NAME = 100
LONGEST_TEXT = 2000
LONGEST_PART = 255
LARGEST = 1_000_000_000
LARGEST_FILE = 1_000_000

# Unicode's categories of control characters, halves of surrogate pairs, separators of lines.
_UNFIT = {"Cc", "Cs", "Zl", "Zp"}

_NUMBERS = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}

# What YAML 1.1 takes for a number to base 8 (010) or 60 (1:30), and nobody writes as one.
_ODD_BASE = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*:.*)")


def read(path: Path) -> dict[str, Any]:
    """Read one config file, YAML or JSON.

    Raises:
        InputError: the file is missing, no regular file, not UTF-8, no YAML, too large or too
            deeply nested; a key is given twice; a number is written to base 8 or 60. The error
            names file and line.
    """
    try:
        status = path.stat()
        # A pipe's content would be gone when Snakemake reads it; a device's may have no end.
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path} is no config: it is no regular file")
        if status.st_size > LARGEST_FILE:
            raise InputError(f"{path} is no config: it has {status.st_size:,} bytes")
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}: is not UTF-8: save the file as UTF-8") from None
    try:
        value = _parse(text, path)
    except RecursionError:
        raise InputError(f"{path}: is nested more than {DEEPEST} levels deep") from None
    # ValueError: a number of thousands of digits, a date that does not exist.
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path} is not YAML: {printable(reason)}") from error
    except (LookupError, AttributeError):  # `!!bool maybe`, `!!timestamp x`
        raise InputError(f"{path} is not YAML: a value is not what its tag says (!!...)") from None
    if not isinstance(value, dict):
        raise InputError(f"{path}: expected keys and values, found {type(value).__name__}")
    return value


def check(*paths: str) -> None:
    """End the program with one line where a config file cannot be read; Snakemake shows a trace."""
    try:
        for path in paths:
            read(Path(path))
    except InputError as error:
        sys.exit(f"config error: {error}")


def _parse(text: str, path: Path) -> Any:
    """The value that a JSON text stands for, or else a YAML text; an empty one has no keys."""
    with suppress(ValueError):
        return _json(text, path)
    loader = yaml.SafeLoader(text)
    root = loader.get_single_node()
    if root is None:
        return {}
    _Nodes(path).check(root, 0)
    return loader.construct_document(root)


def _json(text: str, path: Path) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        if twice := next((key for key, times in Counter(keys).items() if times > 1), None):
            raise InputError(f"{path}: the key {short(twice)} is given twice: join the two")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=unique)


class _Nodes:
    """Checks a YAML file before its values are made, when aliases are still aliases."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def check(self, node: yaml.Node, depth: int) -> int:
        """Number of values that a node stands for, aliases followed."""
        where = f"{self._path}, line {node.start_mark.line + 1}"
        if depth > DEEPEST:
            raise InputError(f"{where}: is nested more than {DEEPEST} levels deep")
        if id(node) in self._open:
            raise InputError(f"{where}: the anchor refers to itself")
        is_number = isinstance(node, yaml.ScalarNode) and node.tag in _NUMBERS
        if is_number and _ODD_BASE.fullmatch(node.value):
            raise InputError(
                f"{where}: YAML reads {short(node.value)} as a number to base 8 or 60: write it as "
                "a decimal number, or in quotes if it is text"
            )
        if id(node) not in self._sizes:
            self._open.add(id(node))
            size = 1 + sum(self.check(child, depth + 1) for child in self._children(node))
            self._open.remove(id(node))
            if size > MOST_VALUES:
                raise InputError(f"{where}: stands for more than {MOST_VALUES:,} values")
            self._sizes[id(node)] = size
        return self._sizes[id(node)]

    def _children(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            return list(node.value) if isinstance(node, yaml.SequenceNode) else []
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                line = key.start_mark.line + 1
                if key.value in lines:
                    raise InputError(
                        f"{self._path}, line {line}: the key {short(key.value)} is given twice, "
                        f"first in line {lines[key.value]}: join the two"
                    )
                lines[key.value] = line
        return [child for pair in node.value for child in pair]


def check_values(given: Mapping[Any, Any]) -> None:
    """Refuse what would pass for a value and break a job later.

    Raises:
        InputError: a number is not finite or beyond any use; a text or a name is too long or has
            characters that no file can hold; a value is of no type that a config has. The error
            names the key.
    """
    counted = [0]

    def visit(value: Any, path: tuple[Any, ...]) -> None:
        counted[0] += 1
        if counted[0] > MOST_VALUES:
            raise InputError(f"config error: there are more than {MOST_VALUES:,} values")
        if (problem := _problem(value, len(path))) is not None:
            raise InputError(f"config error: {dotted(path)}: {problem}")
        if isinstance(value, Mapping):
            for key, item in value.items():
                if not isinstance(key, str):
                    raise InputError(
                        f"config error: {dotted((*path, key))}: YAML reads this key as "
                        f"{type(key).__name__}: put it in quotes"
                    )
                if len(key) > LONGEST_NAME:
                    raise InputError(
                        f"config error: {dotted((*path, key))}: the key has {len(key)} characters, "
                        f"at most {LONGEST_NAME} are allowed"
                    )
                visit(item, (*path, key))
        elif isinstance(value, list | tuple):
            for number, item in enumerate(value):
                visit(item, (*path, number))

    visit(given, ())


def _problem(value: Any, depth: int) -> str | None:
    match value:
        case None | bool():
            return None
        case Mapping() | list() | tuple():
            deep = depth > DEEPEST
            return f"is nested more than {DEEPEST} levels deep" if deep else None
        case int() | float():
            if isinstance(value, float) and not math.isfinite(value):
                return f"given {value}, should be a finite number"
            if abs(value) > LARGEST:
                return f"given {short(value)}, should be at most {LARGEST:,} in size"
            return None
        case str():
            if len(value) > LONGEST_TEXT:
                return f"has {len(value)} characters, at most {LONGEST_TEXT} are allowed"
            if any(unicodedata.category(c) in _UNFIT for c in value):
                return f"given {short(value)}, which has a character that no name or path has"
            if (longest := max(len(part.encode()) for part in value.split("/"))) > LONGEST_PART:
                return f"has {longest} bytes without a slash, and no file has such a name"
            return None
        case _:
            kind = type(value).__name__
            return f"given {short(value)}, which YAML reads as {kind}: put it in quotes"


def dotted(path: tuple[Any, ...]) -> str:
    """A path of keys as it is written in messages."""
    return ".".join(
        part
        if isinstance(part, str) and part.isprintable() and 0 < len(part) <= LONGEST_NAME
        else short(part)
        for part in path
    )


def short(value: Any, length: int = 80) -> str:
    """A value as Python writes it, cut in the middle if it is long."""
    if isinstance(value, int) and abs(value) > 10**length:
        return f"a number of {math.floor(math.log10(abs(value))) + 1} digits"
    text = repr(value) if isinstance(value, str | int | float | Mapping | list) else str(value)
    if len(text) > length:
        text = f"{text[: length - 20]}...{text[-17:]}"
    return printable(text)


def printable(text: str) -> str:
    """A text with escapes in place of what no terminal shows."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


if __name__ == "__main__":
    check(*sys.argv[1:])
