"""Everything that is written from the config's model: `python -m ticketscope.config_pages`.

Writes config.yaml (the embedded default, every key commented), config/schema.json and
docs/reference/configuration.md.
"""

import json
import textwrap
import types
import typing
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ticketscope.config import Config
from ticketscope.corpus.settings import PlainFiles
from ticketscope.external.settings import ExternalTicket
from ticketscope.probing.settings import OwnTask, TaskSettings
from ticketscope.tickets.settings import Series

_WIDTH = 100


def default_yaml() -> str:
    """config.yaml: the embedded default experiment with a comment on every key."""
    head = (
        "# The embedded default experiment. Any file with some of these keys is another one:\n"
        "#   snakemake --configfile mine.yaml\n"
        "# Sections merge key by key; lists and values are replaced; null means: as if not given.\n"
        "# This file is written by `python -m ticketscope.config_pages`; so is\n"
        "# docs/reference/configuration.md.\n"
    )
    return head + "".join(_section(Config(), 0))


def _section(section: BaseModel, depth: int) -> list[str]:
    lines = []
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        indent = "  " * depth
        if isinstance(value, BaseModel):
            about = (type(value).__doc__ or "").strip().split("\n")[0]
            lines.append(f"\n{indent}{name}:  # {about}\n")
            lines += _section(value, depth + 1)
        else:
            comment = textwrap.wrap(field.description or "", _WIDTH - len(indent) - 2)
            lines += [f"{indent}# {line}\n" for line in comment]
            lines += [f"{indent}{line}\n" for line in _value(name, value)]
    return lines


def _value(name: str, value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        lines = [f"{name}:"]
        for key, item in value.items():
            item = (
                item.model_dump(mode="json", exclude_none=True)
                if isinstance(item, BaseModel)
                else item
            )
            lines.append(f"  {key}: {_flow(item)}")
        return lines
    return [f"{name}: {_flow(value)}"]


def _plain(item: Any) -> Any:
    """A section as a mapping of the keys that are set."""
    return item.model_dump(mode="json", exclude_none=True) if isinstance(item, BaseModel) else item


def _flow(value: Any) -> str:
    """A value on one line; floats so that YAML 1.1 reads them as floats."""
    if isinstance(value, float):
        mantissa, e, exponent = repr(value).partition("e")
        return f"{mantissa}{'' if '.' in mantissa else '.0'}{e}{exponent}"
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...").strip()


def schema_json() -> str:
    """JSON schema of an experiment's config, for editors."""
    return json.dumps(Config.model_json_schema(), indent=1) + "\n"


def reference_page() -> str:
    """docs/reference/configuration.md: every key with type, default and meaning."""
    lines = [
        "# Configuration",
        "",
        "Written by `python -m ticketscope.config_pages` from the typed model in "
        "`src/ticketscope/config.py`; do not edit.",
        "",
        "`config.yaml` is the embedded default. An overlay is a YAML file with the keys that",
        "differ: `snakemake --configfile config/multi30k.yaml`. Mappings merge key by key, at any",
        "depth; everything else, lists included, is replaced; `null` means: as if not given (in",
        "`pruning.series` it drops that series). Unknown keys, wrong types and values outside",
        "their range stop the run before any job, in one line that names the key.",
        "",
    ]
    lines += _table("", Config)
    lines += ["", "## A series (`pruning.series.<name>`)", "", *_table("", Series)]
    lines += ["", "## A ticket trained elsewhere (in `external_tickets.tickets`)", ""]
    lines += _table("", ExternalTicket)
    lines += ["", "## Your own files (in `corpus.train`, `valid`, `test`)", ""]
    lines += _table("", PlainFiles)
    lines += ["", "## A task (`probing.by_task.<task>`)", "", *_table("", TaskSettings)]
    lines += ["", "## A task of your own (`probing.own.<task>`)", "", *_table("", OwnTask)]
    return "\n".join(lines) + "\n"


def _table(prefix: str, section: type[BaseModel]) -> list[str]:
    lines = ["| key | type | default | meaning |", "| --- | --- | --- | --- |"]
    nested: list[str] = []
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            about = (kind.__doc__ or "").strip().split("\n")[0]
            nested += ["", f"## `{prefix}{name}`", "", about, "", *_table(f"{prefix}{name}.", kind)]
        else:
            lines.append(
                f"| `{prefix}{name}` | {_type(kind)}{_bounds(field)} | {_default(field)} "
                f"| {field.description} |"
            )
    return (lines if len(lines) > 2 else []) + nested


def _type(kind: Any) -> str:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        bounds = [
            f"{symbol} {getattr(note, name)}"
            for note in _notes(arguments[1:])
            for name, symbol in (("gt", ">"), ("ge", "≥"), ("lt", "<"), ("le", "≤"))
            if getattr(note, name, None) is not None
        ]
        return " ".join([_type(arguments[0]), ", ".join(bounds)]).strip()
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join("unset" if a is type(None) else _type(a) for a in arguments)
    if origin is list:
        return f"list of {_type(arguments[0])}"
    if origin is dict:
        return f"mapping to {_type(arguments[1])}"
    names: dict[Any, str] = {str: "text", int: "integer", float: "number", bool: "true/false"}
    names[PlainFiles], names[Series] = "`{src, tgt}`", "series"
    names[ExternalTicket] = "`{seed, series, k, checkpoint, mask}`"
    names[TaskSettings], names[OwnTask] = "a task's settings", "a task"
    return names.get(kind, str(kind))


def _bounds(field: FieldInfo) -> str:
    bounds = [
        f"{symbol} {getattr(note, name)}"
        for note in _notes(tuple(field.metadata))
        for name, symbol in (("gt", ">"), ("ge", "≥"), ("lt", "<"), ("le", "≤"))
        if getattr(note, name, None) is not None
    ]
    return f" {', '.join(bounds)}" if bounds else ""


def _notes(metadata: tuple[Any, ...]) -> list[Any]:
    notes: list[Any] = []
    for note in metadata:
        notes += note.metadata if isinstance(note, FieldInfo) else [note]
    return notes


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, dict):
        return (
            "<br>".join(f"`{key}: {_flow(_plain(item))}`" for key, item in value.items()) or "none"
        )
    return "unset" if value is None else f"`{_flow(value)}`"


PAGES = {
    "config.yaml": default_yaml,
    "config/schema.json": schema_json,
    "docs/reference/configuration.md": reference_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        Path(name).write_text(page(), encoding="utf-8")
