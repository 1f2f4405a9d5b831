"""provenance.json of an experiment that is joined: it may come from anyone, and by any way."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ticketscope.errors import InputError
from ticketscope.runtime.json_text import read_json


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class _Code(_Part):
    ticketscope: str
    commit: str | None


class _Probing(_Part):
    tasks: list[str]
    skipped: dict[str, str]
    data: list[dict[str, Any]]


class _Config(_Part):
    seeds: list[int]


class _Rule(_Part):
    rule: str
    jobs: int
    wall_s: float
    cpu_s: float
    gpu_s: float
    peak_mib: float


class _Origin(_Part):
    folder: str
    other_versions: str = Field(alias="other versions")
    other_code: str = Field(alias="other code")


class _Record(_Part):
    """What joining reads of it; `config` has a check of its own."""

    config: _Config
    training_version: int
    code: _Code
    versions: dict[str, str | None]
    machines: dict[str, int]
    rules: list[_Rule]
    probing: _Probing
    measured_by: dict[str, list[str]]
    joined: list[_Origin] = []


def read_record(folder: Path) -> dict[str, Any]:
    """The provenance of a finished experiment.

    Args:
        folder: Of its results.

    Raises:
        InputError: there is none, it is damaged or lacks something, or it is of a version that
            recorded too little.
    """
    path = folder / "provenance.json"
    if not path.is_file():
        raise InputError(
            f"{path} does not exist: name the folder of a finished experiment's results"
        )
    record = read_json(path)
    if isinstance(record, dict) and not {"training_version", "tables"} <= record.keys():
        raise InputError(
            f"{folder} is of an earlier version of ticketscope, which did not record how its "
            "tickets were trained, or its tables; run it to its end with this one"
        )
    try:
        _Record.model_validate(record)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise InputError(f"{path}: {f'{where}: ' if where else ''}{problem['msg']}") from None
    kept: dict[str, Any] = record
    return kept
