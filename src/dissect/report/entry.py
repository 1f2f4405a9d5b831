"""A figure of the report: what the paper found there, and how it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from matplotlib.figure import Figure


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
