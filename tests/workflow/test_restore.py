"""A finished experiment that came back from a backup, its files with new times in any order."""

import os
import random
import re
import time
from pathlib import Path

import pytest

from tests.workflow.conftest import jobs, snakemake
from tests.workflow.test_bad_input import CONFIG, finished


@pytest.fixture
def restored(smoke_copy: Path) -> Path:
    paths = [
        path
        for folder in ("results", "resources")
        for path in sorted((smoke_copy / folder).rglob("*"))
        if not path.is_symlink()
    ]
    random.Random(1).shuffle(paths)
    now = time.time()
    for age, path in enumerate(paths):
        os.utime(path, (now, now - age))
    return smoke_copy


def test_touch_says_that_all_of_it_is_up_to_date(restored, root):
    assert jobs(snakemake(restored, "-n", *CONFIG))
    before = finished(restored)
    command = re.search(r"^touch:.*\n\t.*\$\(snakemake\) (.*?) --cores", makefile(root), re.M)
    assert command is not None
    snakemake(restored, *command[1].split(), *CONFIG)
    assert finished(restored) == before
    assert jobs(snakemake(restored, "-n", *CONFIG)) == {}


def test_without_it_trainings_are_found_by_their_content(restored):
    before = {name: digest for name, digest in finished(restored).items() if "/tickets/" in name}
    planned = jobs(snakemake(restored, "tickets", "-n", *CONFIG))
    printed = snakemake(restored, "tickets", *CONFIG)
    trainings = planned.get("train_dense", 0) + planned.get("retrain", 0)
    assert printed.count("has been trained before; published again") >= trainings > 0
    after = {name: digest for name, digest in finished(restored).items() if "/tickets/" in name}
    assert after == before


def makefile(root: Path) -> str:
    return (root / "Makefile").read_text()
