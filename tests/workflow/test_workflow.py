"""Every config dry-runs, parts can be asked for, a wrong config is one line."""

import re
import subprocess
import sys

import pytest
import yaml

from tests.workflow.conftest import jobs, snakemake

# Seeds, series and cuts of each config; then how many of a seed's cuts take another series' mask
# (shuffled), and how many ask for a statistic of the data (Taylor's).
SIZES = {
    "toy": (3, 3, 9, 0, 0),
    "smoke": (1, 3, 2, 0, 0),
    "mixed": (1, 7, 8, 8, 0),
    "multi30k": (3, 6, 8, 8, 0),
    "wmt16": (1, 3, 9, 0, 0),
    "controls": (3, 6, 9, 9, 9),
}


@pytest.mark.parametrize("config", SIZES)
def test_every_config_dry_runs(clone, config):
    overlay = [] if config == "toy" else ["--configfile", f"config/{config}.yaml"]
    printed = snakemake(clone, "-n", *overlay)
    counts = jobs(printed)
    # The forecast (docs/run/cluster.md) counts jobs that make something; `corpus` makes nothing.
    assert f"\n  jobs         {sum(counts.values()):,}\n" in printed
    seeds, series, cuts, taken, saliency = SIZES[config]
    tickets = series * cuts
    assert counts["train_dense"] == seeds
    assert counts["retrain"] == seeds * tickets
    assert counts["prune"] == seeds * (tickets - taken)
    assert counts.get("take_mask", 0) == seeds * taken
    assert counts.get("saliency", 0) == seeds * saliency
    for rule in ("translate", "represent", "compare_ticket"):
        assert counts[rule] == seeds * (tickets + 1)
    assert counts["categories"] == seeds * tickets
    assert ("toy_text" in counts) == (config in ("toy", "smoke", "controls"))
    assert ("download" in counts) == (config in ("mixed", "multi30k", "wmt16"))


@pytest.mark.parametrize(
    "target",
    ["corpus", "tickets", "translations", "table_a1", "representations", "similarity", "report"],
)
def test_users_can_ask_for_a_part(clone, target):
    assert jobs(snakemake(clone, target, "-n"))


def test_a_training_asks_for_as_many_gpus_and_cores_as_it_has_devices(clone):
    (clone / "two.yaml").write_text("training: {devices: 2, update_freq: 2}")
    printed = snakemake(clone, "translations", "-n", "--configfile", "two.yaml")
    asked = {}
    for job in re.split(r"^rule ", printed, flags=re.MULTILINE):
        if gpus := re.search(r" gpu=(\d+)", job):
            cores = re.search(r"threads: (\d+)", job)
            asked[job.split(":")[0]] = (int(gpus[1]), int(cores[1]) if cores else 1)
    assert asked == {"train_dense": (2, 2), "retrain": (2, 2), "translate": (1, 1)}


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"training": {"lrr": 1}}, "config error: unknown key training.lrr; did you mean"),
        ({"corpus": {"train": "multi3k"}}, "unknown corpus source multi3k; did you mean multi30k?"),
        (
            {"corpus": {"train": {"src": "no.en", "tgt": "no.de"}}},
            "config error: corpus.train: no.en does not exist",
        ),
        (
            {"similarity": {"labels": {"pos": "no.tsv"}}},
            "config error: similarity.labels.pos: no.tsv does not exist",
        ),
        (
            {"representations": {"texts": {"mine": "no.txt"}}},
            "config error: representations.texts.mine: no.txt does not exist",
        ),
        ({"languages": {"target": "fr"}}, "toy is English to German, languages are en and fr"),
        (
            {"corpus": {"test": "newstest2014"}, "decoding": {"split": "unseen"}},
            "unseen needs corpus.test: toy",
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


@pytest.mark.parametrize(
    "text", ["ä".encode("latin-1"), "ä: 1".encode("utf-16"), b"a: " + 3000 * b"["]
)
def test_a_config_that_is_no_text_is_one_line(clone, text):
    (clone / "config.yaml").write_bytes(text)
    printed = snakemake(clone, "-n", code=1)
    assert printed.splitlines()[-1].startswith("config error: config.yaml")
    assert "Traceback" not in printed and len(printed.split()) < 40


def test_make_reads_the_given_config_before_snakemake_does(root, tmp_path):
    (tmp_path / "mine.yaml").write_bytes("experiment: bär".encode("latin-1"))
    made = ["make", "--silent", "--dry-run", "dry-run", f"CONFIG={tmp_path / 'mine.yaml'}"]
    command = subprocess.run(made, cwd=root, capture_output=True, text=True, check=True).stdout
    check, snakemake = command.strip().splitlines()[-1].split(" && ")
    assert "snakemake results" in snakemake
    words = [sys.executable, *check.split()[1:]]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    line = f"config error: {tmp_path}/mine.yaml, line 1: is not UTF-8: save the file as UTF-8\n"
    assert (done.returncode, done.stderr) == (1, line)
