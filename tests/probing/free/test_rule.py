"""The rule, run by snakemake: from the mirror to a task, a second run that has nothing to do."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import wait_until
from ticketscope.probing.free import page

pytestmark = pytest.mark.workflow


def run(root: Path, folder: Path, mirror: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments, "--snakefile", str(root / "Snakefile"),
         "--directory", str(folder), "--cores", "1"],
        env=os.environ | {"TICKETSCOPE_MIRROR": str(mirror)},
        capture_output=True,
        text=True,
    )  # fmt: skip


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    shutil.copy(root / "config.yaml", tmp_path)
    return tmp_path


def test_a_task_is_built_once(root, mirror, folder):
    target = "resources/probing/free/NER/statistics.json"
    done = run(root, folder, mirror, target)
    assert done.returncode == 0, done.stderr
    assert "NER: train 1195, dev 184, test 317 instances" in done.stderr
    assert (folder / "resources/sources/free/wikigold.json").is_file()
    assert (folder / "resources/probing/free/NER/LICENSE").is_file()
    assert "Nothing to be done" in run(root, folder, mirror, target).stderr


@pytest.mark.long
def test_a_build_that_was_killed_goes_on_to_the_same_bytes(root, mirror, folder):
    target = folder / "resources/probing/free/SynPred/statistics.json"
    arguments = [str(target.relative_to(folder)), "--snakefile", str(root / "Snakefile")]
    begun = subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments, "--directory", str(folder), "--cores", "1"],
        env=os.environ | {"TICKETSCOPE_MIRROR": str(mirror)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # A split is being written: killed between the first and the last file of the task.
    wait_until(lambda: list(target.parent.glob(".*.gz.*")), begun)
    os.killpg(begun.pid, signal.SIGKILL)
    begun.wait()
    assert not target.is_file()
    assert run(root, folder, mirror, "--unlock").returncode == 0
    done = run(root, folder, mirror, arguments[0], "--rerun-incomplete")
    assert done.returncode == 0, done.stderr
    published = json.loads(page.PUBLISHED.read_text(encoding="utf-8"))["SynPred"]
    assert page.published(json.loads(target.read_text())) == published  # digests among them
    for split, expected in published["splits"].items():
        text = gzip.decompress((target.parent / f"{split}.jsonl.gz").read_bytes())
        assert len(text.splitlines()) == expected["instances"]


def test_the_suite_has_all_tasks_and_a_damaged_mirror_is_one_line(root, folder, tmp_path):
    dry = run(root, folder, tmp_path, "free_suite", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "free_task         19" in dry.stdout + dry.stderr
    path = tmp_path / "mirror/wikigold/wikigold.conll.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Rain O\n")
    failed = run(root, folder, tmp_path / "mirror", "resources/sources/free/wikigold.json")
    assert failed.returncode != 0
    line = failed.stderr.splitlines()[-1]
    assert (
        line.startswith("error:")
        and "checksum mismatch" in line
        and "delete it or replace it" in line
    )
