"""Contrastive pairs and their file: a source with a correct and an incorrect translation.

A model prefers one of the two (Sennrich 2017, How grammatical is character-level neural machine
translation?). The file is tab-separated with a header; every set becomes one, whatever its format.
"""

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

from ticketscope.corpus.contrast import Contrast
from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.table_text import named
from ticketscope.runtime.text import numbered_lines

# Sentences of an item.
SIDES = ("source", "correct", "incorrect")
_FLAGS = {"": None, "yes": True, "no": False}

COLUMNS = [field.name for field in fields(Contrast)]
_REQUIRED = COLUMNS[:4]


def write_contrasts(path: Path, items: Iterable[Contrast]) -> None:
    """Write a contrast set."""
    flags = {flag: text for text, flag in _FLAGS.items()}
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None,
            lineterminator="\n")  # fmt: skip
        writer.writerow(COLUMNS)
        for item in items:
            *texts, minority, tasks = astuple(item)
            writer.writerow([*texts, flags[minority], " ".join(tasks)])


def read_contrasts(path: Path) -> list[Contrast]:
    """Read a contrast set. The columns minority (yes, no or empty) and tasks may be missing.

    Raises:
        InputError: the file is missing, not UTF-8, or a line is wrong; names file and line.
    """
    items = []
    lines = (line.split("\t") for _, line in numbered_lines(path))
    header = next(lines, [])
    missing = [name for name in _REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(set(header)) < len(header):
        raise InputError(
            f"{path}, line 1: the columns of a contrast set are {', '.join(COLUMNS)}, "
            f"separated by tabs, of which the first four are needed; found: "
            f"{', '.join(header)}"
        )
    for number, values in enumerate(lines, start=2):
        if len(values) != len(header):
            raise InputError(
                f"{path}, line {number}: {len(values)} fields, the header has {len(header)}"
            )
        items.append(_item(dict(zip(header, values, strict=True)), path, number))
    if not items:
        raise InputError(f"{path} has no contrasts")
    return items


def _item(values: dict[str, str], path: Path, number: int) -> Contrast:
    for name in _REQUIRED:
        if not values[name].strip():
            raise InputError(f"{path}, line {number}: {name} is empty")
    try:
        named(values["phenomenon"])
    except ValueError as error:
        raise InputError(f"{path}, line {number}: phenomenon: {error}") from None
    if values["phenomenon"] != values["phenomenon"].strip():
        raise InputError(f"{path}, line {number}: phenomenon begins or ends with a space")
    if values["correct"] == values["incorrect"]:
        raise InputError(f"{path}, line {number}: correct and incorrect are the same")
    flag = values.get("minority", "")
    if flag not in _FLAGS:
        raise InputError(f"{path}, line {number}: minority is {flag!r}, should be yes, no or empty")
    texts = {name: values[name] for name in _REQUIRED}
    return Contrast(**texts, minority=_FLAGS[flag], tasks=tuple(values.get("tasks", "").split()))
