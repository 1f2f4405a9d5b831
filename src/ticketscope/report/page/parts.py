"""The parts of a page: tables and figures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ticketscope.report.figures.plot import paper_findings
from ticketscope.report.page.links import Links

# Figures that are not folded.
OPEN = ("forest", "bleu_sparsity", "figure_a1", "figure_1", "figure_4", "figure_5", "figure_6",
        "contrasts_kept", "contrasts_probes")  # fmt: skip


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
        image: Address of the picture.
        size: Width and height in pixels, so that the page keeps room before it is drawn.
        files: Links from the page to the numbers and to the figure in each format.
        rule: That drew it.
    """

    name: str
    title: str
    paper: str
    image: str
    size: tuple[int, int]
    files: Mapping[str, str]
    rule: str

    @property
    def folded(self) -> bool:
        """Whether it is closed at first: all but the few that carry the paper's argument."""
        return self.name not in OPEN


def figure(name: str, title: str, path: str, results: Path, links: Links, rule: str) -> Figure:
    """A figure that was drawn.

    Args:
        name: File name without its ending.
        title: Of the figure, without the paper's number.
        path: Its SVG, PDF and CSV below the experiment's folder, without their endings.
        results: That folder.
        links: Where links lead.
        rule: That drew it.
    """
    svg = (results / f"{path}.svg").read_text(encoding="utf-8")
    files = {ending.upper(): links.to(f"{path}.{ending}") for ending in ("csv", "svg", "pdf")}
    return Figure(
        name,
        _numbered(name, title),
        paper_findings()[name],
        links.picture(f"{path}.svg"),
        _size(name, svg),
        {ending: address for ending, address in files.items() if address},
        rule,
    )


def _size(name: str, svg: str) -> tuple[int, int]:
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert view is not None, f"{name}.svg has no viewBox"
    width, height = (round(float(points) * 4 / 3) for points in view.groups())
    return width, height


def _numbered(name: str, title: str) -> str:
    number = name.removeprefix("figure_")
    return title if number == name else f"Figure {number.upper()}: {title}"


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):  # type: ignore[call-overload]
        return ""
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
