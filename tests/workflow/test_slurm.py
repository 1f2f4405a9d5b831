"""A small experiment on a real Slurm, through the profile as it is; a preemption on the way."""

import os

import pytest

from workflow.lab.daemons import wait
from workflow.lab.experiment import DENSE, Experiment
from workflow.lab.failures import jobs
from workflow.lab.lab import Lab, for_profile, refusal

TICKET = "results/lab/tickets/seed1/magnitude/LTH1/checkpoint.pt"


@pytest.fixture(scope="module")
def lab(root, tmp_path_factory):
    if (why_not := refusal()) is not None:
        pytest.skip(why_not)
    folder = tmp_path_factory.mktemp("slurm")
    lab = Lab(for_profile(folder, root / "slurm/config.yaml", accounting=False))
    try:
        lab.up()
        yield lab
    finally:
        lab.down()


@pytest.mark.long
def test_an_experiment_runs_through_the_profile_and_a_preemption_changes_no_byte(lab, tmp_path):
    local = Experiment(tmp_path / "local")
    local.run(TICKET)
    ours = Experiment(tmp_path / "ours", lab).with_corpus_of(local)
    process = ours.start(TICKET)
    ours.wait_for_save()
    lab.call("sbatch", "-p", "urgent", "-N2", "--exclusive", "-o/dev/null", "--wrap", "sleep 5")
    wait(lambda: lab.call("squeue", "--noheader", "-p", "urgent", "--states=R"), "urgency", 60)
    ours.finish(process)
    for name in (DENSE, TICKET):
        assert ours.digest(name) == local.digest(name)
    assert ours.log_rows() == local.log_rows()
    # The cut and the training after it are one submission, and Slurm started the first again.
    dense, ticket = jobs(lab)
    assert "COMPLETED, 1 restarts" in dense
    assert "COMPLETED, 0 restarts" in ticket
    assert "LTH1: resumes" not in ours.printed()


def test_the_lab_says_in_one_line_why_it_cannot_be(monkeypatch):
    monkeypatch.setattr("workflow.lab.lab._PATH", "/nowhere")
    assert refusal() == (
        "the Slurm lab needs Debian's packages: apt-get install munge slurmctld slurmd slurm-client"
        if os.getuid() == 0
        else "the Slurm lab needs root: slurmd starts jobs as whoever submitted them"
    )
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert "needs root" in refusal()
