"""Who may write in a work folder, and what is said where nobody can tell."""

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

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
