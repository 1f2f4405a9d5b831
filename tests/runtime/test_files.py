"""Files are whole or not there, and what starts fairseq."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write, disk_errors, require_file, sha256


def test_a_file_appears_whole_with_the_users_permissions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new/table.csv"
    synced = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: synced.append((os.fstat(handle).st_ino, path.exists()))
    )
    before = os.umask(0o027)
    try:
        with atomic_write(path) as temporary:
            temporary.write_text("a,b\n")
            assert not path.exists()
            assert temporary.parent == path.parent
    finally:
        os.umask(before)
    assert path.read_text() == "a,b\n"
    # Else a power cut could leave the name on an empty file.
    assert synced == [(path.stat().st_ino, False)], "it is on disk before it has its name"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == ["table.csv"]


def test_a_failure_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("earlier\n")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as temporary:
        temporary.write_text("half of")
        raise ZeroDivisionError
    assert path.read_text() == "earlier\n"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.EACCES, r"^cannot write table\.csv: Permission denied$"),
        (errno.EROFS, r"^cannot write table\.csv: Read-only file system$"),
        (errno.EDQUOT, r"^disk full while writing table\.csv: free some space, run again$"),
    ],
)
def test_what_a_disk_refuses_is_one_line(number: int, message: str) -> None:
    with pytest.raises(InputError, match=message), disk_errors(Path("table.csv")):
        raise OSError(number, os.strerror(number))


def test_sha256_is_that_of_the_tool(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(256)) * 999)
    expected = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True)
    assert sha256(path) == expected.stdout.split()[0]


def test_fairseq_starts_without_statistics_and_says_so_if_they_were_called() -> None:
    code = (
        "import sys\nfrom ticketscope.upstream import fairseq_startup\n"
        "sys.argv[1:] = ['train', '--help']\n"
        "try: fairseq_startup.main()\n"
        "except SystemExit: pass\n"
        "from fairseq.criterions import sentence_prediction\n"
        "print('sklearn' in sys.modules, 'scipy.stats' in sys.modules, file=sys.stderr)\n"
        "try: sentence_prediction.pearsonr([1], [1])\n"
        "except ImportError as error: print(error, file=sys.stderr)\n"
        "sentence_prediction.f1_score([1], [1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "usage: fairseq_cli.train" in done.stdout
    *lines, last = done.stderr.splitlines()
    assert "False False" in lines
    assert "scipy.stats.pearsonr is not available in this process" in lines
    assert last == "ImportError: sklearn.metrics.f1_score is not available in this process"


def test_the_library_loads_fairseq_without_statistics_and_leaves_them_to_others() -> None:
    code = (
        "import sys, ticketscope.representations.extraction\n"
        "print('sklearn' in sys.modules, 'scipy.stats' in sys.modules)\n"
        "from scipy.stats import spearmanr\n"
        "from sklearn.metrics import f1_score\n"
        "print(f1_score([1], [1]), round(spearmanr([1, 2], [1, 2]).statistic, 6))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "1.0", "1.0"]


def test_what_stands_in_place_of_a_file_is_said(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    require_file(tmp_path / "file", "key")
    for name, message in {
        "none": "does not exist",
        "file/x": "does not exist",
        "a\0b": "does not exist",
        "folder": "is a folder, not a file",
        "pipe": "is no plain file",
        "x" * 4096: "File name too long",
        "{x}": "Snakemake takes a brace in a path for the beginning of a name: rename it",
    }.items():
        with pytest.raises(InputError, match=f"^key: .*{message}$"):
            require_file(tmp_path / name, "key")
