"""Checksums beside files: damage is told, and what was never recorded passes."""

import os
from pathlib import Path

import numpy as np
import pytest

import ticketscope
from tests.runtime.damage import flip, needs_attributes
from ticketscope.errors import InputError
from ticketscope.runtime.published import ATTRIBUTE, record, verify

pytestmark = needs_attributes


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "data/table.csv"
    path.parent.mkdir()
    path.write_text("a,b\n1,2\n")
    record([path])
    return path


def test_a_file_that_is_as_it_was_passes_wherever_it_lies(table: Path) -> None:
    verify([table, table.parent, table.parent / "missing.csv"])
    moved = table.rename(table.with_name("moved.csv"))
    verify([moved])
    flip(moved)
    with pytest.raises(InputError):
        verify([moved])


@pytest.mark.parametrize("damage", [flip, lambda path: os.truncate(path, 4)])
def test_damage_is_told_of_a_file_and_within_a_folder(table: Path, damage) -> None:
    damage(table)
    for asked in (table, table.parent):
        with pytest.raises(InputError, match=r"table\.csv was changed or damaged") as error:
            verify([asked])
        assert "\n" not in str(error.value)


def test_a_file_that_another_program_put_there_is_taken_as_it_is(table: Path) -> None:
    other = table.with_name("other")
    other.write_text("a,b\n3,4\n")
    other.replace(table)
    verify([table])


def test_files_that_their_readers_verify_are_not_read_twice(tmp_path: Path) -> None:
    paths = [tmp_path / f"file.{end}" for end in ("pt", "safetensors", "npy", "npz")]
    for path in paths:
        path.write_bytes(b"1")
    record(paths)
    assert [path.suffix for path in paths if ATTRIBUTE in os.listxattr(path)] == [".npz"]


def test_a_file_system_without_attributes_costs_no_job(table: Path, monkeypatch) -> None:
    def refuse(*given: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    record([table])
    monkeypatch.setattr(os, "getxattr", refuse)
    flip(table)
    verify([table])


# Paths below results/<experiment>, and what a notebook reads of each.
READ = {
    "tickets/seed1/dense/LTH0/log.csv": lambda results: results.ticket().log,
    "translations/seed1/dense/LTH0.txt": lambda results: results.ticket().translations(),
    "similarity/seed1/dense/LTH0.npz": lambda results: results.ticket().matrices(results.ticket()),
    "corpus/raw/test.de": lambda results: results.corpus["test"],
    "tables/cost.csv": lambda results: results.tables["cost"],
    "provenance.json": lambda results: results.provenance,
}


@pytest.mark.parametrize("name", READ)
def test_a_notebook_is_told_of_damage(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for made in (name, "tickets/seed1/dense/LTH0/checkpoint.pt", "corpus/raw/test.json",
                 "corpus/raw/test.en", "corpus/bin/test.en-de.en.bin"):  # fmt: skip
        (tmp_path / made).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / made).write_text("{}\n")
    if path.suffix == ".npz":
        np.savez(path, **{"encoder/LTH0/LayerSim": np.eye(2)})
    else:
        path.write_text('{"a": 5}' if path.suffix == ".json" else "5\n")
    record([path])
    results = ticketscope.load(tmp_path)
    READ[name](results)
    flip(path)
    with pytest.raises(InputError, match=rf"{name} was changed or damaged after"):
        READ[name](results)
