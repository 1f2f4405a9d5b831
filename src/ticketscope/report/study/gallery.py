"""All figures of one published report as a Markdown page; each figure carries its own caption."""

from pathlib import Path

from ticketscope.report.page import FIGURES
from ticketscope.report.study.templates import environment

HEADINGS = {
    "found": "Claims",
    "tickets": "BLEU (section 3.3)",
    "modules": "Module sparsities (section 3.4)",
    "probing": "Probing (section 4)",
    "similarity": "Similarity (section 5)",
    "behaviour": "Behaviour beyond BLEU",
    "erasure": "Erasure: cause, not correlation",
    "masks": "Masks",
    "anatomy": "Paths between tickets, and what they need",
    "cost": "Cost",
}


def gallery(title: str, status: str, report: Path, base: Path) -> str:
    """The page.

    Args:
        title: The experiment's.
        status: How many seeds are in, in words.
        report: Folder of its published report.
        base: Folder of the page, which holds that of the report.
    """
    figures = report / "figures"
    drawn = {
        HEADINGS[section]: [
            {
                "name": name,
                "title": _number(name) + text,
                "has_numbers": (figures / f"{name}.csv").is_file(),
            }
            for name, text in names.items()
            if (figures / f"{name}.svg").is_file()
        ]
        for section, (names, _) in FIGURES.items()
    }
    return (
        environment()
        .get_template("gallery.md")
        .render(
            title=title,
            status=status,
            report=report.relative_to(base),
            sections={heading: shown for heading, shown in drawn.items() if shown},
        )
    )


def _number(name: str) -> str:
    """The paper's number of a figure that is the paper's."""
    number = name.removeprefix("figure_")
    return f"Figure {number.upper()}: " if number != name else ""
