"""The registry of public texts: what has a name, where it lies, what it may be used for."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from ticketscope.errors import InputError, hint

TOY = "toy"


class SourceFile(BaseModel):
    """One side of one split.

    Attributes:
        url: Public address.
        path: Place in a mirror folder, and under resources/sources.
        sha256: Of the file as downloaded; None if its publisher changes it, or it is not known.
        bytes: Size of the file as downloaded.
        member: File inside the archive (zip or tar), for archives.
        column: Column of a tab-separated file, from 0.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str
    path: str
    sha256: str | None = None
    bytes: int | None = None
    member: str | None = None
    column: int | None = None


class Source(BaseModel):
    """A public parallel text.

    Attributes:
        splits: Split -> language -> file; `any` for a text with a single set.
        manual: It cannot be downloaded by a program; a user puts it into the mirror folder.
        pretokenized: The text is tokenised and BPE-encoded already.
        codes: Archive member with the BPE codes of pretokenised text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    licence: str
    citation: str
    splits: dict[str, dict[str, SourceFile]]
    manual: bool = False
    pretokenized: bool = False
    codes: str | None = None

    def files(self) -> list[SourceFile]:
        """The files to fetch, each once."""
        found = {
            file.path: file for languages in self.splits.values() for file in languages.values()
        }
        return list(found.values())


@cache
def registry() -> dict[str, Source]:
    """All sources by name."""
    text = (Path(__file__).parent / "registry.yaml").read_text(encoding="utf-8")
    return {name: Source.model_validate(entry) for name, entry in yaml.safe_load(text).items()}


def find(name: str) -> Source:
    """The source of that name.

    Raises:
        InputError: there is none; suggests the nearest.
    """
    sources = registry()
    if name in sources:
        return sources[name]
    raise InputError(f"unknown corpus source {name}; {hint(name, [TOY, *sources])}")


def side(name: str, split: str, language: str) -> SourceFile:
    """The file of one side of one split.

    Raises:
        InputError: the source has no such split or language.
    """
    splits = find(name).splits
    languages = splits.get(split) or splits.get("any")
    if languages is None:
        raise InputError(f"source {name} has no split {split}; it has {', '.join(splits)}")
    if language not in languages:
        raise InputError(f"source {name} has no text in {language}; it has {', '.join(languages)}")
    return languages[language]
