"""The wrapper of every script: real processes, whose terminal is a pile of pipes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.runtime.damage import flip, needs_attributes
from ticketscope.runtime.job import MACHINE
from ticketscope.runtime.machine import machine
from ticketscope.runtime.startup import LINE

# Buffered streams, as by default: that lines come in order is `job`'s doing.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

HEADER = """
import os, subprocess, sys
from types import SimpleNamespace
from ticketscope.errors import InputError
from ticketscope.runtime.job import job
script = SimpleNamespace(log=sys.argv[1:2], input=sys.argv[2:3], output=sys.argv[3:4])
code = r"import os; os.write(1, b'child out\\n'); os.write(2, b'child err\\n')"
child = [sys.executable, "-c", code]
"""


def command(body: str, *paths: Path) -> list[str]:
    """Of a script with a log and, if they are given, an input and an output."""
    return [sys.executable, "-c", HEADER + textwrap.dedent(body), *map(str, paths)]


def run(body: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(body, *paths), capture_output=True, text=True, timeout=60, env=ENVIRONMENT
    )


def lines(log: Path) -> list[str]:
    """Of a log, without its first ones: the machine, and the process's start-up."""
    first, second, *others = log.read_text().splitlines()
    assert first == MACHINE + machine() and LINE.fullmatch(second)
    return others


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs/rule/job.log"


def test_output_of_the_script_and_of_its_children_goes_to_the_log_in_order(log: Path) -> None:
    done = run(
        """
        print("before")
        with job(script) as progress:
            print("out")
            print("err", file=sys.stderr)
            subprocess.run(child, check=True)
            print("out again")
            progress("epoch 1/2")
            os.write(2, b"from C\\n")
        print("after")
        """,
        log,
    )
    assert done.returncode == 0
    assert lines(log) == [
        "out", "err", "child out", "child err", "out again", "epoch 1/2", "from C",
    ]  # fmt: skip
    assert done.stdout == "before\nafter\n"
    assert done.stderr == "epoch 1/2\n"


def test_an_earlier_log_is_replaced(log: Path) -> None:
    log.parent.mkdir(parents=True)
    log.write_text("an earlier and longer run\n")
    run("with job(script): print('new')", log)
    assert lines(log) == ["new"]


def test_an_input_error_is_one_line_in_both_places(log: Path) -> None:
    done = run(
        """
        with job(script):
            try:
                int("x")
            except ValueError as error:
                raise InputError("words.txt: no number:\\n  give one") from error
        print("not reached")
        """,
        log,
    )
    assert done.returncode == 1
    assert done.stderr == "error: words.txt: no number: give one\n"
    assert lines(log) == done.stderr.splitlines()
    assert done.stdout == ""


def test_a_bug_leaves_its_traceback_in_the_log_and_one_line_on_the_terminal(log: Path) -> None:
    done = run("with job(script): [][len('two\\nlines')]", log)
    assert done.returncode == 1
    line = f"unexpected IndexError: list index out of range (traceback in {log})"
    assert done.stderr == line + "\n"
    first, *_, error, last = lines(log)
    assert first == "Traceback (most recent call last):"
    assert error == "IndexError: list index out of range"
    assert last == line


@pytest.mark.parametrize("status", [0, 3])
def test_an_exit_code_of_the_script_s_own_is_kept(log: Path, status: int) -> None:
    done = run(f"with job(script): sys.exit({status})", log)
    assert (done.returncode, done.stderr) == (status, "")


@pytest.mark.parametrize(
    ("number", "shown"),
    [(signal.SIGTERM, []), (signal.SIGINT, ["interrupted: {log}"])],
    ids=["SIGTERM", "Ctrl-C"],
)
def test_a_signal_ends_the_script_in_order_and_its_child_with_it(
    log: Path, number: signal.Signals, shown: list[str]
) -> None:
    body = """
    import signal
    # A shell starts what it puts in the background with Ctrl-C ignored, these tests too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    sleeper = [sys.executable, "-c", code]
    with job(script) as progress:
        progress("started")
        try:
            with subprocess.Popen(sleeper, stdout=subprocess.PIPE) as process:
                try:
                    progress(process.stdout.readline().decode().strip())
                    process.wait()
                finally:
                    process.kill()
        finally:
            print("cleaned up")
    """
    with subprocess.Popen(command(body, log), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert process.stderr.readline() == "started\n"
        child = int(process.stderr.readline())
        process.send_signal(number)
        rest = process.stderr.read().splitlines()
    assert process.returncode == 128 + number
    assert rest == [line.format(log=log) for line in shown]
    assert "cleaned up" in log.read_text().splitlines()
    assert _is_gone(child)


def _is_gone(pid: int) -> bool:
    """Whether a killed process has ended; on a loaded machine that takes a moment."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_terminal_that_has_gone_does_not_end_the_job(log: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    body = """
    with job(script) as progress:
        progress("epoch 1/2")
        print("went on")
    """
    try:
        done = subprocess.run(command(body, log), stderr=writer, timeout=60)
    finally:
        os.close(writer)
    assert done.returncode == 0
    assert lines(log) == ["epoch 1/2", "went on"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_does_not_hide_why_a_job_ended() -> None:
    done = run(
        "with job(script): raise InputError('disk full while writing mask')", Path("/dev/full")
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "error: disk full while writing mask"
    assert "Traceback" not in done.stderr


def test_a_child_that_lives_on_does_not_hold_the_terminal(log: Path) -> None:
    done = run(
        """
        with job(script) as progress:
            orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            progress(str(orphan.pid))
        """,
        log,
    )  # returns once the pipes are closed, or fails after its time limit
    os.kill(int(done.stderr), signal.SIGKILL)
    assert done.returncode == 0


@needs_attributes
def test_what_a_script_wrote_is_verified_before_the_next_one_begins(log: Path) -> None:
    table, copied = log.parent / "table.csv", log.parent / "copied.csv"
    copy = """
    import shutil
    with job(script) as progress:
        progress("begun")
        shutil.copyfile(script.input[0], script.output[0])
    """
    log.parent.mkdir(parents=True)
    (log.parent / "given.csv").write_text("a,b\n1,2\n")
    assert run(copy, log, log.parent / "given.csv", table).returncode == 0
    assert run(copy, log, table, copied).stderr == "begun\n"
    flip(table)
    done = run(copy, log, table, copied)
    assert (done.returncode, done.stderr) == (
        1,
        f"error: {table} was changed or damaged after it was written: delete it and run again\n",
    )
