"""JSON that others wrote: what Python reads otherwise, or cannot write again, is refused."""

import json
from pathlib import Path
from typing import Any

from ticketscope.errors import InputError
from ticketscope.runtime.text import opened, readable

LARGEST = 512 << 20  # bytes
# A list takes two bytes and, read, more than sixty: a packed file of some kilobytes fills a memory.
MOST_VALUES = 10_000_000


def read_json(path: Path) -> Any:
    """The value of a JSON file, as `parse_json`; a byte-order mark is skipped.

    Raises:
        InputError: the file is missing, damaged, larger than `LARGEST`, not UTF-8 or not JSON;
            names file and line.
    """
    with readable(path, str(path)), opened(path) as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"{path}: is larger than {LARGEST >> 20} MiB")
    try:
        return parse_json(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: not UTF-8; convert the file to UTF-8") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from error
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error


def parse_json(text: str) -> Any:
    """A JSON value in which nothing is lost or cannot be written again.

    Raises:
        ValueError: not JSON (a JSONDecodeError); more than `MOST_VALUES`; nested too deeply; a
            number too long for Python; a key twice in an object, of which Python keeps the last;
            half a surrogate pair.
    """
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES:,} values of JSON")
    try:
        value = json.loads(text, object_pairs_hook=_object)
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError("half of a surrogate pair (\\ud800 to \\udfff)") from error
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice} is there twice in one object")
    return value
