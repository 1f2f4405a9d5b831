"""Bad input met while the workflow runs: one clear line, and finished work stays as it is."""

import hashlib
import os
import re
from pathlib import Path

import pytest
import yaml

from tests.runtime.damage import flip, needs_attributes
from tests.workflow.conftest import jobs, snakemake

CONFIG = ("--configfile", "config/smoke.yaml")


def finished(folder: Path) -> dict[str, str]:
    """Hash of every result, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "results").rglob("*")
        if path.is_file() and "work" not in path.parts
    }


def said(printed: str) -> list[str]:
    """What our jobs said was wrong, which the last lines of a failed run say again."""
    assert "Traceback" not in printed
    lines = re.findall(r"^error: (.*)$", printed, re.MULTILINE)
    reasons = [line for line in lines if " failed: " not in line]
    last = [f"error: {line}" for line in lines[len(reasons) :]]
    assert printed.rstrip().splitlines()[-len(reasons) :] == last
    for reason in reasons:
        assert any(f" failed: {reason} (log: logs/" in line for line in last)
    assert all("the same command goes on" in line for line in last)
    return reasons


def test_a_truncated_checkpoint_stops_what_reads_it_and_costs_nothing(smoke_copy):
    tickets = smoke_copy / "results/smoke/tickets/seed1/magnitude"
    checkpoint = tickets / "LTH1/checkpoint.pt"
    os.truncate(checkpoint, checkpoint.stat().st_size // 2)
    (tickets / "LTH2/mask.safetensors").unlink()
    before = finished(smoke_copy)
    asked = "results/smoke/tickets/seed1/magnitude/LTH2/mask.safetensors"
    printed = snakemake(smoke_copy, asked, *CONFIG, code=1)
    (line,) = said(printed)
    assert "magnitude/LTH1/checkpoint.pt is corrupt or truncated" in line
    assert line.endswith("delete it and run again")
    assert finished(smoke_copy) == before
    checkpoint.unlink()  # as it says
    counts = jobs(snakemake(smoke_copy, asked, "-n", *CONFIG))
    assert counts == {"retrain": 1, "prune": 1}


@needs_attributes
@pytest.mark.parametrize(
    ("damaged", "asked"),
    [
        ("probing/seed1/dense/LTH0/all.csv", "tables/probes.csv"),
        ("translations/seed1/magnitude/LTH2.txt", "tables/bleu/seed1.csv"),
        ("corpus/bin/test.en-de.de.bin", "tables/corpus.csv"),
    ],
)
def test_a_table_a_text_and_binary_data_are_read_as_they_were_written(smoke_copy, damaged, asked):
    """Nothing but the attribute beside them tells that they were damaged."""
    flip(smoke_copy / "results/smoke" / damaged)
    (smoke_copy / "results/smoke" / asked).unlink()
    before = finished(smoke_copy)
    (line,) = said(snakemake(smoke_copy, f"results/smoke/{asked}", *CONFIG, code=1))
    assert line == (
        f"results/smoke/{damaged} was changed or damaged after it was written: "
        "delete it and run again"
    )
    # The job's own outputs are removed before it begins.
    assert finished(smoke_copy).items() <= before.items()


def test_texts_of_ones_own_that_do_not_fit_are_named(clone):
    (clone / "my.en").write_text("one\ntwo\nthree\n")
    (clone / "my.de").write_text("eins\nzwei\n")
    texts = {"src": "my.en", "tgt": "my.de"}
    overlay = {
        "experiment": "mine",
        "corpus": {split: texts for split in ("train", "valid", "test")},
    }
    (clone / "mine.yaml").write_text(yaml.safe_dump(overlay))
    printed = snakemake(clone, "corpus", "--configfile", "mine.yaml", code=1)
    assert said(printed)[0] == "misaligned: my.en has 3 lines, my.de has 2"
    (clone / "my.de").write_text("eins\nzwei\ndrei\n")
    snakemake(clone, "results/mine/corpus/raw/train.en", "--configfile", "mine.yaml")
    assert (clone / "results/mine/corpus/raw/train.en").read_text() == "one\ntwo\nthree\n"


def test_the_papers_text_says_how_to_provide_it(clone):
    asked = "resources/sources/wmt16_en_de.json"
    printed = snakemake(clone, asked, "--configfile", "config/wmt16.yaml", code=1)
    (line,) = said(printed)
    assert "wmt16_en_de.tar.gz cannot be downloaded by a program: get https://" in line
    assert "(`mirror:` or TICKETSCOPE_MIRROR)" in line


@pytest.mark.long
def test_a_training_that_diverges_says_so_last(clone):
    overlay = {"training": {"lr": 1000.0, "warmup_updates": 1, "clip_norm": 0.0}}
    (clone / "mine.yaml").write_text(yaml.safe_dump(overlay))
    printed = snakemake(clone, "tickets", *CONFIG, "mine.yaml", code=1)
    assert said(printed)[-1].startswith("seed 1 LTH0 diverged: ")
    assert "error: train_dense (seed 1) failed: " in printed


def test_real_text_comes_from_the_mirror(clone, mirror):
    def from_mirror(folder: str, *arguments: str) -> str:
        overlay = {"corpus": {"limit": 50}, "mirror": folder}
        (clone / "small.yaml").write_text(yaml.safe_dump(overlay))
        both = ("--configfile", "config/multi30k.yaml", "small.yaml")
        return snakemake(clone, "results/multi30k/corpus/raw/train.de", *arguments, *both)

    from_mirror(str(mirror))
    lines = (clone / "results/multi30k/corpus/raw/train.de").read_text().splitlines()
    assert len(lines) == 50
    assert lines[0].startswith("Zwei junge weiße Männer")
    assert jobs(from_mirror("elsewhere", "-n")) == {}
