"""The study in this repository: its configs, and what its page says of its committed seeds."""

import re
import shutil
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT
from tests.workflow.conftest import jobs, snakemake
from ticketscope.joined.parts import find_part
from ticketscope.stats.seeds import mean_difference

STUDY = ROOT / "study"
PLANNED = yaml.safe_load((STUDY / "study.yaml").read_text())["experiments"]
ARCHIVES = sorted(STUDY.glob("*/seed*.tar.xz"))


@pytest.fixture
def study(clone):
    shutil.copytree(STUDY, clone / "study")
    return clone


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.parent.name + path.name[:6])
def test_an_archive_has_the_seed_of_its_name_and_its_config(archive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    part = find_part(archive)
    number = int(re.fullmatch(r"seed(\d+)\.tar\.xz", archive.name)[1])
    (planned,) = (each for each in PLANNED if each["name"] == archive.parent.name)
    assert part.seeds == [number] and number in planned["seeds"]
    overlay = yaml.safe_load(archive.with_name(f"seed{number}.yaml").read_text())
    assert overlay == {"experiment": part.record["experiment"], "seeds": [number]}


def test_a_committed_seed_can_be_run_again_by_its_config(study):
    told = snakemake(study, "-n", "--configfile", "study/default/seed11.yaml")
    assert jobs(told)["train_dense"] == 1 and jobs(told)["retrain"] == 27


def test_the_readme_has_the_numbers_of_the_study():
    readme = " ".join((ROOT / "README.md").read_text().split())
    rows = pd.read_csv(ROOT / "docs/results/study/verdicts.csv").query("whose == 'paper'")
    decided = rows["verdict"].isin(["supported", "contradicted", "negligible"])
    counted = rows[decided & rows["column"].isin(["paper", "equal_training"])]["id"].nunique()
    assert f"{counted} of the paper's {rows['id'].nunique()} sentences" in readme

    def told(claim, column, sign=1):
        (row,) = rows.query("id == @claim and column == @column").to_dict("records")
        low, high = sorted((sign * row["low"], sign * row["high"]))
        return f"{sign * row['effect']:.2g}", f"[{low:.2g}, {high:.2g}]"

    assert f"falls by {told('neuronsim-falls', 'paper')[0]} against LTH0" in readme
    for claim, column, sign in (
        ("neuronsim-falls", "equal_training", 1),
        ("neuronsim-higher-layers", "paper", 1),
        ("neuronsim-higher-layers", "equal_training", 1),
        ("enc-self-kept", "equal_training", -1),
    ):
        assert " ".join(told(claim, column, sign)) in readme


@pytest.mark.long
def test_the_committed_seeds_give_the_published_verdicts(study):
    claims = "results/study-default/tables/claims.csv"
    snakemake(study, claims, "--configfile", "study/default.yaml")
    made = pd.read_csv(study / claims)
    published = pd.read_csv(ROOT / "docs/results/study/default/tables/claims.csv")
    # Numbers of another kind of processor may differ in their last digits.
    pd.testing.assert_frame_equal(made, published, rtol=1e-6)
    rows = pd.read_csv(ROOT / "docs/results/study/verdicts.csv")
    rows = rows.query("experiment == 'default' and column == 'paper' and whose == 'paper'")
    sentences = published[published["part_of"].isna()].set_index("id")
    assert rows.set_index("id")["verdict"].to_dict() == sentences["verdict"].to_dict()
    halves_hardly_differ(pd.read_csv(study / claims.replace("claims.csv", "claim_effects.csv")))


def halves_hardly_differ(effects):
    """A/A on real seeds, by the seeds alone and before any correction, over all splits in two."""
    wide = effects.pivot_table("effect", ["id", "reference"], "seed").dropna().to_numpy()
    wide = wide[wide.std(axis=1) > 1e-9]  # what is the same in all seeds has no test
    seeds, unknown = range(wide.shape[1]), np.full(len(wide), np.nan)
    differ = []
    for others in combinations(seeds[1:], len(seeds) // 2 - 1):
        first = [0, *others]
        second = [seed for seed in seeds if seed not in first]
        difference = mean_difference(wide[:, first], wide[:, second], unknown, paired=False)
        differ.append(difference.p_beyond(0) < 0.05)
    assert len(differ) == 126 and 0.01 < np.mean(differ) <= 0.05
