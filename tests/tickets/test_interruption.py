"""SIGTERM in a Slurm job, or its time limit: fairseq saves within the update; nothing is lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.waiting import wait_until
from ticketscope.config import validate
from ticketscope.report.provenance import provenance

# Saved at the ends of epochs only, so that whatever lies between is the signal's.
TRAIN = """\
import json, sys
from pathlib import Path
from types import SimpleNamespace
from tests.conftest import tiny_setup
from tests.lottery import train
from ticketscope.runtime.job import job

data, folder = map(Path, sys.argv[1:3])
with job(SimpleNamespace(log=[folder / "train.log"], input=[], output=[])) as progress:
    setup = tiny_setup(data, max_epoch=2, max_tokens=12, **json.loads(sys.argv[3]))
    train(setup, folder, progress=progress)
"""


def start(
    data: Path, folder: Path, training: dict[str, object] | None = None, **more: str
) -> "subprocess.Popen[bytes]":
    """A process that trains LTH0, with more settings and environment variables."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, str(data), str(folder), json.dumps(training or {})],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}/src:{ROOT}", **more},
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def undisturbed(data_bin, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert start(data_bin, folder).wait() == 0
    return folder


def wait_for_row(folder: Path, epoch: float) -> None:
    """Until training is so far into an epoch."""
    rows = folder / "work/rows.jsonl"
    wait_until(rows.exists)
    found = re.compile(r'"epoch": ([\d.]+)').findall
    wait_until(lambda: any(float(number) % 1 > epoch for number in found(rows.read_text())))


def test_a_training_that_slurm_warns_and_kills_goes_on_from_there(data_bin, tmp_path, undisturbed):
    folder = tmp_path / "warned"
    process = start(data_bin, folder, SLURM_JOB_ID="1")
    wait_for_row(folder, 0.1)
    os.killpg(process.pid, signal.SIGTERM)  # as Slurm does: to every process of the job
    wait_until(lambda: list((folder / "work").glob("checkpoint_*_*.pt")), process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert start(data_bin, folder, SLURM_JOB_ID="2").wait() == 0
    assert re.search(r"resumes at epoch \d, after update \d+", (folder / "train.log").read_text())
    assert (folder / "checkpoint.pt").read_bytes() == (undisturbed / "checkpoint.pt").read_bytes()


def test_near_its_time_limit_a_training_saves_has_its_job_requeued_and_goes_on_from_there(
    data_bin, tmp_path, undisturbed
):
    folder, slurm = tmp_path / "pieces", tmp_path / "slurm"
    slurm.mkdir()
    for name, shell in (
        ("squeue", "echo 1:00 1:00:00"),
        ("scontrol", f'echo "$*" > {slurm}/asked'),
    ):
        (slurm / name).write_text(f"#!/bin/sh\n{shell}\n")
        (slurm / name).chmod(0o755)
    more = {"SLURM_JOB_ID": "17", "PATH": f"{slurm}:{os.environ['PATH']}"}
    process = start(data_bin, folder, **more)
    wait_until((slurm / "asked").exists, process)
    # At least one update, so that any number of pieces comes to an end; and none after the save.
    assert [path.name for path in (folder / "work").glob("checkpoint_*_*.pt")] == [
        "checkpoint_1_1.pt"
    ]
    time.sleep(1)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)  # as Slurm does with a job that goes back into the queue
    process.wait()
    assert (slurm / "asked").read_text() == "requeue 17\n"
    (slurm / "squeue").write_text("#!/bin/sh\necho 59:00 1:00:00\n")
    assert start(data_bin, folder, **more).wait() == 0
    assert "resumes at epoch 1, after update 1" in (folder / "train.log").read_text()
    assert (folder / "checkpoint.pt").read_bytes() == (undisturbed / "checkpoint.pt").read_bytes()
    # Snakemake, which has seen the last piece alone, writes this beside the log.
    last = {"rule_name": "train_dense", "s": 5.0, "cpu_time": 4.0, "max_rss": 1.0}
    (folder / "train.jsonl").write_text(json.dumps(last))
    [rule] = provenance(validate({}), folder, {})["rules"]
    assert rule["jobs"] == 1 and rule["wall_s"] > 5 and rule["cpu_s"] > 4
