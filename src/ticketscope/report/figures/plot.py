"""A figure of the report: its numbers, how they are drawn, and what the paper found there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import pandas as pd
import yaml
from matplotlib import rc_context
from matplotlib.figure import Figure

from ticketscope.report.figures.forms import Drawing, caption
from ticketscope.report.figures.style import RC, experiment, save
from ticketscope.runtime.outputs import write_table


class Source(Protocol):
    """The experiment's tables that a section's figures are drawn from."""

    @property
    def paper_model(self) -> str:
        """Model and data behind the paper's numbers, in words."""


class Files(Protocol):
    """Output files of a section's figures, in their order."""

    svg: Sequence[str]
    pdf: Sequence[str]
    csv: Sequence[str]


Tables = TypeVar("Tables", bound=Source)


@dataclass(frozen=True)
class Plot(Generic[Tables]):
    """A figure.

    Attributes:
        name: File name without its ending.
        data: Reads the numbers of the figure off the tables, one observation a row.
        form: Draws these numbers and nothing else.
    """

    name: str
    data: Callable[[Tables], pd.DataFrame]
    form: Callable[[pd.DataFrame], Drawing]

    def draw(self, tables: Tables) -> Figure:
        """The figure of an experiment."""
        return self.figure(self.data(tables), tables)

    def figure(self, data: pd.DataFrame, tables: Tables) -> Figure:
        """The figure of some numbers, with what the paper found below it."""
        with rc_context(RC):
            figure, description = self.form(data)
            paper = f"Paper ({tables.paper_model}): {paper_findings()[self.name]}"
            caption(figure, description, paper)
        return figure


def by_name(*plots: Plot[Tables]) -> dict[str, Plot[Tables]]:
    """A section's figures."""
    return {plot.name: plot for plot in plots}


@cache
def paper_findings() -> dict[str, str]:
    """What the paper found, with its numbers, by name of the figure."""
    text = (Path(__file__).parent / "paper_findings.yaml").read_text(encoding="utf-8")
    findings: dict[str, str] = yaml.safe_load(text)
    return findings


def save_all(
    plots: Mapping[str, Plot[Tables]],
    tables: Tables,
    files: Files,
    *,
    figures: Sequence[str],
    series: Sequence[str],
) -> None:
    """Draw figures, each into a file of both formats, and write the numbers drawn.

    Args:
        plots: The figures of a section by name.
        tables: What they are drawn from.
        files: Where they are written to.
        figures: Names of those that are drawn.
        series: All series of the experiment, each of which looks the same in every figure.
    """
    with experiment(series):
        for name, svg, pdf, csv in zip(figures, files.svg, files.pdf, files.csv, strict=True):
            data = plots[name].data(tables)
            write_table(csv, data)
            save(plots[name].figure(data, tables), svg, pdf)
