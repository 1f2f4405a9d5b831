"""A table that was changed after its experiment was finished is refused by whoever reads it."""

import json
from pathlib import Path

import pytest

import ticketscope
from tests.joined import experiments
from tests.recording import record_tables
from tests.report import compare_results, page_parts
from ticketscope.errors import InputError
from ticketscope.joined.parts import read_part
from ticketscope.report.compare.results import open_results
from ticketscope.report.publish import publish
from ticketscope.runtime.recorded import FORMAT, verify


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    (folder / "bleu").mkdir(parents=True)
    for name in ("a.csv", "bleu/seed1.csv", "c.npz"):
        (folder / name).write_text(f"seed,value\n1,{name}\n")
    return folder


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["a.csv", "bleu/seed1.csv", "c.npz"])
@pytest.mark.parametrize("damage", [flip, lambda path: path.write_bytes(path.read_bytes()[:-3])])
def test_a_changed_table_is_named(tables, name, damage):
    record_tables(tables.parent)
    provenance = json.loads((tables.parent / "provenance.json").read_text())
    verify(tables, provenance)
    damage(tables / name)
    for names in (None, [name]):
        with pytest.raises(InputError, match=rf"tables/{name}: changed or damaged .* delete it"):
            verify(tables, provenance, names)
    verify(tables, provenance, {"a.csv", "c.npz"} - {name})
    (tables / name).unlink()  # who needs it says so
    verify(tables, provenance)


def test_other_versions_are_named_and_an_unfinished_experiment_passes(tables):
    other = {"tables": {"format": FORMAT + 1, "sha256": {}}}
    with pytest.raises(InputError, match=r"tables: tables of format 2, this version .* has 1"):
        verify(tables, other)
    with pytest.raises(InputError, match=r"tables: of an earlier version .* no tables: run the"):
        verify(tables, {"config": {}})
    verify(tables, {})


def without_a_record(results: Path) -> None:
    path = results / "provenance.json"
    provenance = json.loads(path.read_text())
    del provenance["tables"]
    path.write_text(json.dumps(provenance))


def test_tables_of_an_earlier_version_are_refused_by_all_who_read_them(tmp_path):
    compared = compare_results.write(tmp_path / "x", provenance={"config": {}})
    joined = experiments.write(tmp_path / "a", [1])
    page_parts.write(tmp_path / "page")
    for results, read in (
        (compared, lambda: ticketscope.load(compared).tables["sparsity"]),
        (compared, lambda: open_results(compared)),
        (joined, lambda: read_part(joined)),
        (tmp_path / "page", lambda: publish(tmp_path / "page", tmp_path / "published")),
    ):
        if "tables" in json.loads((results / "provenance.json").read_text()):
            read()
            without_a_record(results)
        with pytest.raises(InputError, match="of an earlier version of ticketscope") as refusal:
            read()
        assert "\n" not in str(refusal.value)


def test_a_table_that_the_record_lacks_is_named(tables):
    record_tables(tables.parent)
    provenance = json.loads((tables.parent / "provenance.json").read_text())
    for name in ("b.csv", "gone.csv"):
        verify(tables, provenance, [name])  # who needs it says that it is missing
    (tables / "b.csv").write_text("seed,value\n1,2\n")
    with pytest.raises(InputError, match=r"tables/b\.csv: provenance\.json has no record of it"):
        verify(tables, provenance, ["a.csv", "b.csv"])
    verify(tables, {}, ["b.csv"])


def test_a_comparison_refuses_it(tmp_path):
    folder = compare_results.write(tmp_path / "x", provenance={"config": {}})
    open_results(folder)
    flip(folder / "tables/sparsity.csv")
    with pytest.raises(InputError, match=r"x/tables/sparsity\.csv: changed or damaged"):
        open_results(folder)


def test_a_notebook_refuses_it(tmp_path):
    folder = compare_results.write(tmp_path / "x", provenance={"config": {}})
    results = ticketscope.load(folder)
    assert len(results.tables.sparsity)
    flip(folder / "tables/sparsity.csv")
    with pytest.raises(InputError, match=r"x/tables/sparsity\.csv: changed or damaged"):
        results.tables["sparsity"]
    assert len(results.tables.similarity)


def test_a_published_page_refuses_it(tmp_path):
    page_parts.write(tmp_path / "results")
    flip(tmp_path / "results/tables/claims.csv")
    with pytest.raises(InputError, match=r"tables/claims\.csv: changed or damaged"):
        publish(tmp_path / "results", tmp_path / "page")


def test_a_joined_experiment_refuses_it(tmp_path):
    folder = experiments.write(tmp_path / "a", [1])
    assert read_part(folder).corpus
    flip(folder / "tables/corpus.csv")
    with pytest.raises(InputError, match=r"a/tables/corpus\.csv: changed or damaged"):
        read_part(folder).corpus  # noqa: B018
