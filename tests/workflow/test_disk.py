"""Disks that are full or read-only, clocks that go back, odd places: finished work stays.

In each of them the user gets one line, and the same command goes on when its cause is gone.
"""

import fcntl
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import environment, jobs, snakemake
from tests.workflow.test_bad_input import CONFIG, finished

RESULTS = "results/smoke"
TICKET = f"{RESULTS}/tickets/seed1/random/LTH2"
OUTPUTS = [f"{TICKET}/checkpoint.pt", f"{TICKET}/log.csv"]
TABLE = f"{RESULTS}/tables/corpus.csv"


def without_a_ticket(smoke: Path, folder: Path) -> Path:
    """A copy of the finished experiment whose last random ticket has to be trained again."""
    shutil.copytree(smoke, folder, symlinks=True, dirs_exist_ok=True)
    for path in (*OUTPUTS, TABLE):
        (folder / path).unlink()
    shutil.rmtree(folder / f"{RESULTS}/trained/seed1/random/LTH2")
    return folder


def is_as_before(smoke: Path, folder: Path) -> bool:
    return all(
        (folder / at).read_bytes() == (smoke / at).read_bytes() for at in (OUTPUTS[0], TABLE)
    )


def change(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def test_a_disk_that_fills_up_costs_nothing_that_was_finished(smoke, small_disk):
    """Full from the beginning, then as the ticket is saved; read-only; then there is room again."""
    change(small_disk, "size=1g")
    folder = without_a_ticket(smoke, small_disk / "smoke")
    before = finished(folder)
    used = shutil.disk_usage(small_disk).used // 1024
    change(small_disk, f"size={used}k")
    printed = snakemake(folder, OUTPUTS[0], *CONFIG, code=1)
    line = "disk full while writing .snakemake: free some space, run again"
    assert line in printed.splitlines(), printed
    change(small_disk, f"size={used + 300}k")
    printed = snakemake(folder, OUTPUTS[0], *CONFIG, code=1)
    assert "Traceback" not in printed
    assert re.search(
        r"^error: disk full while .*: free some space, run again", printed, re.MULTILINE
    )
    assert before.items() <= finished(folder).items()
    change(small_disk, "size=1g,ro")
    printed = snakemake(folder, OUTPUTS[0], *CONFIG, code=1)
    assert printed.splitlines()[-1] == "cannot write .snakemake: Read-only file system"
    change(small_disk, "size=1g,rw")
    snakemake(folder, OUTPUTS[0], TABLE, *CONFIG)
    assert is_as_before(smoke, folder)
    assert before.items() <= finished(folder).items()


@pytest.mark.long
def test_a_full_disk_of_results_alone_is_one_line(smoke, small_disk, tmp_path):
    """Snakemake's records are on another: what a job says is heard. Results are behind a link."""
    change(small_disk, "size=1g")
    folder = without_a_ticket(smoke, tmp_path / "smoke")
    shutil.move(folder / "results", small_disk / "results")
    (folder / "results").symlink_to(small_disk / "results")
    before = finished(small_disk)
    change(small_disk, f"size={shutil.disk_usage(small_disk).used // 1024}k")
    printed = snakemake(folder, OUTPUTS[0], TABLE, *CONFIG, "--keep-going", code=1)
    assert "Traceback" not in printed
    said = re.findall(r"^error: .*", printed, re.MULTILINE)
    assert said and all(re.match(r"error: disk full while writing .*: free", line) for line in said)
    change(small_disk, "size=1g")
    snakemake(folder, OUTPUTS[0], TABLE, *CONFIG)
    assert is_as_before(smoke, folder)
    assert before.items() <= finished(small_disk).items()


def test_a_project_in_an_odd_place_with_results_behind_a_link_is_the_same(smoke, tmp_path):
    folder = without_a_ticket(smoke, tmp_path / "Müllers \"zweites\" Projekt, 'neu' & groß #1")
    shutil.move(folder / "results", tmp_path / "große Platte")
    (folder / "results").symlink_to(tmp_path / "große Platte")
    snakemake(folder, OUTPUTS[0], TABLE, *CONFIG)
    assert is_as_before(smoke, folder)
    assert (folder / "results").is_symlink()


def test_braces_in_the_projects_path_are_refused_in_one_line(clone):
    folder = clone.rename(clone.parent / "a {brace}")
    printed = snakemake(folder, "-n", *CONFIG, code=1)
    assert printed.splitlines()[-1].startswith(f"{folder}: Snakemake takes a brace")
    assert "Traceback" not in printed


def test_a_renamed_project_and_results_that_were_away_are_current(smoke_copy, tmp_path):
    folder = smoke_copy.rename(tmp_path / "renamed")
    (folder / "results").rename(tmp_path / "away")
    assert "train_dense" in jobs(snakemake(folder, "-n", *CONFIG))
    (tmp_path / "away").rename(folder / "results")
    assert jobs(snakemake(folder, "-n", *CONFIG)) == {}


def test_after_the_clock_went_back_the_line_says_what_makes_all_current(smoke_copy):
    """All files of the ticket and what follows it were made before, in a year that is to come."""
    future = [smoke_copy / OUTPUTS[0], *(smoke_copy / f"{RESULTS}/tables").glob("*.csv")]
    for path in future:
        os.utime(path, (4e9, 4e9))
    printed = snakemake(smoke_copy, "-n", *CONFIG, code=1)
    assert "Traceback" not in printed
    line = printed.splitlines()[-1]
    assert re.match(rf"{RESULTS}/\S+ is dated 2096-10-02 .*, in the future: set the clock", line)
    subprocess.run(shlex.split(line.partition("run: ")[2]), cwd=smoke_copy, check=True)
    planned = jobs(snakemake(smoke_copy, "-n", *CONFIG))
    assert not planned.keys() & {"train_dense", "prune", "retrain"}


def test_records_that_were_torn_cost_no_training(smoke_copy):
    """Of a machine that lost its power: Snakemake writes them without syncing."""
    records = [path for path in (smoke_copy / ".snakemake/metadata").rglob("*") if path.is_file()]
    for number, path in enumerate(sorted(records)):
        os.truncate(path, path.stat().st_size // 2 if number % 2 else 0)
    printed = snakemake(smoke_copy, "-n", *CONFIG)
    assert "Traceback" not in printed
    assert not jobs(printed).keys() & {"train_dense", "prune", "retrain"}


def test_a_second_make_is_refused_in_one_line(clone):
    shutil.copy(Path(__file__).parents[2] / "Makefile", clone)
    (clone / ".venv").symlink_to(sys.prefix)
    (clone / ".snakemake").mkdir()
    with (clone / ".snakemake/make.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            ["make", "--old-file", ".venv/.installed", "results"],
            cwd=clone, env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: another make is at work in this folder"


@pytest.mark.long
def test_the_second_of_two_snakemakes_is_refused_and_harms_nothing(smoke, tmp_path):
    folder = without_a_ticket(smoke, tmp_path / "smoke")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", OUTPUTS[0], *CONFIG]
    both = [
        subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    printed = {process.communicate()[1]: process.returncode for process in both}
    assert sorted(printed.values()) == [0, 1]
    refused = next(text for text, code in printed.items() if code)
    assert "Directory cannot be locked" in refused
    snakemake(folder, TABLE, *CONFIG)
    assert is_as_before(smoke, folder)
