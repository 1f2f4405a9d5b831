"""Another workflow uses this one as a module, from a git repository, with a config of its own."""

import re
import subprocess

import pytest

from tests.conftest import ROOT
from tests.workflow.conftest import copy_workflow, snakemake

USER = """
config = {{
    "experiment": "theirs",
    "seeds": [1],
    "pruning": {{"iterations": 1}},
    "corpus": {{"toy": {{"train": 500}}}},
}}

module tickets:
    snakefile: "git+file://{repository}/workflow/Snakefile@main"
    config: config

use rule * from tickets as tickets_*

rule count:
    input: rules.tickets_subwords.output.codes
    output: "merges.txt"
    shell: "wc -l < {{input}} > {{output}}"
"""
# Snakemake 9.27 cannot take a script's time from a git repository, and this workflow has
# fingerprints of its code instead (profiles/default).
TRIGGERS = ("--rerun-triggers", "mtime", "params", "input", "software-env")


@pytest.fixture
def user(tmp_path):
    """A workflow that uses the module, in a folder that holds nothing else."""
    repository, folder = tmp_path / "repository", tmp_path / "user"
    repository.mkdir()
    folder.mkdir()
    copy_workflow(repository)
    for command in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "all"],
    ):
        subprocess.run(["git", *command], cwd=repository, check=True)
    (folder / "Snakefile").write_text(USER.format(repository=repository))
    return folder


OTHER = """
module other:
    snakefile: "git+file://{repository}/workflow/Snakefile@main"
    config: config | {{"experiment": "others", "pruning": {{"iterations": 2}}}}

use rule * from other exclude {shared} as other_*

use rule translate from tickets as tickets_translate with:
    priority: 3

rule both:
    input: rules.tickets_results.input, rules.other_results.input
"""


@pytest.mark.workflow
def test_two_experiments_are_two_modules(user):
    page = (ROOT / "docs/run/module.md").read_text()
    shared = re.search(r"use rule \* from other exclude (.+) as other_\*", page)[1]
    with (user / "Snakefile").open("a") as file:
        file.write(OTHER.format(repository=user.parent / "repository", shared=shared))
    planned = snakemake(user, "-n", "both", "--quiet", "rules", *TRIGGERS)
    counts = dict(re.findall(r"^(\w+_retrain) +(\d+)$", planned.split("Reasons:")[0], re.M))
    assert counts == {"tickets_retrain": "3", "other_retrain": "6"}
    # Each module's forecast is of its own jobs, and that a rule was changed makes no third one.
    others, first = (int(jobs) for jobs in re.findall(r"^ +jobs +(\d+)", planned, re.MULTILINE))
    assert 50 < first < others < first + 50
    # Sources are fetched where snakemake runs, under any prefix.
    assert "localrules directive specifies" not in planned


@pytest.mark.workflow
def test_the_module_runs_with_its_config_changed(user):
    planned = snakemake(user, "-n", "tickets_results", "--quiet", "rules", *TRIGGERS)
    counts = dict(re.findall(r"^tickets_(\w+) +(\d+)$", planned.split("Reasons:")[0], re.M))
    assert (counts["train_dense"], counts["retrain"], counts["translate"]) == ("1", "3", "4")
    # The forecast knows the rules under their new names.
    assert float(re.search(r"disk +([\d.]+) MB", planned)[1]) > 10
    snakemake(user, "count", *TRIGGERS)
    assert 0 < int((user / "merges.txt").read_text()) <= 4000
    assert (user / "results/theirs/corpus/raw/train.en").read_text().count("\n") == 500
    assert snakemake(user, "-n", "count", *TRIGGERS).count("Nothing to be done") == 1
