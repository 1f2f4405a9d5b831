"""The registry of public contrast sets: formats, addresses, checksums and licences."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from ticketscope.behaviour.settings import ContrastFiles
from ticketscope.corpus import registry as corpora
from ticketscope.corpus.registry import TOY, SourceFile
from ticketscope.errors import InputError, hint

# Keys of a part that name no file.
_NO_FILES = {"format", "phenomenon", "tasks"}


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
    parts: list[ContrastFiles]
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


def paths(files: ContrastFiles) -> list[str]:
    """The paths of a set's files."""
    values = [value for key, value in files.model_dump().items() if key not in _NO_FILES]
    return [path for value in values for path in ([value] if isinstance(value, str) else value)]


def below(folder: Path, files: ContrastFiles) -> ContrastFiles:
    """The same files, with paths that begin with a folder."""
    values = files.model_dump(exclude=_NO_FILES)
    return files.model_copy(
        update={
            key: str(folder / value)
            if isinstance(value, str)
            else [str(folder / path) for path in value]
            for key, value in values.items()
        }
    )


def _entry(entry: dict[str, Any]) -> PublicSet:
    """An entry whose parts have files with address and checksum, or sides of a corpus."""
    sources: list[SourceFile] = []

    def path(value: Any) -> Any:
        if isinstance(value, list):
            return [path(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "corpus" in value:
            sources.append(corpora.side(value["corpus"], value["split"], value["language"]))
        else:
            sources.append(SourceFile.model_validate(value))
        return sources[-1].path

    parts = [{key: path(value) for key, value in part.items()} for part in entry["parts"]]
    return PublicSet.model_validate(entry | {"parts": parts, "sources": sources})
