"""A small experiment on a real Slurm, through the profile: preempted, in pieces, on two devices."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from tests.slurm_lab.daemons import has, processes, wait
from tests.slurm_lab.experiment import DENSE, Experiment
from tests.slurm_lab.failures import check, first_job, jobs, preempt
from tests.slurm_lab.lab import Lab, refusal

TICKET = "results/lab/tickets/seed1/magnitude/LTH1/checkpoint.pt"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    if (why_not := refusal()) is not None:
        pytest.skip(why_not)
    with Lab(tmp_path_factory.mktemp("slurm")).running() as lab:
        yield lab


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The same without Slurm."""
    local = Experiment(tmp_path_factory.mktemp("local") / "local")
    local.run(TICKET)
    return local


@pytest.mark.long
def test_an_experiment_runs_through_the_profile_and_a_preemption_changes_no_byte(
    lab, local, tmp_path
):
    ours = Experiment(tmp_path / "ours", lab).with_corpus_of(local)
    process = ours.start(TICKET)
    ours.wait_for_save()
    preempt(lab)
    ours.finish(process)
    for name in (DENSE, TICKET):
        assert ours.digest(name) == local.digest(name)
    assert ours.log_rows() == local.log_rows()
    # The cut and the training after it are one submission, and Slurm started the first again.
    dense, ticket = jobs(lab)[-2:]
    assert "COMPLETED, 1 restarts" in dense
    assert "COMPLETED, 0 restarts" in ticket
    assert "LTH1: resumes" not in ours.printed()


@pytest.mark.long
def test_a_training_longer_than_its_limit_takes_pieces_and_no_failure(lab, local, tmp_path):
    before = jobs(lab)
    seen = check("in_pieces", tmp_path / "pieces", lab, local)
    assert seen.get("same_bytes"), seen
    # The row in which a piece ended averages over the updates since.
    rows = [
        [row.rpartition(",")[0] for row in (folder / DENSE).with_name("log.csv").open()]
        for folder in (tmp_path / "pieces", local.folder)
    ]
    assert sum(ours != theirs for ours, theirs in zip(*rows, strict=True)) <= 2
    # Three pieces of one job, of which Snakemake saw no failure.
    assert "COMPLETED, 2 restarts" in seen["jobs"][-1]
    assert len(seen["jobs"]) == len(before) + 1


def trainers(lab) -> list[int]:
    """The processes of one training that run in the lab's jobs, first rank first."""
    ranks = {}
    for pid in processes():
        if has(pid, f"LAB_OF_JOBS={lab.folder}"):
            words = []
            with suppress(OSError):  # it has just ended
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            if "--distributed-rank" in words:
                ranks[words[words.index("--distributed-rank") + 1]] = pid
    return [ranks[rank] for rank in sorted(ranks)]


@pytest.mark.long
def test_a_training_of_two_devices_gets_both_of_a_node_and_keeps_its_bytes(lab, local, tmp_path):
    settings = {"devices": 2, "update_freq": 2, "max_epoch": 30, "save_interval_updates": 0}
    alone = Experiment(tmp_path / "alone", **settings).with_corpus_of(local)
    alone.run(DENSE)
    ours = Experiment(tmp_path / "ours", lab, **settings).with_corpus_of(local)
    process = ours.start(DENSE)
    wait(lambda: len(trainers(lab)) == 2, "two trainers", 300)
    assert all(has(pid, "CUDA_VISIBLE_DEVICES=0,1") for pid in trainers(lab))
    job = lab.call("scontrol", "show", "job", first_job(lab))
    assert all(asked in job for asked in ("TresPerJob=gres:gpu:2", "NumCPUs=4", "NumNodes=1"))
    ours.finish(process)
    assert ours.digest() == alone.digest()
    assert ours.log_rows() == alone.log_rows()


def test_the_lab_says_in_one_line_why_it_cannot_be(monkeypatch):
    monkeypatch.setattr("tests.slurm_lab.lab._PATH", "/nowhere")
    assert refusal() == (
        "the Slurm lab needs Debian's packages: apt-get install munge slurmctld slurmd slurm-client"
        if os.getuid() == 0
        else "the Slurm lab needs root: slurmd starts jobs as whoever submitted them"
    )
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert "needs root" in refusal()
