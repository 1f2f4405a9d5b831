"""One line for what is wrong with a config: the key, what was given, what is allowed."""

import difflib
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from ticketscope.config_files import dotted, short

Path = tuple[str | int, ...]


def explain(error: ValidationError, given: Mapping[str, Any], config: type[BaseModel]) -> str:
    """Explain the first mistake in a config.

    Args:
        error: What pydantic raised.
        given: The mapping that it validated.
        config: The model.
    """
    problems = [(_path(problem, given), problem) for problem in error.errors()]
    # An unknown key says most: what follows from a misspelt key is noise.
    problems.sort(key=lambda entry: entry[1]["type"] != "extra_forbidden")
    path, problem = problems[0]
    if problem["type"] == "extra_forbidden":
        return _unknown(path, config)
    # The branches of a union fail one by one. The one that got furthest into the value is meant.
    path = max((p for p, _ in problems if p[: len(path)] == path), key=len)
    message = _message([other for p, other in problems if p == path])
    if not path:
        return message
    rest = f" (and {len(problems) - 1} more)" if len({p[:2] for p, _ in problems}) > 1 else ""
    return f"{dotted(path)}: {message}{rest}"


def _path(problem: Any, given: Any) -> Path:
    """Keys of the config that lead to a problem.

    Pydantic puts the names of unions' branches between them, which are no keys of what was given.
    """
    path: list[str | int] = []
    value = given
    for number, part in enumerate(problem["loc"]):
        is_missing = problem["type"] == "missing" and number + 1 == len(problem["loc"])
        if isinstance(value, Mapping):
            is_key = part in value
        else:
            is_key = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if is_key or is_missing:
            path.append(part)
            value = value[part] if is_key else None
    return tuple(path)


def _message(problems: list[Any]) -> str:
    """What is wrong with one value, by all branches of its union that say something about it."""
    about_value = [p for p in problems if not p["type"].endswith(("_type", "literal_error"))]
    first, *others = dict.fromkeys(map(_wanted, about_value or problems))
    message = " or ".join([first, *(other.removeprefix("should be ") for other in others)])
    value = problems[0]["input"]
    # What is wrong with a section as a whole is said in terms of its keys.
    shown = problems[0]["type"] != "missing" and not isinstance(value, Mapping | BaseModel)
    return f"given {short(value)}, {message}" if shown else message


def _wanted(problem: Any) -> str:
    match problem["type"]:
        case "missing":
            return "is missing"
        case "model_type" | "dict_type":
            return "should be keys and values"
        case "list_type":
            return "should be a list"
    message: str = problem["msg"].removeprefix("Value error, ")
    return message.replace("Input should", "should").replace("String should", "should")


def _unknown(path: Path, config: type[BaseModel]) -> str:
    *parents, unknown = path
    allowed = list(_keys(tuple(parents), config))
    keys = all_keys(config)
    if near := difflib.get_close_matches(str(unknown), allowed, n=1):
        hint = f"; did you mean {dotted((*parents, near[0]))}?"
    elif elsewhere := difflib.get_close_matches(
        str(unknown), [key.split(".")[-1] for key in keys], n=1
    ):
        named = [key for key in keys if key.split(".")[-1] == elsewhere[0]]
        hint = f"; did you mean {' or '.join(named)}?"
    else:
        hint = f"; allowed here: {', '.join(allowed)}"
    return f"unknown key {dotted(path)}{hint}"


def _keys(parents: Path, config: type[BaseModel]) -> dict[str, None]:
    """Keys of the sections that a path may lead to."""
    places: list[Any] = [config]
    for name in parents:
        places = [inner for place in places for inner in _inside(place, name)]
    return {key: None for place in places for model in _branches(place) for key in _fields(model)}


def _inside(annotation: Any, name: str | int) -> Iterator[Any]:
    """Types of what a value of some type has under a name."""
    for branch in _branches(annotation):
        if typing.get_origin(branch) in (dict, list):
            yield typing.get_args(branch)[-1]
        elif name in _fields(branch):
            yield _fields(branch)[str(name)].annotation


def _branches(annotation: Any) -> Iterator[Any]:
    """A type without what is annotated, or the types of a union."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _branches(typing.get_args(annotation)[0])
    elif origin in (typing.Union, types.UnionType):
        for branch in typing.get_args(annotation):
            yield from _branches(branch)
    else:
        yield annotation


def _fields(model: Any) -> dict[str, Any]:
    is_section = isinstance(model, type) and issubclass(model, BaseModel)
    return dict(model.model_fields) if is_section else {}


def all_keys(section: type[BaseModel], prefix: str = "") -> list[str]:
    """Every key of a section in its order, dotted."""
    keys = []
    for name, field in section.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += all_keys(field.annotation, f"{prefix}{name}.")
    return keys
