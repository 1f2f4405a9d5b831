"""Labels and phenomena of the user's files in figures: shown as they are, in an SVG that is XML."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from tests.report.anatomy_tables import anatomy
from tests.report.behaviour_tables import behaviour as behaviour_tables
from tests.report.test_figures_similarity import tables as similarity_tables  # noqa: F401
from ticketscope.report.figures import anatomy as anatomy_figures
from ticketscope.report.figures import behaviour, similarity
from ticketscope.report.figures.style import save

NAMES = ("PRP$", "$x$", "$_$", r"$\foo$", "a]]>b&", "<script>alert(1)</script>", "{x}^%")


def shown(figure: Figure, folder: Path) -> str:
    """All text of its SVG."""
    save(figure, folder / "f.svg", folder / "f.pdf")
    return "".join(ElementTree.parse(folder / "f.svg").getroot().itertext())


@pytest.mark.parametrize("name", NAMES)
def test_a_label_is_shown_as_it_is(similarity_tables, tmp_path, name):  # noqa: F811
    categories = similarity_tables.categories.replace({"category": {"0-5": name}})
    tables = replace(similarity_tables, categories=categories.assign(kind="mine"))
    assert name in shown(similarity.plots()["categories"].draw(tables), tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_phenomenon_is_shown_as_it_is(tmp_path, name):
    phenomena = {name: ("SemPred SemClass", False), "negation": ("EF", False)}
    tables = behaviour_tables(seeds=(1,), last=2, phenomena=phenomena)
    for figure in ("contrasts_kept", "contrasts_probes", "contrast_margins"):
        assert name in shown(behaviour.plots()[figure].draw(tables), tmp_path)


def test_no_figure_needs_the_formulas_that_are_switched_off(tmp_path):
    """A logarithmic axis of matplotlib's own would write its powers of ten in them."""
    assert "$" not in shown(anatomy_figures.plots()["sensitivity"].draw(anatomy()), tmp_path)
