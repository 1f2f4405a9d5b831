"""A contrast set of one's own: a table and a line of config, as the page on it has them."""

import subprocess
import sys

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import environment, jobs, snakemake
from tests.workflow.pages import blocks


@pytest.mark.long
def test_a_set_of_ones_own_is_scored_without_code(smoke_copy):
    script, *_ = (
        block.text for block in blocks("extend/contrast-set.md") if block.language == "python"
    )
    subprocess.run([sys.executable, "-c", script], cwd=smoke_copy, env=environment(), check=True)
    own = {"pronouns": {"format": "tsv", "file": "pronouns.tsv"}}
    (smoke_copy / "own.yaml").write_text(yaml.safe_dump({"contrasts": own}))
    table = "results/smoke/tables/contrasts.csv"
    printed = snakemake(smoke_copy, table, "--configfile", "config/smoke.yaml", "own.yaml")
    assert jobs(printed) == {"contrast_set": 1, "score_contrasts": 7, "contrasts": 1}
    rows = pd.read_csv(smoke_copy / table).query("set == 'pronouns' and subset == 'all'")
    assert len(rows) == 7 and set(rows["phenomenon"]) == {"pronoun"} and set(rows["items"]) == {1}
    assert (rows["accuracy"] == (rows["margin"] > 0)).all() and rows["margin"].nunique() > 1
