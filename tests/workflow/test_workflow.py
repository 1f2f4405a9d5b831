"""The workflow itself: every config dry-runs, what is stale re-runs and nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

BIN = Path(sys.executable).parent


def snakemake(root, *arguments, code=0, **environment):
    """Run snakemake in `root`; what it printed."""
    done = subprocess.run(
        [str(BIN / "snakemake"), "--cores", "2", *arguments],
        cwd=root,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def jobs(printed):
    """Jobs by rule in a dry-run's table, without the target and the total."""
    table = re.findall(r"^(\w+) +(\d+)$", printed.split("Reasons:")[0], re.MULTILINE)
    return {rule: int(count) for rule, count in table if rule not in ("total", "results")}


@pytest.fixture
def clone(root, tmp_path):
    """A copy of the workflow, so that a test may edit it and run in it."""
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(root / name, tmp_path)
    for name in ("rules", "envs", "workflow", "config", "profiles"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("config", ["toy", "smoke", "multi30k", "wmt16"])
def test_every_config_dry_runs(clone, config):
    overlay = [] if config == "toy" else ["--configfile", f"config/{config}.yaml"]
    counts = jobs(snakemake(clone, "-n", *overlay))
    k = 2 if config == "smoke" else 9
    assert counts["train_dense"] == 1
    assert counts["retrain"] == counts["prune"] == 3 * k
    assert counts["translate"] == 3 * k + 1
    assert ("toy_text" in counts) == (config in ("toy", "smoke"))
    assert ("download" in counts) == (config in ("multi30k", "wmt16"))


@pytest.mark.parametrize("target", ["corpus", "tickets", "translations", "table_a1", "report"])
def test_users_can_ask_for_a_part(clone, target):
    assert jobs(snakemake(clone, target, "-n"))


def test_style_is_clean(root):
    for command in (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["snakefmt", "--check", "Snakefile", "rules"],
    ):
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]], cwd=root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_snakemake_lint_is_clean(clone):
    assert "Congratulations" in snakemake(clone, "--lint")


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"training": {"lrr": 1}}, "config error: unknown key training.lrr; did you mean"),
        ({"corpus": {"train": "multi3k"}}, "unknown corpus source multi3k; did you mean multi30k?"),
        (
            {"corpus": {"train": {"src": "no.en", "tgt": "no.de"}}},
            "config error: corpus.train: no.en does not exist",
        ),
        ({"languages": {"target": "fr"}}, "toy is English to German, languages are en and fr"),
        (
            {"corpus": {"test": "newstest2014"}, "decoding": {"split": "unseen"}},
            "unseen exists for the toy only",
        ),
    ],
)
def test_a_wrong_config_is_one_line(clone, overlay, message):
    (clone / "mine.yaml").write_text(yaml.safe_dump(overlay))
    printed = snakemake(clone, "-n", "--configfile", "mine.yaml", code=1)
    assert message in printed
    assert "Traceback" not in printed
    # The others say which profile and which config files are used.
    assert len([line for line in printed.splitlines() if line.strip()]) == 3
