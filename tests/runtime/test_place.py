"""What the place of an experiment must allow, and what may happen in it meanwhile."""

import os
import shutil
import time

import pytest

from ticketscope.errors import InputError
from ticketscope.runtime.place import AHEAD, check_place


def test_a_result_from_the_future_is_named(tmp_path):
    table = tmp_path / "results/tables/claims.csv"
    table.parent.mkdir(parents=True)
    table.touch()
    check_place(tmp_path / "records", tmp_path / "results")
    later = time.time() + 2 * AHEAD
    os.utime(table, (later, later))
    with pytest.raises(InputError, match=r"claims\.csv is dated .* in the future"):
        check_place(tmp_path / "records", tmp_path / "results")


def test_files_that_another_run_removes_meanwhile_do_not_matter(tmp_path, monkeypatch):
    (tmp_path / "results/work/seed1").mkdir(parents=True)
    (tmp_path / "results/work/seed1/checkpoint_last.pt").touch()
    list_folders = os.walk

    def walk(folder):
        for found in list_folders(folder):
            shutil.rmtree(tmp_path / "results/work", ignore_errors=True)
            yield found

    monkeypatch.setattr(os, "walk", walk)
    check_place(tmp_path / "records", tmp_path / "results")
    assert not (tmp_path / "results/work").exists()
