"""Who may write in a work folder, what is said where nobody can tell, what attempts took."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from ticketscope.tickets import attempts
from ticketscope.tickets.workfolder import open_work_folder


def test_a_second_process_waits_for_the_first(tmp_path: Path) -> None:
    """flock counts by open file, so a second open of this process stands for another process."""
    folder, lines = tmp_path / "LTH1", []
    said, entered = threading.Event(), threading.Event()

    def progress(line: str) -> None:
        lines.append(line)
        said.set()

    def second() -> None:
        with open_work_folder(folder, {"lr": 1}, progress):
            entered.set()

    thread = threading.Thread(target=second)
    with open_work_folder(folder, {"lr": 1}, print):
        (folder / "checkpoint_last.pt").write_text("half")
        thread.start()
        assert said.wait(60)
        assert lines == [f"another process still works in {folder}: waiting for it to end"]
        assert not entered.is_set()
    thread.join(60)
    assert entered.is_set()
    assert (folder / "checkpoint_last.pt").read_text() == "half"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_told_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def flock(file: object, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    lines: list[str] = []
    with open_work_folder(tmp_path / "LTH1", {"lr": 1}, lines.append) as folder:
        assert (folder / "recipe.json").is_file()
    assert len(lines) == 1
    assert "no locks" in lines[0] and os.strerror(number) in lines[0]


def test_another_failure_of_the_lock_is_no_missing_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(file: object, operation: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", flock)
    with (
        pytest.raises(OSError, match="Input/output error"),
        open_work_folder(tmp_path / "LTH1", {"lr": 1}, print),
    ):
        pass


WORK = 2.0  # seconds of CPU, more than a piece's start takes

# A piece of a training: it starts a process that works, and whoever ends it does so by a kill.
PIECE = """\
import subprocess, sys
from pathlib import Path
from ticketscope.tickets import attempts
from ticketscope.tickets.workfolder import open_work_folder

attempts.SECONDS = 0.1
with open_work_folder(Path(sys.argv[1]), {"lr": 1}, print):
    subprocess.run([sys.executable, "-c", "while True: pass"])
"""


def run_piece(folder: Path) -> float:
    """Seconds of a piece that is killed, all its processes, once it has noted so much work."""
    began = time.monotonic()
    piece = subprocess.Popen(
        [sys.executable, "-c", PIECE, str(folder)],
        env=os.environ | {"PYTHONPATH": f"{ROOT}/src"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    lock = folder.with_name(f".{folder.name}.lock")
    before = len(noted(lock))
    while len(notes := noted(lock)) <= before or notes[-1]["cpu_s"] < WORK:
        assert piece.poll() is None and time.monotonic() < began + 120
        time.sleep(0.01)
    os.killpg(piece.pid, signal.SIGKILL)
    piece.wait()
    return time.monotonic() - began


def noted(lock: Path) -> list[dict[str, float]]:
    """Attempts as they are noted; a note is never half written."""
    text = lock.read_text() if lock.exists() else ""
    return json.loads(text)["attempts"] if text else []


def test_the_log_says_what_each_killed_piece_took(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "LTH1"
    took = [run_piece(folder), run_piece(folder)]
    with open_work_folder(folder, {"lr": 1}, print):
        pass
    attempts_said = attempts.LINE.findall(capfd.readouterr().out)
    assert len(attempts_said) == 2
    for (wall, cpu, machine), real in zip(attempts_said, took, strict=True):
        # Times of processes are counted in hundredths of a second.
        assert 0.5 < float(wall) < real + 0.1
        # Most of it is the work of the process that it had started.
        assert WORK <= float(cpu) < 2 * real + 0.1
        assert "cores" in machine
    with open_work_folder(folder, {"lr": 2}, print):
        pass
    with open_work_folder(folder, {"lr": 2}, print):
        pass
    # Of another training nothing is said; then of the one before, which was this one.
    assert len(attempts.LINE.findall(capfd.readouterr().out)) == 1
