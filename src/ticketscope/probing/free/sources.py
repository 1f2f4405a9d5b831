"""The corpora of the free suite: where they lie, what they may be used for, how they are cited."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from ticketscope.corpus.registry import SourceFile
from ticketscope.errors import InputError, hint


class FreeFile(SourceFile):
    """A file of a source; for archives, what is read from it.

    Attributes:
        pattern: Which members are read, as a regular expression searched in the path inside the
            archive; its group is the member's name. It fits the archive of a whole repository as
            well as one of that folder alone.
        contents: Digest of those members (`archives.digest`), where the archive itself can come in
            more than one packing and so has no checksum.
    """

    pattern: str = ""
    contents: str | None = None


class FreeSource(BaseModel):
    """A corpus.

    Attributes:
        licence: Its name, and what it covers.
        terms: Address of the licence, or of the statement of terms.
        citation: The publication to cite.
        changes: What this project does to it.
        notice: Text that the licence wants to travel with the data.
        files: Role (train, dev, test, all, splits) -> file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    licence: str
    terms: str
    citation: str
    changes: str
    files: dict[str, FreeFile]
    notice: str = ""

    def file(self, role: str) -> FreeFile:
        """The file of that role."""
        if role not in self.files:
            raise InputError(f"a source has no file {role}; it has {', '.join(self.files)}")
        return self.files[role]


@cache
def registry() -> dict[str, FreeSource]:
    """All sources by name."""
    text = (Path(__file__).parent / "sources.yaml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)
    return {name: FreeSource.model_validate(entry) for name, entry in entries["sources"].items()}


def find(name: str) -> FreeSource:
    """The source of that name.

    Raises:
        InputError: there is none; suggests the nearest.
    """
    sources = registry()
    if name in sources:
        return sources[name]
    raise InputError(f"unknown source of the free suite {name}; {hint(name, sources)}")


def entries(names: Iterable[str]) -> dict[str, Any]:
    """The registry's entries of some sources, as plain data that Snakemake can compare."""
    return {name: find(name).model_dump(mode="json") for name in names}


def licence_text(names: tuple[str, ...]) -> str:
    """The LICENSE file of a task built from those sources."""
    parts = ["This data was made by ticketscope (rule free_suite) from the following.\n"]
    for name in names:
        source = find(name)
        addresses = sorted({file.url for file in source.files.values()})
        parts.append(
            f"{name}\n  Citation: {source.citation}\n  Licence: {source.licence}\n"
            f"  Terms: {source.terms}\n  Changes: {source.changes}\n"
            + "".join(f"  From: {address}\n" for address in addresses)
        )
        if source.notice:
            parts.append(source.notice.strip() + "\n")
    parts.append(
        "Each task keeps the licence of its sources; where that is ShareAlike, so is the task.\n"
    )
    return "\n".join(parts)
