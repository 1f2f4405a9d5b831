"""Processes that end together, whoever ends first."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import wait_until
from ticketscope.runtime import processes as module
from ticketscope.runtime.processes import Processes

SLEEP = ["sleep", "600"]


def alive(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_all_print_into_one_stream_and_end_well():
    with Processes([["echo", "one"], ["sh", "-c", "echo two >&2"]], os.environ) as processes:
        assert sorted(processes.lines) == ["one\n", "two\n"]
        assert processes.wait() == 0


@pytest.mark.parametrize(("end", "code"), [("exit 3", 3), ("kill -KILL $$", -signal.SIGKILL)])
def test_one_that_fails_takes_the_others_with_it_and_its_code_counts(end, code):
    commands = [SLEEP, ["sh", "-c", f"echo cause; {end}"], SLEEP]
    with Processes(commands, os.environ) as processes:
        assert list(processes.lines) == ["cause\n"], "the stream ends only with all of them"
        assert processes.wait() == code


def test_one_that_ends_well_leaves_the_others_alone(tmp_path):
    go = tmp_path / "go"
    waits = f"until [ -e {go} ]; do sleep 0.01; done; echo late"
    with Processes([["true"], ["sh", "-c", waits]], os.environ) as processes:
        processes._guards[0].join()  # its end has been noticed
        go.touch()
        assert list(processes.lines) == ["late\n"]


def test_an_error_of_ours_ends_all():
    with (
        pytest.raises(KeyboardInterrupt),
        Processes([["sh", "-c", "echo $$; exec sleep 600"], SLEEP], os.environ) as processes,
    ):
        pid = int(processes.lines.readline())
        raise KeyboardInterrupt
    assert not alive(pid)


def test_a_command_that_cannot_start_ends_those_before_it(tmp_path, monkeypatch):
    start, started = module._start, []
    monkeypatch.setattr(module, "_start", lambda *how: started.append(start(*how)) or started[-1])
    with pytest.raises(FileNotFoundError):
        Processes([SLEEP, [str(tmp_path / "absent")]], os.environ)
    (first,) = started
    wait_until(lambda: first.poll() is not None)
    assert first.returncode == -signal.SIGKILL


def test_they_die_with_the_process_that_started_them():
    program = (
        "import os\nfrom ticketscope.runtime.processes import Processes\n"
        "with Processes([['sh', '-c', 'echo $$; exec sleep 600']] * 2, os.environ) as processes:\n"
        "    for line in processes.lines: print(line, end='', flush=True)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    children = [int(parent.stdout.readline()) for _ in range(2)]
    assert all(map(alive, children))
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(map(alive, children)))
