"""Two seeds that ran apart, joined from their tables, are the experiment that ran both."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.joined.experiments import write
from tests.recording import record_tables
from tests.workflow.conftest import copy_workflow, jobs, once, snakemake
from ticketscope.config import validate
from ticketscope.joined.parts import table_names

CONFIG = ("--configfile", "joined.yaml")
SEEDS = (1, 2)
# Of the name of the run with both, which Table A1 has in a column.
JOINED = {"experiment": "smoke", "joined": [f"study/seed{seed}" for seed in SEEDS]}
# All that runs: nothing is trained, translated, compared or probed.
JOINING = {
    "extension_claims", "pies", "plot_behaviour", "plot_erasure", "plot_anatomy", "plot_cost",
    "join_tables", "collect_table_a1", "compare_probes", "claims", "plot_claims", "plot_bleu",
    "plot_sparsity", "plot_masks", "plot_probing", "plot_similarity", "provenance", "report_page",
}  # fmt: skip


def rows(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


# Tables that compare tickets of two seeds, and what follows from that.
BETWEEN = (
    "flips.csv", "mask_overlap.csv", "probabilities.csv", "similarity.csv", "segments.csv",
    "barriers.csv",
)  # fmt: skip
FOLLOWING = ("extension_claims.csv", "extension_effects.csv")


def within(table: pd.DataFrame) -> pd.DataFrame:
    """Without what no run of one seed has: tickets of two seeds."""
    return table[table["seed"] == table["other_seed"]]


def one_seed(results: Path, seed: int, folder: Path) -> None:
    """What has to be kept of a run of one seed, from an experiment with several."""
    record = json.loads((results / "provenance.json").read_text())
    config = validate(record["config"] | {"seeds": [seed]})
    for name in table_names(config, probed=record["probing"]["tasks"]):
        source, target = results / "tables" / name, folder / "tables" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".npz"):
            with np.load(source) as saved:
                arrays = {key: saved[key] for key in saved if key.startswith(f"seed{seed}/")}
            np.savez_compressed(target, **arrays)
        elif name in ("corpus.csv", "contrast_items.csv", "answer_units.csv") or name.startswith(
            "bleu/"
        ):
            shutil.copy(source, target)
        else:
            table = rows(source)
            table = within(table) if name in BETWEEN else table
            table[table["seed"] == str(seed)].to_csv(target, index=False)
    record["config"] |= {"experiment": folder.name, "seeds": [seed]}
    (folder / "provenance.json").write_text(json.dumps(record))
    record_tables(folder)


@pytest.fixture
def made_up(clone: Path) -> Path:
    """A folder with two experiments of a seed each, of which only made-up tables are left."""
    for seed in SEEDS:
        write(clone / f"study/seed{seed}", [seed])
    (clone / "joined.yaml").write_text(yaml.safe_dump(JOINED))
    return clone


def test_nothing_is_trained_or_measured(made_up):
    assert set(jobs(snakemake(made_up, *CONFIG, "-n"))) == JOINING
    assert "Missing input files" in snakemake(made_up, "tickets", *CONFIG, "-n", code=1)


def test_what_does_not_fit_is_refused_in_one_line(made_up):
    shutil.rmtree(made_up / "study/seed2")
    write(made_up / "study/seed2", [2], training={"lr": 0.1})
    printed = snakemake(made_up, *CONFIG, "-n", code=1)
    assert (
        "config error: joined: study/seed2 differs from study/seed1 in its settings: training.lr "
        "is 0.1 here, " in printed
    )
    assert "Traceback" not in printed


def test_a_folder_may_have_several_seeds(clone):
    for seeds in ([1, 3], [2]):
        write(clone / f"study/seed{seeds[0]}", seeds)
    (clone / "joined.yaml").write_text(yaml.safe_dump(JOINED))
    snakemake(clone, "results/smoke/tables/bleu/seed3.csv", *CONFIG)
    tables = clone / "results/smoke/tables"
    assert rows(tables / "spectra.csv")["seed"].unique().tolist() == ["1", "2", "3"]
    for seed in (1, 2, 3):
        assert rows(tables / f"bleu/seed{seed}.csv")["seed"].tolist() == [str(seed)]


def test_a_table_that_was_changed_after_its_experiment_is_refused(made_up):
    asked = "results/smoke/tables/spectra.csv"
    snakemake(made_up, asked, *CONFIG)
    table = made_up / "study/seed2/tables/spectra.csv"
    table.write_text(table.read_text().replace("2.0000", "2.5000"))
    printed = snakemake(made_up, asked, *CONFIG, code=1)
    assert "error: study/seed2/tables/spectra.csv: changed or damaged since provenance" in printed


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the smoke experiment has run with both seeds; not to be changed."""

    def run(folder: Path) -> None:
        copy_workflow(folder)
        (folder / "seeds.yaml").write_text(yaml.safe_dump({"seeds": [*SEEDS]}))
        snakemake(folder, "--configfile", "config/smoke.yaml", "seeds.yaml")

    return once(tmp_path_factory, "both_seeds", run)


@pytest.fixture(scope="module")
def joined(both: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both seeds of the smoke experiment were joined; not to be changed."""

    def run(folder: Path) -> None:
        copy_workflow(folder)
        for seed in SEEDS:
            one_seed(both / "results/smoke", seed, folder / f"study/seed{seed}")
        (folder / "joined.yaml").write_text(yaml.safe_dump(JOINED))
        (folder / "printed.txt").write_text(snakemake(folder, *CONFIG))

    return once(tmp_path_factory, "joined", run)


@pytest.mark.long
def test_all_tables_and_claims_are_those_of_one_run_with_both_seeds(joined, both):
    ours, theirs = (folder / "results/smoke/tables" for folder in (joined, both))
    names = sorted(path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file())
    assert sorted(path.relative_to(ours) for path in ours.rglob("*") if path.is_file()) == names
    assert len(names) > 20
    other = [name for name in names if (ours / name).read_bytes() != (theirs / name).read_bytes()]
    assert {str(name) for name in other} - set(FOLLOWING) == set(BETWEEN)
    for name in BETWEEN:
        both = rows(theirs / name)
        pd.testing.assert_frame_equal(rows(ours / name), within(both).reset_index(drop=True))
    assert set(rows(ours / "claims.csv")["seeds"]) == {"0", "2"}
    assert set(jobs((joined / "printed.txt").read_text())) == JOINING
    assert jobs(snakemake(joined, *CONFIG, "-n")) == {}


@pytest.mark.long
def test_the_page_names_the_experiments_and_adds_their_costs(joined, both):
    record, trained = (
        json.loads((folder / "results/smoke/provenance.json").read_text())
        for folder in (joined, both)
    )
    assert [(row["folder"], row["seeds"]) for row in record["joined"]] == [
        ("study/seed1", "1"),
        ("study/seed2", "2"),
    ]
    jobs_of = [{rule["rule"]: rule["jobs"] for rule in each["rules"]} for each in (record, trained)]
    assert jobs_of[0]["retrain"] == 2 * jobs_of[1]["retrain"]
    assert jobs_of[0]["claims"] == 2 * jobs_of[1]["claims"] + 1
    page = (joined / "results/smoke/report.html").read_text()
    assert "Joined experiments" in page and "study/seed2" in page
    assert page.count("<img") == (both / "results/smoke/report.html").read_text().count("<img")


@pytest.mark.long
def test_another_table_of_a_seed_joins_again(joined, tmp_path):
    copy = Path(shutil.copytree(joined, tmp_path / "joined", symlinks=True))
    table = copy / "study/seed2/tables/bleu/seed2.csv"
    table.write_text(re.sub(r"LTH1,1,\d", "LTH1,1,9", table.read_text()))
    counts = jobs(snakemake(copy, *CONFIG, "-n"))
    assert counts["join_tables"] == counts["claims"] == counts["report_page"] == 1
    assert not counts.keys() - JOINING
