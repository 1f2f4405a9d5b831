"""An experiment that was run again, against what was published of it."""

import re
import subprocess
import sys

import numpy as np
import pytest

from tests.joined.experiments import rewrite, write
from tests.joined.test_archive import finished
from tests.joined.test_parts import RECIPE
from ticketscope.errors import InputError
from ticketscope.joined.archive import pack
from ticketscope.joined.parts import find_part, read_part
from ticketscope.joined.repeated import differences


@pytest.fixture
def published(folder):
    archive = folder / "seed1.tar.xz"
    pack(write(folder / "first/seed1", [1], **RECIPE), archive)
    return find_part(archive)


@pytest.fixture
def again(folder):
    return write(folder / "again", [1], **RECIPE)


def test_the_same_tables_are_the_same_whenever_they_were_measured(again, published):
    rewrite(again / "tables/speed.csv", value="1")
    assert list(differences(find_part(again), published)) == []


def test_what_differs_is_told_with_how_much(again, published):
    rewrite(published.folder / "tables/words.csv", low="0.2")
    published = read_part(published.folder)
    rewrite(again / "tables/words.csv", value=["1.5", "1.1"], low=["0.3", "0.2"])
    np.savez(again / "tables/answers.npz", **{"seed1/x": np.array([1.0])})
    rewrite(again / "tables/lengths.csv", ticket="LTH7")
    rewrite(again / "tables/decoding.csv", low=["0.3", ""])
    assert list(differences(find_part(again), published)) == [
        "words.csv: 2 of 10 values differ, by at most 0.5",
        "lengths.csv: 2 of 10 values differ, in text, labels or empty cells too",
        "decoding.csv: 1 of 10 values differ, in text, labels or empty cells too",
        "answers.npz: has other rows or columns",
    ]


def test_tables_that_were_changed_since_are_refused(folder, published):
    changed = find_part(finished(folder / "other", 1))
    rewrite(changed.folder / "tables/words.csv", value="1")
    for parts in ((changed, published), (published, changed)):
        with pytest.raises(InputError, match=r"other/seed1/tables/words\.csv: changed or damaged"):
            list(differences(*parts))


def test_other_seeds_are_refused(folder, published):
    other = find_part(write(folder / "other", [2], **RECIPE))
    with pytest.raises(InputError, match="have other seeds or tables"):
        list(differences(other, published))


def test_the_command_counts_and_fails_if_anything_differs(folder, again, published):
    def run(results):
        return subprocess.run(
            [sys.executable, "-m", "ticketscope.joined.repeated", results, "seed1.tar.xz"],
            capture_output=True,
            text=True,
        )

    done = run(again)
    counts = re.search(r"^(\d+) of (\d+) tables are the same in .*again and seed1", done.stdout)
    assert done.returncode == 0 and counts[1] == counts[2]
    rewrite(again / "tables/cost.csv", value="2")
    done = run(again)
    assert done.returncode == 1 and done.stdout.startswith("cost.csv: 2 of 10 values differ")
    done = run(folder / "none")
    assert done.returncode == 1
    assert re.fullmatch(r"error: .*none/provenance\.json does not exist: name .*\n", done.stderr)
