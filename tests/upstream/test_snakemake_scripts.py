"""Scripts that are forked run as those of a new interpreter do."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

SNAKEFILE = """
from ticketscope.upstream import snakemake_scripts

snakemake_scripts.start_scripts_warm()


rule all:
    input:
        "forked",
        "anew",


rule forked:
    output:
        "forked",
    benchmark:
        "forked.jsonl"
    script:
        "write.py"


rule next:
    input:
        "forked",
    output:
        "next",
    script:
        "write.py"


rule anew:
    output:
        "anew",
    threads: 2
    script:
        "write.py"
"""

SCRIPT = """
import logging, os, sys
from pathlib import Path

logging.info("nobody has asked for this line")
loaded = {"torch", "fairseq"} <= sys.modules.keys()
place = Path(sys.argv[0]).parent.name, sys.path[0] == str(Path(sys.argv[0]).parent)
threads = os.environ["OMP_NUM_THREADS"]
Path(snakemake.output[0]).write_text(f"{loaded} {place} {threads} {snakemake.rule}")
"""


@pytest.fixture
def run(tmp_path):
    def start(script, *arguments, **options):
        (tmp_path / "Snakefile").write_text(SNAKEFILE)
        (tmp_path / "write.py").write_text(textwrap.dedent(script))
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
        return subprocess.Popen(command, cwd=tmp_path, text=True, stderr=subprocess.PIPE, **options)

    return start


def test_a_script_of_one_thread_finds_its_libraries_loaded(run, tmp_path):
    process = run(SCRIPT)
    _, printed = process.communicate()

    assert process.returncode == 0
    assert "nobody has asked" not in printed
    assert (tmp_path / "forked").read_text() == "True ('scripts', True) 1 forked"
    assert (tmp_path / "anew").read_text() == "False ('scripts', True) 2 anew"
    assert '"max_rss"' in (tmp_path / "forked.jsonl").read_text()


@pytest.mark.parametrize(
    "end", ["raise ValueError('a bug')", "sys.exit(3)", "os.kill(os.getpid(), 9)"]
)
def test_a_script_that_fails_fails_its_job(run, tmp_path, end):
    process = run(f"import os, sys\n{end}", "forked")

    _, printed = process.communicate()

    assert process.returncode == 1
    assert "Error in rule forked" in printed
    assert ("a bug" in printed) == ("a bug" in end)
    assert not (tmp_path / "forked").exists()


def test_a_server_that_was_killed_is_replaced(run, tmp_path):
    process = run(
        """
        import os
        from pathlib import Path

        if snakemake.rule == "forked":
            stat = Path(f"/proc/{os.getppid()}/stat").read_text()
            os.kill(int(stat.rsplit(")", 1)[1].split()[1]), 9)  # the parent of who waits for us
        Path(snakemake.output[0]).write_text("done")
        """,
        "next",
    )
    _, printed = process.communicate()
    assert process.returncode == 0, printed
    assert (tmp_path / "next").read_text() == "done"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_reaches_the_script(run, tmp_path, number):
    # As from a terminal's Ctrl-C: to the whole process group.
    process = run(
        """
        import signal, sys, time
        from pathlib import Path

        def leave(number, frame):
            Path("left").write_text(str(number))
            sys.exit(1)

        for number in (signal.SIGINT, signal.SIGTERM):
            assert signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
            signal.signal(number, leave)
        Path("runs").touch()
        time.sleep(60)
        """,
        "forked",
        start_new_session=True,
    )
    _wait_until((tmp_path / "runs").exists)

    os.killpg(process.pid, number)
    process.wait(300)

    assert (tmp_path / "left").read_text() == str(int(number))


def test_the_server_ends_with_snakemake(run, tmp_path):
    process = run(
        "import os, time\nfrom pathlib import Path\nPath('runs').touch()\ntime.sleep(2)", "forked"
    )
    _wait_until((tmp_path / "runs").exists)
    assert any("script_server" in line for line in _processes_in(tmp_path))

    process.kill()
    process.wait()

    _wait_until(lambda: not _processes_in(tmp_path))  # the script sleeps to its end


def test_imports_say_nothing_in_the_users_terminal():
    load = """
import logging, warnings
from ticketscope.upstream import script_server

for load in script_server.imports():
    script_server.quietly(load)
logging.error("heard")
warnings.warn("and seen")
"""
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert [line for line in done.stderr.splitlines() if not line.startswith("  ")] == [
        "ERROR:root:heard", "<string>:8: UserWarning: and seen",
    ]  # fmt: skip


def test_the_server_does_not_look_at_a_gpu_that_its_forks_may_use():
    look = """
import torch

def look():
    raise SystemExit("CUDA was started: no fork can use it any more")

torch.cuda.device_count = torch.cuda.is_available = look
from ticketscope.upstream import script_server

for load in script_server.imports():
    script_server.quietly(load)
assert torch.cuda.device_count is look
"""
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_script_waits_for_torch_and_fairseq_only(run, tmp_path):
    process = run(
        """
        import sys
        from pathlib import Path

        loaded = [name for name in ("fairseq", "matplotlib", "sacremoses") if name in sys.modules]
        Path(snakemake.output[0]).write_text(" ".join(loaded))
        """,
        "forked",
    )
    process.communicate()
    assert (tmp_path / "forked").read_text() == "fairseq"


def _wait_until(reached: Callable[[], bool]) -> None:
    """Poll, with time for a busy machine."""
    for _ in range(3000):
        if reached():
            return
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def _processes_in(folder: Path) -> list[str]:
    """Command lines of the processes that work in a folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == folder:
                lines.append((process / "cmdline").read_text())
    return lines
