"""Test texts beside the one of decoding.split: each is translated and scored apart."""

import shutil

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import jobs, snakemake


@pytest.mark.long
def test_a_further_test_of_ones_own_is_scored(smoke_copy):
    (smoke_copy / "data").mkdir()
    for language in ("en", "de"):
        text = smoke_copy / f"results/smoke/corpus/raw/test.{language}"
        shutil.copy(text, smoke_copy / f"data/again.{language}")
    tests = {"again": {"src": "data/again.en", "tgt": "data/again.de"}, "unseen": "toy"}
    (smoke_copy / "tests.yaml").write_text(yaml.safe_dump({"corpus": {"tests": tests}}))
    printed = snakemake(
        smoke_copy, "results/smoke/tables/further_tests.csv",
        "--configfile", "config/smoke.yaml", "tests.yaml",
    )  # fmt: skip
    counts = jobs(printed)
    assert counts["translate_further"] == 2 * 7
    assert not {"train_dense", "retrain", "translate", "represent"} & counts.keys()
    tables = smoke_copy / "results/smoke/tables"
    further = pd.read_csv(tables / "further_tests.csv")
    assert set(further["split"]) == {"again", "unseen"}
    again = further[further["split"] == "again"].set_index(["series", "k"])["bleu"]
    test = pd.read_csv(tables / "table_a1.csv").set_index(["series", "k"])["bleu"]
    pd.testing.assert_series_equal(again.sort_index(), test.sort_index())
    for name in ("words", "lengths", "decoding"):
        lines = (tables / f"further_{name}.csv").read_text().splitlines()
        rows = {split: [line for line in lines if line.startswith(split)] for split in tests}
        of_test = (tables / f"{name}.csv").read_text().splitlines()[1:]
        assert rows["again"] == [f"again,{line}" for line in of_test]
        assert rows["unseen"] and not set(rows["unseen"]) & {f"unseen,{line}" for line in of_test}
    unseen = further[further["split"] == "unseen"].set_index(["series", "k"])["bleu"]
    assert not unseen.sort_index().equals(test.sort_index())
