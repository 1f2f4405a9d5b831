"""Another workflow uses this one as a module, from a git repository, with a config of its own."""

import re
import subprocess

import pytest

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
