"""Kills of fairseq, of a job and of snakemake; then the same command gives the same bytes."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tests.warm import Program
from tests.workflow.conftest import snakemake, start

CONFIG = ("--configfile", "config/smoke.yaml")
TICKET = "results/smoke/tickets/seed1/random/LTH2"
KEPT = "results/smoke/trained/seed1/random/LTH2"
SAVED = "results/smoke/work/seed1/random/LTH2/checkpoint_*.pt"
OUTPUTS = [f"{TICKET}/checkpoint.pt", f"{TICKET}/log.csv"]


def processes(folder: Path, name: str = "") -> list[int]:
    """Processes that run in `folder`, and are called `name`."""
    numbers = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                called = (entry / "comm").read_text().strip()
                if (entry / "cwd").resolve() == folder and name in ("", called):
                    numbers.append(int(entry.name))
    return numbers


@contextmanager
def running(folder: Path, target: str) -> Iterator[Program]:
    """snakemake making `target`, caught when its fairseq has saved something to resume from."""
    with (folder / "killed.txt").open("wb") as out:
        process = start(folder, target, *CONFIG, output=out.fileno())
        try:
            wait_until(lambda: list(folder.glob(SAVED)))
            yield process
        finally:
            process.kill()
            process.wait()


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OUTPUTS}


@pytest.fixture
def killed(smoke_copy: Path) -> Iterator[Path]:
    """The finished smoke experiment without its last random ticket."""
    for name in OUTPUTS:
        (smoke_copy / name).unlink()
    shutil.rmtree(smoke_copy / KEPT)
    yield smoke_copy
    for pid in processes(smoke_copy):
        os.kill(pid, signal.SIGKILL)


def same_log(one: bytes, other: bytes) -> bool:
    """All columns but the speed."""
    return [row.split(b",")[:-1] for row in one.splitlines()] == [
        row.split(b",")[:-1] for row in other.splitlines()
    ]


def check(smoke: Path, killed: Path) -> None:
    before, after = content(smoke), content(killed)
    assert after[OUTPUTS[0]] == before[OUTPUTS[0]]
    assert same_log(after[OUTPUTS[1]], before[OUTPUTS[1]])
    assert not (killed / "results/smoke/work/seed1/random/LTH2").exists()


def test_a_killed_fairseq_fails_its_job_in_one_line_and_is_resumed(smoke, killed):
    with running(killed, OUTPUTS[0]) as process:
        for pid in processes(killed, "fairseq-train"):
            os.kill(pid, signal.SIGKILL)
        assert process.wait() == 1
    printed = (killed / "killed.txt").read_text()
    assert "error: seed 1 random LTH2 ran out of memory or was killed" in printed
    assert not (killed / OUTPUTS[0]).exists()
    assert "seed 1 random LTH2: resumes at epoch" in snakemake(killed, OUTPUTS[0], *CONFIG)
    check(smoke, killed)


def test_a_killed_job_is_resumed(smoke, killed):
    with running(killed, OUTPUTS[0]) as process:
        for pid in processes(killed, "retrain.py"):
            os.kill(pid, signal.SIGKILL)
        assert process.wait() == 1
    snakemake(killed, OUTPUTS[0], *CONFIG)
    check(smoke, killed)


def test_nothing_is_trained_twice_when_snakemake_dies_as_the_job_ends(smoke, killed):
    """Snakemake has not heard of the job's end, so it deletes the outputs and runs it again."""
    with running(killed, OUTPUTS[0]) as process:
        process.send_signal(signal.SIGSTOP)  # so that it cannot hear of the end before it dies
        wait_until(lambda: list(killed.glob(f"{KEPT}/*/recipe.json")))
        wait_until(lambda: not processes(killed, "retrain.py"))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (killed / OUTPUTS[0]).exists(), "the job was not at its end: the test is void"
        snakemake(killed, "--unlock", *CONFIG)
        printed = snakemake(killed, OUTPUTS[0], *CONFIG)
    assert "seed 1 random LTH2: has been trained before" in printed
    assert "train_inner" not in (killed / f"logs{OUTPUTS[0][7:-13]}retrain.log").read_text()
    check(smoke, killed)


def test_a_killed_snakemake_is_started_again_while_its_orphans_still_run(smoke, killed):
    with running(killed, OUTPUTS[0]) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert processes(killed, "retrain.py"), "nothing outlived snakemake: the test is void"
        snakemake(killed, "--unlock", *CONFIG)
        snakemake(killed, OUTPUTS[0], *CONFIG)
    check(smoke, killed)
    assert not processes(killed, "fairseq-train")


def test_a_terminated_snakemake_lets_its_job_end(smoke, killed):
    with running(killed, OUTPUTS[0]) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 1
    assert not processes(killed)
    assert "has been trained before" not in snakemake(killed, OUTPUTS[0], *CONFIG)
    check(smoke, killed)


def test_ctrl_c_stops_everything_and_is_resumed(smoke, killed):
    with running(killed, OUTPUTS[0]) as process:
        for pid in processes(killed):  # as a terminal does: the whole group gets it
            os.kill(pid, signal.SIGINT)
        process.wait()
        wait_until(lambda: not processes(killed))
    assert "Traceback" not in (killed / "killed.txt").read_text()
    snakemake(killed, OUTPUTS[0], *CONFIG)
    check(smoke, killed)
