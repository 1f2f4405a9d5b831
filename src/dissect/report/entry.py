"""A figure of the report: what the paper found there, and how it is drawn."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from matplotlib.figure import Figure

from dissect.report.style import save


class Source(Protocol):
    """The experiment's tables that figures are drawn from."""

    @property
    def theirs(self) -> str:
        """What the paper's numbers are of, in words."""


Tables = TypeVar("Tables", bound=Source)


@dataclass(frozen=True)
class Entry(Generic[Tables]):
    """A figure.

    Attributes:
        paper: What the paper found, with its numbers.
        figure: Draws it, given tables and the paper's line.
    """

    paper: str
    figure: Callable[[Tables, str], Figure]

    def draw(self, tables: Tables) -> Figure:
        """The figure, the paper's line below it."""
        return self.figure(tables, f"Paper ({tables.theirs}): {self.paper}")


def save_all(
    figures: Mapping[str, Entry[Tables]],
    tables: Tables,
    names: Iterable[str],
    svgs: Iterable[str],
    pdfs: Iterable[str],
) -> None:
    """Draw figures by name, each into a file of both formats."""
    for name, svg, pdf in zip(names, svgs, pdfs, strict=True):
        save(figures[name].draw(tables), svg, pdf)


def with_svg(
    figures: Mapping[str, Entry[Tables]], paths: Iterable[str]
) -> dict[str, tuple[Entry[Tables], str]]:
    """The figures that were drawn, in their own order, with the text of their SVG files.

    Args:
        figures: By name.
        paths: <name>.svg each.
    """
    drawn = {Path(path).stem: Path(path) for path in paths}
    return {
        name: (entry, drawn[name].read_text(encoding="utf-8"))
        for name, entry in figures.items()
        if name in drawn
    }
