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
from ticketscope.report.page.claims import with_interval
from ticketscope.report.study.outcomes import FAR, SIZED_FOR
from ticketscope.stats.seeds import mean_difference

STUDY = ROOT / "study"
PLANNED = yaml.safe_load((STUDY / "study.yaml").read_text())["experiments"]
ARCHIVES = sorted(STUDY.glob("*/seed*.tar.xz"))
# Experiments that the page has.
JOINED = [planned["name"] for planned in PLANNED if "folder" in planned]
PAGES = ROOT / "docs/results/study"
VERDICTS = PAGES / "verdicts.csv"


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


@pytest.mark.parametrize("name", JOINED)
def test_a_joined_experiment_has_committed_seeds_of_the_plan(name):
    (planned,) = (each for each in PLANNED if each["name"] == name)
    config = yaml.safe_load((STUDY / f"{name}.yaml").read_text())
    assert planned["folder"] == f"results/{config['experiment']}" == f"results/study-{name}"
    seeds = [path for path in ARCHIVES if path.parent.name == name]
    assert [ROOT / path for path in config["joined"]] == seeds


def test_the_readme_has_the_numbers_of_the_study():
    readme = " ".join((ROOT / "README.md").read_text().split())
    rows = pd.read_csv(VERDICTS).query("whose == 'paper'")
    complete = rows[rows["complete"]]
    decided = complete[complete["verdict"].isin(["supported", "contradicted", "negligible"])]
    decided = decided[decided["column"].isin(["paper", "equal_training"])]
    by_experiment = decided.groupby("experiment")["id"].nunique()
    assert f"Of the paper's {rows['id'].nunique()} sentences" in readme
    on_each = (
        "sentences, {default} are decided on the grammar, {mixed} on mixed text, {multi30k} on"
    )
    assert on_each.format(**by_experiment) in readme
    several = (decided.groupby("id")["experiment"].nunique() > 1).sum()
    assert f"and {several} on at least two" in readme

    page = (PAGES.parent / "study.md").read_text()
    (passed,) = re.findall(rf"(\d+) of the {several} pass all of these", page)
    assert f"{passed} of the {several} pass all" in readme
    for pair in ("`reordered` relative to `control`", "`reordered2` relative to `reordered`"):
        for tested, decided in re.findall(rf"\| {pair} \| (\d+) \| (\d+) \|", page):
            assert f"decides {decided} of {tested}" in readme

    by_place = rows.set_index(["id", "experiment", "column"])

    def told(claim, experiment, column="paper", number="effect", times=-1):
        row = by_place.loc[claim, experiment, column]
        low, high = ("low", "high") if number == "effect" else (f"{number}_low", f"{number}_high")
        ends = sorted((times * row[low], times * row[high]))
        return with_interval(times * row[number], *ends).replace("\u00a0", " ")

    columns, real = ("paper", "equal_training"), ("multi30k", "mixed")
    neurons = [
        told("neuronsim-falls", experiment, column, "last", 1)
        for column in columns
        for experiment in ("default", "mixed", "multi30k")
    ]
    attention = [told("enc-self-kept", e, c) for c in columns for e in ("default", *real)]
    numbers = ("effect", "control")
    bleu = [told("bleu-kept", e, number=name, times=-100) for e in real for name in numbers]
    intervals = re.findall(r"-?[\d.]+ \[-?[\d.]+, -?[\d.]+\]", readme)
    assert intervals == [*neurons, *attention, *bleu]


@pytest.mark.long
@pytest.mark.parametrize("name", JOINED)
def test_the_committed_seeds_give_the_published_verdicts(study, name):
    claims = f"results/study-{name}/tables/claims.csv"
    snakemake(study, claims, "--configfile", f"study/{name}.yaml")
    made = pd.read_csv(study / claims)
    published = pd.read_csv(PAGES / f"{name}/tables/claims.csv")
    # Numbers of another kind of processor may differ in their last digits.
    pd.testing.assert_frame_equal(made, published, rtol=1e-6)
    rows = pd.read_csv(VERDICTS)
    rows = rows.query("experiment == @name and column == 'paper' and whose == 'paper'")
    sentences = published[published["part_of"].isna()].set_index("id")
    told = rows.set_index("id")["verdict"]
    counted = told[~told.isin([SIZED_FOR, FAR])]
    assert set(told.index) == set(sentences.index) and len(counted) > 40
    assert counted.to_dict() == sentences["verdict"].loc[counted.index].to_dict()
    if name == "default":  # the only one with seeds enough to split in two
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
