"""The report as a static page: nothing in it leads nowhere."""

import re
from pathlib import Path

import pytest

from tests.report.page_parts import SVG, write
from ticketscope.errors import InputError
from ticketscope.report.publish import LARGEST, publish


def test_every_link_of_the_published_page_leads_to_a_file_beside_it(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "figures/codelength.csv").write_text("x" * (LARGEST + 1))
    folder = tmp_path / "docs/report"
    publish(tmp_path, folder)
    page = (folder / "index.html").read_text()
    linked = re.findall(r'(?:href|src)="([^"#:]+)"', page)
    assert {"figures/figure_4.svg", "figures/figure_4.csv", "tables/claims.csv"} <= set(linked)
    assert all((folder / path).is_file() for path in linked)
    assert not re.search(r"\.pdf|codelength\.csv", page)
    assert page.count('src="figures/') == 4 and "base64" not in page
    for path in folder.glob("figures/*.svg"):
        assert path.read_text() == SVG
    # What is read and not published is still named.
    assert "A rank test. n: 9 tickets." in page


def test_publishing_again_leaves_nothing_old(tmp_path: Path) -> None:
    write(tmp_path)
    old = tmp_path / "docs/report/figures/old.svg"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    publish(tmp_path, tmp_path / "docs/report")
    assert not old.exists()


def test_an_experiment_without_a_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"report\.html does not exist"):
        publish(tmp_path, tmp_path / "docs")
