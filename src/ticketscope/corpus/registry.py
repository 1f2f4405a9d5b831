"""The registry of public texts: names, addresses, checksums and licences."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from ticketscope.errors import InputError, hint

TOY = "toy"


class SourceFile(BaseModel):
    """The file of one side of a split.

    Attributes:
        url: Public address.
        path: Path below a mirror folder, and below resources/sources.
        sha256: Checksum of the downloaded file; None if its publisher changes it or it is unknown.
        bytes: Size of the downloaded file.
        member: The file inside the archive (zip or tar); None: no archive.
        column: Column of a tab-separated file, from 0; None: the whole line.
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
        licence: Terms of use.
        citation: Publication to cite.
        splits: Split -> language -> file; `any` for a text with a single set.
        held_out: Split -> its share of the source sentences of a single set, which train then
            lacks.
        manual: Whether users must download it themselves, into the mirror folder.
        pretokenized: Whether the text is tokenised and BPE-encoded already.
        codes: Archive member with the BPE merges of a pretokenised text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    licence: str
    citation: str
    splits: dict[str, dict[str, SourceFile]]
    held_out: dict[str, float] = {}
    manual: bool = False
    pretokenized: bool = False
    codes: str | None = None

    def files(self) -> list[SourceFile]:
        """The files to fetch, each once."""
        sides = [file for languages in self.splits.values() for file in languages.values()]
        return list({file.path: file for file in sides}.values())


@cache
def registry() -> dict[str, Source]:
    """All sources by name."""
    text = (Path(__file__).parent / "registry.yaml").read_text(encoding="utf-8")
    return {name: Source.model_validate(entry) for name, entry in yaml.safe_load(text).items()}


def find(name: str) -> Source:
    """The source of a name.

    Raises:
        InputError: there is none; suggests the nearest name.
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
