"""Checkpoints of the smoke experiment, taken for ones trained elsewhere: the same numbers come out.

The config and the program are those of docs/extend/external-tickets.md, so these tests follow it:
some tickets under other numbers, one with its mask, the dictionaries and BPE codes, the raw text as
files of somebody's own, and no train text.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml
from pandas.testing import assert_frame_equal

from tests.workflow.conftest import ROOT, copy_workflow, jobs, once, snakemake
from ticketscope.claims.columns import COLUMNS as CLAIM_COLUMNS
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask

CONFIG = ("--configfile", "config/smoke.yaml", "theirs.yaml", "unprobed.yaml")
# Tickets as the page names them -> the smoke experiment's.
TICKETS = {
    ("dense", 0): ("dense", 0),
    ("magnitude", 3): ("magnitude", 1),
    ("magnitude", 8): ("magnitude", 2),
    ("random", 8): ("random", 2),
}
NUMBERS = {0: 0, 3: 1, 8: 2}
# What a replaced checkpoint re-runs of its own and of all tickets.
OWN = {"external_ticket": 1, "translate": 1}


def block(language):
    """The page's code in a language."""
    page = (ROOT / "docs/extend/external-tickets.md").read_text()
    (found,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return found


pytestmark = pytest.mark.long


@pytest.fixture(scope="session")
def theirs(smoke, tmp_path_factory):
    """A folder in which those tickets were dissected; not to be changed."""
    return once(tmp_path_factory, "theirs", lambda folder: dissect_theirs(smoke, folder))


def dissect_theirs(smoke, folder):
    copy_workflow(folder)
    results, given = smoke / "results/smoke", folder / "theirs"
    tickets = results / "tickets/seed1"
    given.mkdir()
    shutil.copy(results / "corpus/bpe/codes", given)
    for language in ("en", "de"):
        shutil.copy(results / f"corpus/bin/dict.{language}.txt", given)
        for split in ("valid", "test"):
            shutil.copy(results / f"corpus/raw/{split}.{language}", given)
    shutil.copy(tickets / "dense/LTH0/checkpoint.pt", given / "LTH0.pt")
    shutil.copy(tickets / "magnitude/LTH2/checkpoint.pt", given / "LTH8.pt")
    shutil.copy(tickets / "random/LTH2/checkpoint.pt", given / "LTH8-random.pt")
    shutil.copy(tickets / "magnitude/LTH1/mask.safetensors", given / "LTH3.safetensors")
    never_applied(tickets / "magnitude/LTH1", given)
    subprocess.run([sys.executable, "-c", block("python")], cwd=folder, check=True)
    (folder / "theirs.yaml").write_text(block("yaml"))
    (folder / "unprobed.yaml").write_text(yaml.safe_dump({"probing": {"tasks": []}}))
    (folder / "printed.txt").write_text(snakemake(folder, *CONFIG))


def never_applied(ticket, given):
    """A ticket as somebody has it who masks in each forward pass: any weights, and a mask."""
    state = checkpoints.load(ticket / "checkpoint.pt")
    masks = Mask.load(ticket / "mask.safetensors").kept
    for name, kept in masks.items():
        state["model"][name][torch.from_numpy(~kept)] = 0.5
    torch.save(state, given / "LTH3.unmasked.pt")
    torch.save(
        {name: torch.from_numpy(kept) for name, kept in masks.items()}, given / "LTH3.mask.pt"
    )


@pytest.fixture
def theirs_copy(theirs, tmp_path):
    """The same, to be changed: files keep their times, so nothing in it is stale."""
    return Path(shutil.copytree(theirs, tmp_path / "theirs", symlinks=True))


@pytest.fixture(scope="module")
def tables(smoke, theirs):
    """A table of both experiments: trained, restricted to those tickets, and taken over."""

    def read(name):
        trained = pd.read_csv(smoke / f"results/smoke/tables/{name}.csv")
        taken = pd.read_csv(theirs / f"results/theirs/tables/{name}.csv")
        ticket = trained["ticket"]
        if "other_ticket" in trained:  # a row of LTH0 against another is the other's
            ticket = ticket.where(ticket != "LTH0", trained["other_ticket"])
        names = zip(trained["series"], ticket.str[3:].astype(int), strict=True)
        trained = trained[[name in TICKETS.values() for name in names]].reset_index(drop=True)
        for column in {"ticket", "other_ticket"} & set(taken):
            taken[column] = "LTH" + taken[column].str[3:].astype(int).map(NUMBERS).astype(str)
        if "k" in taken:
            taken["k"] = taken["k"].map(NUMBERS)
        return trained, taken

    return read


@pytest.mark.parametrize(
    "name",
    ["sparsity", "module_sparsity", "similarity", "spectra", "attention_concentration"],
)
def test_tables_are_those_of_the_experiment_that_trained_the_tickets(tables, name):
    trained, taken = tables(name)
    assert len(taken)
    assert_frame_equal(taken, trained, check_exact=True)


def test_so_is_table_a1_but_for_the_epochs_that_nobody_tells(tables):
    trained, taken = tables("table_a1")
    assert len(taken) == len(TICKETS)
    different = ["experiment", "epochs_seen"]
    assert_frame_equal(
        taken.drop(columns=different), trained.drop(columns=different), check_exact=True
    )
    assert taken["epochs_seen"].isna().all()


def test_tickets_lie_where_trained_ones_do_with_the_same_weights_and_masks(smoke, theirs):
    for taken, own in TICKETS.items():
        ours, trained = (
            folder / "tickets/seed1/{}/LTH{}".format(*name)
            for folder, name in (
                (theirs / "results/theirs", taken),
                (smoke / "results/smoke", own),
            )
        )
        mask = "mask.safetensors"
        assert (ours / mask).read_bytes() == (trained / mask).read_bytes()
        models = [checkpoints.load(path / "checkpoint.pt")["model"] for path in (ours, trained)]
        assert list(models[0]) == list(models[1])
        assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


def test_nothing_was_trained_and_the_text_was_encoded_as_theirs(smoke, theirs):
    printed = (theirs / "printed.txt").read_text()
    assert "rule external_ticket" in printed
    assert not {"train_dense", "retrain", "prune", "dense_mask"} & set(printed.split())
    ours, trained = (
        folder / "corpus" for folder in (theirs / "results/theirs", smoke / "results/smoke")
    )
    for name in ("bpe/codes", "bpe/test.en", "bpe/valid.de", "bin/dict.en.txt", "bin/dict.de.txt"):
        assert (ours / name).read_bytes() == (trained / name).read_bytes(), name
    corpus = pd.read_csv(theirs / "results/theirs/tables/corpus.csv")
    assert corpus["split"].unique().tolist() == ["valid", "test"]
    assert (corpus["oov"] == 0).all()
    assert corpus["in_train"].isna().all()


def test_without_a_train_text_frequency_is_the_dictionarys(theirs):
    """Its entries are sorted by their counts, and the first bin holds the first five."""
    first = (theirs / "theirs/dict.en.txt").read_text().splitlines()[:5]
    frequent = {line.split()[0] for line in first}
    text = (theirs / "results/theirs/corpus/bpe/valid.en").read_text().split()
    table = pd.read_csv(theirs / "results/theirs/tables/categories.csv")
    bins = table[(table["kind"] == "frequency") & (table["category"] == "0-5")]
    assert len(bins) == len(TICKETS) - 1
    assert (bins["n"] == sum(subword in frequent for subword in text)).all()


def test_claims_and_the_page_follow(theirs):
    claims = pd.read_csv(theirs / "results/theirs/tables/claims.csv")
    assert list(claims.columns) == CLAIM_COLUMNS
    assert set(claims["verdict"]) - {"not measurable"}
    page = (theirs / "results/theirs/report.html").read_text()
    assert "The tickets were trained elsewhere and taken as they are" in page
    assert "subword frequencies come from the source language's" in page


def test_a_replaced_checkpoint_re_runs_what_is_read_off_it_even_if_it_is_older(theirs_copy):
    assert jobs(snakemake(theirs_copy, "-n", *CONFIG)) == {}
    path = theirs_copy / "theirs/LTH8-random.pt"
    state = checkpoints.load(path)
    state["model"]["decoder.layers.0.fc1.bias"] += 1
    path.unlink()
    torch.save(dict(state), path)
    os.utime(path, (10**9, 10**9))
    counts = jobs(snakemake(theirs_copy, "-n", *CONFIG))
    assert {rule: counts[rule] for rule in OWN} == OWN
    assert counts["sparsity"] == counts["score"] == counts["claims"] == 1
    assert "subwords" not in counts


def test_another_lth0_takes_no_other_ticket_along(theirs_copy):
    os.utime(theirs_copy / "theirs/LTH0.pt")
    counts = jobs(snakemake(theirs_copy, "-n", *CONFIG))
    assert {rule: counts[rule] for rule in OWN} == OWN


def test_all_tickets_are_probed_and_the_random_encoder_is_made_of_lth0(theirs, tmp_path):
    probing = {"tasks": ["POS"], "tickets": "all"}
    (tmp_path / "more.yaml").write_text(yaml.safe_dump({"probing": probing}))
    counts = jobs(snakemake(theirs, "-n", *CONFIG, str(tmp_path / "more.yaml")))
    assert counts["probe"] == len(TICKETS) + 1
    assert counts["untrained"] == 1
    assert "external_ticket" not in counts


def test_a_missing_file_is_one_line_before_anything_runs(theirs_copy):
    (theirs_copy / "theirs/LTH3.safetensors").unlink()
    printed = snakemake(theirs_copy, "-n", *CONFIG, code=1)
    assert "(seed 1 magnitude LTH3), mask: theirs/LTH3.safetensors does not exist" in printed
    assert "Traceback" not in printed


def test_the_mask_of_another_ticket_stops_the_run_in_one_line(theirs_copy, smoke):
    shutil.copy(
        smoke / "results/smoke/tickets/seed1/random/LTH2/mask.safetensors",
        theirs_copy / "theirs/LTH3.safetensors",
    )
    printed = snakemake(theirs_copy, "tickets", *CONFIG, code=1)
    assert "Traceback" not in printed
    line = printed.splitlines()[-1]
    assert line.startswith("error: ") and "checkpoint theirs/LTH3.pt: " in line
    assert "weights that its mask cuts are not zero, most of them in " in line
