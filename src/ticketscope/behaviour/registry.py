"""The registry of public contrast sets: formats, addresses, checksums and licences."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from ticketscope.behaviour.settings import ContrastFiles, ContrastSet
from ticketscope.corpus import registry as corpora
from ticketscope.corpus.registry import TOY, SourceFile
from ticketscope.errors import InputError, hint


class PublicSet(BaseModel):
    """A public contrast set.

    Attributes:
        licence: Terms of use.
        citation: Publication to cite.
        parts: What it is read from; their paths are those of the files, below a common folder.
        sources: The files of the parts.
    """

    model_config = ConfigDict(frozen=True)
    licence: str
    citation: str
    parts: list[ContrastSet]
    sources: list[SourceFile]

    def files(self) -> list[SourceFile]:
        """The files to fetch, each once."""
        return list({file.path: file for file in self.sources}.values())


@cache
def registry() -> dict[str, PublicSet]:
    """All public sets by name."""
    text = (Path(__file__).parent / "registry.yaml").read_text(encoding="utf-8")
    return {name: _entry(entry) for name, entry in yaml.safe_load(text).items()}


def find(name: str) -> PublicSet:
    """The public set of a name.

    Raises:
        InputError: there is none; suggests the nearest name.
    """
    sets = registry()
    if name in sets:
        return sets[name]
    raise InputError(f"unknown contrast set {name}; {hint(name, [TOY, *sets])}")


def paths(files: ContrastFiles) -> dict[str, str]:
    """The paths of a set's files, by key."""
    told = ("format", "phenomenon", "tasks")
    return {key: value for key, value in files.model_dump().items() if key not in told}


def below(folder: Path, files: ContrastFiles) -> ContrastFiles:
    """The same files, with paths that begin with a folder."""
    return files.model_copy(update={key: str(folder / path) for key, path in paths(files).items()})


def _entry(entry: dict[str, Any]) -> PublicSet:
    """An entry whose parts have files with address and checksum, or sides of a corpus."""
    sources: list[SourceFile] = []
    parts = []
    for part in entry.pop("parts"):
        plain = dict(part)
        for key, value in part.items():
            if isinstance(value, dict):
                file = (
                    corpora.side(value["corpus"], value["split"], value["language"])
                    if "corpus" in value
                    else SourceFile.model_validate(value)
                )
                sources.append(file)
                plain[key] = file.path
        parts.append(plain)
    return PublicSet(**entry, parts=TypeAdapter(list[ContrastSet]).validate_python(parts),
        sources=sources)  # fmt: skip
