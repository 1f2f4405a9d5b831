"""The report as a static page: nothing in it leads nowhere."""

import json
import re
from pathlib import Path

import pytest

from tests.recording import record_tables
from tests.report.page_parts import FIGURES, SVG, write
from ticketscope.errors import InputError
from ticketscope.report.publish import LARGEST, publish


def test_every_link_of_the_published_page_leads_to_a_file_beside_it(tmp_path: Path) -> None:
    results, folder = tmp_path / "results", tmp_path / "docs/report"
    write(results)
    (results / "figures/codelength.csv").write_text("x" * (LARGEST + 1))
    with (results / "tables/claims.csv").open("a") as claims:
        claims.write("\n" * LARGEST)
    record_tables(results)
    publish(results, folder)
    page = (folder / "index.html").read_text()
    linked = re.findall(r'(?:href|src)="([^"#:]+)"', page)
    assert {"figures/figure_4.svg", "figures/figure_4.csv", "tables/claims.csv"} <= set(linked)
    assert all((folder / path).is_file() for path in linked)
    assert not re.search(r"\.pdf|codelength\.csv", page)
    assert page.count('src="figures/') == 6 and "base64" not in page
    for path in folder.glob("figures/*.svg"):
        assert path.read_text() == SVG
    # What is read and not published is still named.
    assert "tables/gone.csv" in page


def test_publishing_again_leaves_nothing_old(tmp_path: Path) -> None:
    write(tmp_path / "results")
    publish(tmp_path / "results", tmp_path / "page")
    old = tmp_path / "page/figures/old.svg"
    old.write_text("old")
    publish(tmp_path / "results", tmp_path / "page")
    assert not old.exists() and (tmp_path / "page/figures/figure_4.svg").is_file()


def test_what_publish_did_not_make_stays(tmp_path: Path) -> None:
    results = tmp_path / "results"
    write(results)
    before = sorted(results.rglob("*"))
    with pytest.raises(InputError, match="publish did not make"):
        publish(results, results)
    assert sorted(results.rglob("*")) == before
    publish(results, tmp_path / "page")
    for mine in ("notes.md", "tables/thesis.pdf", "figures/deep/x.svg"):
        file = tmp_path / "page" / mine
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine")
        with pytest.raises(InputError, match=f"{mine}: publish did not make it"):
            publish(results, tmp_path / "page")
        assert file.read_text() == "mine"
        file.unlink()
    (tmp_path / "page/index.html").write_text("<html>another page</html>")
    with pytest.raises(InputError, match="publish did not make"):
        publish(results, tmp_path / "page")


def test_an_experiment_without_probing_is_published(tmp_path: Path) -> None:
    drawn = [name for name in FIGURES if name != "codelength"]
    write(tmp_path / "results", figures=drawn)
    publish(tmp_path / "results", tmp_path / "page")
    assert "Nothing was probed." in (tmp_path / "page/index.html").read_text()


def test_an_experiment_without_a_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"report\.html does not exist"):
        publish(tmp_path, tmp_path / "docs")


def test_results_of_an_earlier_version_are_told(tmp_path: Path) -> None:
    write(tmp_path / "results")
    provenance = tmp_path / "results/provenance.json"
    record = json.loads(provenance.read_text())
    del record["probing"]
    provenance.write_text(json.dumps(record))
    with pytest.raises(InputError, match="earlier version of ticketscope"):
        publish(tmp_path / "results", tmp_path / "page")
