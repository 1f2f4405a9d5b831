"""slurm/config.yaml: nothing in it is erased, misspelt or forgotten, and what it submits."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from tests.workflow.conftest import copy_workflow, jobs, snakemake
from ticketscope.config import load
from ticketscope.plan.experiment import Plan
from ticketscope.plan.needs import RULES, need
from ticketscope.plan.resources import ON_GPU, request
from ticketscope.plan.scale import Scale


@pytest.fixture(scope="module")
def profile(root):
    return yaml.safe_load((root / "slurm/config.yaml").read_text())


@pytest.fixture(scope="module")
def rules(root) -> dict[str, str]:
    text = "\n".join(path.read_text() for path in sorted((root / "rules").glob("*.smk")))
    return dict(
        re.findall(r"^(?:use )?rule .*?(\w+)(?: with)?:\n(.*?)(?=^\S|\Z)", text, re.M | re.S)
    )


def test_the_default_profile_which_wins_erases_nothing(root, profile):
    default = yaml.safe_load((root / "profiles/default/config.yaml").read_text())
    assert default == {key: profile[key] for key in default}


def test_every_rule_that_wants_a_gpu_gets_one_where_there_are_some(profile):
    given = {name: found for name, found in profile["set-resources"].items() if "gpu" in found}
    assert given.keys() == ON_GPU
    assert {found["slurm_partition"] for found in given.values()} == {"gpu"}


def test_jobs_ask_for_what_the_forecast_expects_of_them(root, rules):
    text = "".join(path.read_text() for path in (root / "rules").glob("*.smk"))
    copied = {copy: rule for rule, copy in re.findall(r"^use rule (\w+) as (\w+)", text, re.M)}
    for name, estimate in RULES.items():
        asked = re.findall(r'get_resources\("(\w+)"\)', rules[name]) or [copied.get(name)]
        assert RULES.get(asked[0]) is estimate, name


def test_groups_and_settings_name_rules_that_exist(profile, rules):
    groups = dict(each.split("=") for each in profile["groups"])
    assert groups.keys() | profile["set-resources"].keys() <= rules.keys()
    assert {each.split("=")[0] for each in profile["group-components"]} <= set(groups.values())


def test_jobs_of_a_group_agree_on_their_partition(profile):
    partitions: dict[str, set[str]] = {}
    default = profile["default-resources"]["slurm_partition"]
    for rule, group in (each.split("=") for each in profile["groups"]):
        own = profile["set-resources"].get(rule, {}).get("slurm_partition", default)
        partitions.setdefault(group, set()).add(own)
    assert {group for group, found in partitions.items() if len(found) > 1} == set()


@pytest.mark.parametrize("config", ["config/wmt16.yaml", "config.yaml"])
def test_a_dry_run_through_the_profile_tells_what_is_needed(tmp_path, config):
    """Also with a further test text, whose job lies between two jobs of a group: the default's."""
    clone = copy_workflow(tmp_path)
    arguments = ["-n", "-q", "--profile", "slurm", "--configfile", config]
    told = snakemake(clone, *arguments)
    found = re.search(r"jobs +([\d,]+), in ([\d,]+) submissions", told)
    number, submissions = (int(each.replace(",", "")) for each in found.groups())
    assert number > 900 and submissions < number / 5
    assert all(name in told for name in ("GPU-hours", "CPU-hours", "disk", "peak scratch"))


def test_a_job_that_knows_no_other_rule_takes_its_inputs_as_they_are(tmp_path):
    clone = copy_workflow(tmp_path)
    dense = clone / "results/toy/tickets/seed1/dense/LTH0"
    for name in (
        "checkpoint.pt",
        "mask.safetensors",
        "rewind/epoch19.pt",
        "../../../../corpus/bin",
    ):
        (dense / name).parent.mkdir(parents=True, exist_ok=True)
        (dense / name).touch()
    # As the executor calls it on a node, for the group of a cut and the training after it.
    ticket = "seed=1,series=magnitude,k=1"
    arguments = ["--target-jobs", f"retrain:{ticket}", f"prune:{ticket}"]
    told = snakemake(clone, "-n", *arguments, "--allowed-rules", "prune", "retrain")
    assert jobs(told) == {"prune": 1, "retrain": 1}


REFUSAL = """\
#!/bin/sh
echo "$@" >> {folder}/submitted.txt
echo "sbatch: error: refused by a test" >&2
exit 1
"""


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize(
    "devices", [1, *(pytest.param(number, marks=pytest.mark.long) for number in range(2, 8)), 8]
)
def test_a_submission_asks_for_what_all_devices_of_a_training_need(tmp_path, devices):
    """What snakemake calls sbatch with, for LTH0 of one seed and, of another, a cut and LTH1."""
    clone = tmp_path / "clone"
    clone.mkdir()
    copy_workflow(clone)
    (clone / "mine.yaml").write_text(
        f"{{seeds: [1, 2], training: {{update_freq: {devices}, devices: {devices}}}}}"
    )
    tickets = "results/toy/tickets"
    dense = f"{tickets}/seed1/dense/LTH0"
    made = [f"{dense}/{name}" for name in ("checkpoint.pt", "mask.safetensors", "log.csv")]
    made += [f"{dense}/rewind/epoch22.pt", "results/toy/corpus/bin"]
    touch(clone, *made)
    sbatch = tmp_path / "bin/sbatch"
    sbatch.parent.mkdir()
    sbatch.write_text(REFUSAL.format(folder=tmp_path))
    sbatch.chmod(0o755)
    for name in ("squeue", "sacct", "scontrol", "sinfo"):
        (sbatch.parent / name).symlink_to("/bin/true")
    targets = (
        f"{tickets}/seed{name}/checkpoint.pt" for name in ("2/dense/LTH0", "1/magnitude/LTH1")
    )
    done = subprocess.run(
        [
            sys.executable, "-m", "snakemake", *targets, "--configfile", "mine.yaml",
            "--profile", "slurm", "--retries", "0",
            "--slurm-init-seconds-before-status-checks", "1",
        ],
        cwd=clone,
        env={**os.environ, "PATH": f"{sbatch.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert "Error grouping resources" not in done.stderr
    dense, retrain = sorted((tmp_path / "submitted.txt").read_text().splitlines())
    scale = Scale(Plan(load(clone / "config.yaml", clone / "mine.yaml")))
    job = {"seed": "1", "series": "magnitude", "k": "1"}
    for submitted, rule in ((dense, "train_dense"), (retrain, "retrain")):
        asked = dict(re.findall(r"(--?[a-z-]+)[= ](\d+)", submitted.partition("--wrap")[0]))
        assert asked["--gpus"] == str(devices)
        assert asked["--nodes"] == "1"
        assert asked["--cpus-per-task"] == str(2 * devices)
        assert asked["--mem"] == str(request(need(scale, rule, job), 1).memory)
