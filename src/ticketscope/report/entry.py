"""A figure of the report: what the paper found there, its numbers, and how they are drawn."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import pandas as pd
from matplotlib.figure import Figure

from ticketscope.report.style import save
from ticketscope.runtime.files import atomic_write


class Source(Protocol):
    """The experiment's tables that figures are drawn from."""

    @property
    def theirs(self) -> str:
        """What the paper's numbers are of, in words."""


class Files(Protocol):
    """Where the figures of a section go, in their order."""

    svg: Sequence[str]
    pdf: Sequence[str]
    csv: Sequence[str]


Tables = TypeVar("Tables", bound=Source)


@dataclass(frozen=True)
class Entry(Generic[Tables]):
    """A figure.

    Attributes:
        paper: What the paper found, with its numbers.
        data: The numbers of the figure, one observation a row, read off the tables.
        figure: Draws them and nothing else, given the paper's line.
    """

    paper: str
    data: Callable[[Tables], pd.DataFrame]
    figure: Callable[[pd.DataFrame, str], Figure]

    def draw(self, tables: Tables) -> Figure:
        """The figure, the paper's line below it."""
        return self.figure(self.data(tables), self.line(tables))

    def line(self, tables: Tables) -> str:
        """What the paper found, and of which model."""
        return f"Paper ({tables.theirs}): {self.paper}"


def save_all(
    figures: Mapping[str, Entry[Tables]], tables: Tables, names: Iterable[str], files: Files
) -> None:
    """Draw figures by name, each into a file of both formats, and write the numbers drawn."""
    for name, svg, pdf, csv in zip(names, files.svg, files.pdf, files.csv, strict=True):
        entry = figures[name]
        data = entry.data(tables)
        with atomic_write(csv) as temporary:
            data.to_csv(temporary, index=False, lineterminator="\n")
        save(entry.figure(data, entry.line(tables)), svg, pdf)
