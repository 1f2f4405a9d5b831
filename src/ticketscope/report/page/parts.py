"""The parts of a page: tables and figures."""

import base64
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ticketscope.report.figures.plot import paper_findings


@dataclass(frozen=True)
class Table:
    """A table that readers can sort.

    Attributes:
        title: Above it.
        frame: Its rows; text is escaped (but not Markup), floats get three decimals, missing values
            are empty.
        note: Below it.
        explanations: Of columns by name, for their headers.
        file: The whole table, as a link from the page.
        text: Whether cells are left-aligned sentences.
        folded: Whether it is closed at first.
    """

    title: str
    frame: pd.DataFrame
    note: str = ""
    explanations: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    text: bool = False
    folded: bool = False

    @property
    def rows(self) -> list[list[str]]:
        """Cells as text."""
        return [[_text(cell) for cell in row] for row in self.frame.itertuples(index=False)]


@dataclass(frozen=True)
class Figure:
    """A figure and its origin.

    Attributes:
        name: File name without its ending; its anchor.
        title: With the paper's number, if it has one.
        paper: What the paper found there.
        svg: Its text.
        files: Links from the page to the numbers and to the figure in each format.
        rule: That drew it.
    """

    name: str
    title: str
    paper: str
    svg: str
    files: Mapping[str, str]
    rule: str

    @property
    def image(self) -> str:
        """A data address, because the ids of two inline SVGs would clash."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg.encode()).decode()}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, so that the page keeps room before it is drawn."""
        view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', self.svg)
        assert view is not None, f"{self.name}.svg has no viewBox"
        width, height = (round(float(points) * 4 / 3) for points in view.groups())
        return width, height


def figures(
    titles: Mapping[str, str],
    paths: Iterable[str],
    page: str,
    rule: str,
) -> tuple[Figure, ...]:
    """The figures that a rule drew, in the order of their titles.

    Args:
        titles: By name.
        paths: <name>.svg each; the other formats and the numbers lie beside it.
        page: Path of the page, from which links lead to the files.
        rule: That drew them.
    """
    drawn = {Path(path).stem: Path(path) for path in paths}
    return tuple(
        Figure(
            name,
            _numbered(name, title),
            paper_findings()[name],
            drawn[name].read_text(encoding="utf-8"),
            {
                ending.upper(): link(drawn[name].with_suffix(f".{ending}"), page)
                for ending in ("csv", "svg", "pdf")
            },
            rule,
        )
        for name, title in titles.items()
        if name in drawn
    )


def link(path: str | Path, page: str | Path) -> str:
    """The address of a file, seen from the page."""
    return Path(os.path.relpath(path, Path(page).parent)).as_posix()


def _numbered(name: str, title: str) -> str:
    number = name.removeprefix("figure_")
    return title if number == name else f"Figure {number.upper()}: {title}"


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):  # type: ignore[call-overload]
        return ""
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
