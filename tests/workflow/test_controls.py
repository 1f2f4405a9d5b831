"""config/controls.yaml over the finished smoke experiment, which goes on: what makes a ticket."""

from html import unescape

import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT
from tests.workflow.conftest import jobs, snakemake
from ticketscope.report.titles import ANATOMY, COST, MASKS

CONFIG = ("--configfile", "config/smoke.yaml", "config/controls.yaml")


@pytest.mark.long
def test_three_series_more_are_trained_and_what_makes_a_ticket_is_told_of_them(smoke_copy):
    more = list(yaml.safe_load((ROOT / "config/controls.yaml").read_text())["pruning"]["series"])
    assert more == ["shuffled", "weights", "taylor"]
    counts = jobs(snakemake(smoke_copy, "-n", *CONFIG))
    assert "train_dense" not in counts and counts["retrain"] == 2 * len(more)
    snakemake(smoke_copy, *CONFIG)
    results = smoke_copy / "results/smoke"

    def series(name):
        return set(pd.read_csv(results / f"{name}.csv")["series"]) - {"dense"}

    for table in ("table_a1", "dead_units", "cost", "barriers"):
        assert series(f"tables/{table}") >= {"magnitude", *more}
    for figure in ("mask_overlap", "dead_units", "barriers", "cost_bytes"):
        assert series(f"figures/{figure}") >= set(more)
    sparsity = pd.read_csv(results / "tables/module_sparsity.csv")
    sparsity = sparsity[sparsity["head"].isna()]  # permuted, a mask cuts other heads
    keys = ["k", "side", "layer", "block", "part", "kind"]
    pruned = {
        name: rows.set_index(keys)["pruned"].sort_index()
        for name, rows in sparsity.groupby("series")
    }
    assert pruned["shuffled"].equals(pruned["magnitude"])
    assert not pruned["taylor"].equals(pruned["magnitude"])

    claims = pd.read_csv(results / "tables/extension_claims.csv").set_index("id")
    for claim in ("allocation-share", "which-weights"):
        assert claims.loc[claim, "verdict"] == "described"  # one seed
    page = (results / "report.html").read_text()
    section = unescape(page.split('<section id="anatomy">')[1].split("</section>")[0])
    for figure in MASKS | ANATOMY | COST:
        assert f'<figure id="{figure}">' in section
    for claim in ("allocation-share", "which-weights"):
        assert claims.loc[claim, "sentence"] in section
