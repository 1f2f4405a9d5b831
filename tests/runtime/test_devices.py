"""Claims of GPUs by real processes; only what the machine has is pretended."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import torch

from tests.lottery import quiet
from ticketscope.errors import InputError
from ticketscope.runtime import devices
from ticketscope.runtime.devices import claim_gpus


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Makes this machine one with so many GPUs, whose lock files lie in a folder of their own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    monkeypatch.setattr(devices, "_POLL", 0.01)

    def have(count):
        monkeypatch.setattr(devices, "_visible", lambda: [str(index) for index in range(count)])

    return have


HOLDER = """
import json, sys, time
from ticketscope.runtime import devices

machine, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
devices._visible = lambda: [str(index) for index in range(machine)]
devices._POLL = 0.01
with devices.claim_gpus(lambda line: None, count) as gpus:
    began = time.monotonic()
    print("holds", flush=True)
    time.sleep(seconds)
    ended = time.monotonic()
print(json.dumps([gpus.split(","), began, ended]))
"""


def holder(machine, count, seconds):
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(machine), str(count), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_jobs_that_run_at_once_hold_distinct_devices_and_all_get_their_turn(machine):
    wanted = [2, 1, 3, 2, 2, 1, 4, 2, 3, 1]
    jobs = [holder(4, count, 0.3) for count in wanted]
    held = [json.loads(job.communicate(timeout=60)[0].splitlines()[-1]) for job in jobs]
    assert [len(set(names)) for names, _, _ in held] == wanted
    together = [
        (gpus, others)
        for index, (gpus, began, ended) in enumerate(held)
        for others, other_began, other_ended in held[:index]
        if began < other_ended and other_began < ended
    ]
    assert together, "no two jobs ever ran at once: the test is void"
    for gpus, others in together:
        assert not set(gpus) & set(others)


def test_a_killed_job_frees_its_devices(machine):
    machine(2)
    job = holder(2, 2, 600)
    assert job.stdout.readline() == "holds\n"
    assert devices._try_to_claim(["0", "1"], 1) is None
    job.send_signal(signal.SIGKILL)
    job.wait()
    with claim_gpus(quiet, 2) as gpus:
        assert gpus == "0,1"


def test_a_job_that_waits_says_so_once(machine):
    machine(2)
    said, got = [], []

    def want_two():
        with claim_gpus(said.append, 2) as gpus:
            got.append(gpus)

    waiting = threading.Thread(target=want_two)
    with claim_gpus(quiet) as first:
        waiting.start()
        while not said:
            time.sleep(0.01)
        time.sleep(0.1)
        assert (first, got) == ("0", [])
    waiting.join(timeout=10)
    assert got == ["0,1"]
    assert said == ["waiting for 2 of 2 GPUs"]


def test_more_devices_than_there_are_is_an_error_and_without_any_it_is_the_cpu(machine):
    machine(2)
    with (
        pytest.raises(InputError, match=r"^training\.devices: 3 GPUs are wanted and 2 visible"),
        claim_gpus(quiet, 3),
    ):
        pass
    machine(0)
    with claim_gpus(quiet, 3) as gpus:
        assert gpus is None


def test_the_same_name_is_another_device_in_another_job_of_slurm(machine, monkeypatch):
    machine(1)
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with claim_gpus(quiet) as one:
        assert devices._try_to_claim(["0"], 1) is None
        monkeypatch.setenv("SLURM_JOB_ID", "8")
        with claim_gpus(quiet) as other:
            assert one == other == "0"


def test_a_job_that_wants_all_is_not_overtaken_by_others_that_each_want_one(machine):
    first = [holder(2, 1, 2), holder(2, 1, 3)]
    for job in first:
        assert job.stdout.readline() == "holds\n"
    jobs = []
    for number in range(12):
        jobs.append(holder(2, 2 if number == 3 else 1, 0.3))
        wait_until_it_asks(jobs[-1])
    held = [json.loads(job.communicate(timeout=60)[0].splitlines()[-1]) for job in jobs]
    began = [start for _, start, _ in held]
    assert held[3][0] == ["0", "1"]
    # Nobody who came later went first.
    assert all(began[3] < later for later in began[4:])
    for job in first:
        job.communicate(timeout=60)


def wait_until_it_asks(job):
    """Until a process has opened one of the lock files, or has ended."""
    while job.poll() is None:
        with suppress(OSError):
            files = [file.readlink().name for file in Path(f"/proc/{job.pid}/fd").iterdir()]
            if any(name.startswith("ticketscope-") for name in files):
                return
        time.sleep(0.005)


def test_jobs_of_other_devices_do_not_wait_in_the_same_queue(machine, monkeypatch):
    machine(2)
    said = []

    def want_two():
        with claim_gpus(said.append, 2):
            pass

    waiting = threading.Thread(target=want_two)
    with claim_gpus(quiet, 2):
        waiting.start()
        while not said:
            time.sleep(0.01)
        monkeypatch.setattr(devices, "_visible", lambda: ["2", "3"])
        with claim_gpus(pytest.fail, 2) as other:
            assert other == "2,3"
    waiting.join(timeout=10)
    assert not waiting.is_alive()


@pytest.fixture
def driver(monkeypatch, tmp_path):
    (tmp_path / "nvidiactl").touch()
    monkeypatch.setattr(devices, "_DRIVERS", [str(tmp_path / "nvidiactl")])


@pytest.mark.parametrize(
    ("given", "expected"),
    [("3,5", ["3", "5"]), ("GPU-8932f937", ["GPU-8932f937"]), ("2,-1,3", ["2"]), ("", [])],
)
def test_devices_are_those_of_the_variable_and_torch_is_not_asked(
    driver, monkeypatch, given, expected
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert devices._visible() == expected
    monkeypatch.setattr(devices, "_DRIVERS", [])
    assert devices._visible() == []


def test_torch_counts_in_a_process_of_its_own_so_that_this_one_can_still_choose(
    driver, monkeypatch, tmp_path
):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$2" > {tmp_path}/asked\necho 2\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr("torch.cuda.device_count", lambda: pytest.fail("counted in this process"))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices._visible() == devices.detect() == ["0", "1"]
    assert "cuda.device_count()" in (tmp_path / "asked").read_text()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7,9")
    assert devices.detect() == ["4", "7"]  # the third is none
    python.write_text("#!/bin/sh\nexit 1\n")
    assert devices.detect() is None


def test_a_gpu_whose_driver_is_too_old_for_torch_is_none(driver, monkeypatch, tmp_path):
    python = tmp_path / "python"
    # So torch behaves there: NVIDIA's library counts the devices, and CUDA does not start.
    pretend = (
        "import sys, torch; torch.cuda.device_count = lambda: 2; "
        "torch.cuda.is_available = lambda: False; exec(sys.argv[1])"
    )
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{pretend}' \"$2\"\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices.detect() == []


def test_this_machines_own_count_is_torchs(driver, monkeypatch):
    import torch

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices.detect() == [str(index) for index in range(torch.cuda.device_count())]


def test_a_name_with_a_slash_is_no_folder(machine):
    claimed = devices._try_to_claim(["MIG-GPU-89/1/0"], 1)
    assert claimed is not None
    with claimed[1]:
        assert devices._try_to_claim(["MIG-GPU-89/1/0"], 1) is None


def test_lock_files_lie_in_a_folder_that_the_user_alone_can_enter(machine, tmp_path):
    machine(2)
    with claim_gpus(quiet):
        (folder,) = tmp_path.iterdir()
    assert stat.S_IMODE(folder.lstat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("kind", ["link", "file", "open to others"])
def test_a_lock_folder_that_is_not_the_users_own_is_refused(machine, tmp_path, kind):
    machine(1)
    folder, elsewhere = tmp_path / f"ticketscope-{os.getuid()}", tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    if kind == "link":
        folder.symlink_to(elsewhere)
    elif kind == "file":
        folder.touch()
    else:
        folder.mkdir()
        folder.chmod(0o777)
    with pytest.raises(InputError, match=f"{folder}, where jobs lock GPUs, is not a private"):
        claim_gpus(quiet).__enter__()
    assert list(elsewhere.iterdir()) == []


def test_a_lock_file_is_not_opened_through_a_link(machine, tmp_path):
    machine(1)
    with claim_gpus(quiet):
        (folder,) = tmp_path.iterdir()
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    for file in list(folder.iterdir()):
        file.unlink()
        file.symlink_to(victim)
    with pytest.raises(InputError, match=r"cannot lock GPU 0: .*symbolic link"):
        claim_gpus(quiet).__enter__()
    assert victim.read_text() == "theirs"


@pytest.mark.skipif(torch.cuda.is_available(), reason="here torch can use a GPU")
def test_a_job_of_slurm_whose_gpu_torch_cannot_use_ends_where_another_takes_it_on_trust(
    driver, monkeypatch, tmp_path
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5")
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    with claim_gpus(quiet) as gpus:
        assert gpus == "5"
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with (
        pytest.raises(InputError, match=r"^Slurm gave this job GPU 5 of .+, and torch .+ can use"),
        claim_gpus(quiet),
    ):
        pass
