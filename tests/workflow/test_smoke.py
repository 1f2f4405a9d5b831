"""The smoke experiment end to end: real text, real training, real scores, files as promised."""

import json
import re

import pandas as pd
import pytest

from tests.workflow.conftest import jobs, snakemake
from ticketscope.corpus.parallel import read_lines
from ticketscope.report import titles
from ticketscope.runtime.machine import machine
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.translation.table_a1 import COLUMNS

SERIES = ["magnitude", "random", "control"]
FIGURES = titles.CLAIMS | titles.BLEU | titles.SPARSITY | titles.PROBING | titles.SIMILARITY
MASK_TABLES = ("mask_overlap", "module_sparsity", "dead_units", "ranks")
FIGURES |= titles.BEHAVIOUR | titles.ERASURE | titles.MASKS | titles.ANATOMY | titles.COST


@pytest.fixture(scope="module")
def results(smoke):
    return smoke / "results/smoke"


def test_table_a1_has_a_row_a_ticket_with_the_sparsities_asked_for(results):
    table = pd.read_csv(results / "tables/table_a1.csv")
    assert list(table.columns) == COLUMNS
    names = [("dense", 0)] + [(series, k) for series in SERIES for k in (1, 2)]
    assert list(zip(table["series"], table["k"], strict=True)) == names
    assert set(table["experiment"]) == {"smoke"}
    assert set(table["seed"]) == {1}
    assert table["epochs_seen"].tolist() == [4, 6, 8, 6, 8, 6, 8]
    pruned = table[table["series"].isin(["magnitude", "random"])]
    # LayerNorm is not pruned and counts, so a little less than the fraction of 0.5 an iteration.
    share = pruned["k"].map({1: 0.5, 2: 0.75})
    assert ((pruned["sparsity_excl"] < share) & (pruned["sparsity_excl"] > 0.95 * share)).all()
    assert (table.loc[table["series"].isin(["dense", "control"]), "sparsity_excl"] == 0).all()
    assert table["bleu"].between(0, 100).all()
    assert (table["bleu_low"] <= table["bleu_high"]).all()
    assert table["chrf"].between(0, 100).all() and table["chrf"].max() > 1  # of 100, not of 1
    assert table["bleu_p_vs_lth0"].isna().tolist() == [True] + 6 * [False]


def test_every_published_checkpoint_is_zero_under_its_mask_and_masks_are_nested(results):
    for series in SERIES:
        before = Mask.load(results / "tickets/seed1/dense/LTH0/mask.safetensors")
        assert before.pruned == 0
        for k in (1, 2):
            folder = results / f"tickets/seed1/{series}/LTH{k}"
            mask = Mask.load(folder / "mask.safetensors")
            assert mask.is_nested_in(before)
            expected = before.pruned + round(0.5 * (mask.total - before.pruned))
            assert mask.pruned == (0 if series == "control" else expected)
            weights = checkpoints.parameters(checkpoints.load(folder / "checkpoint.pt"))
            for name, kept in mask.kept.items():
                assert (weights[name].numpy()[~kept] == 0).all(), name
                assert not kept.any() or (weights[name].numpy()[kept] != 0).all(), name
            before = mask


def test_module_sparsities_add_up_to_the_tickets(results):
    modules = pd.read_csv(results / "tables/module_sparsity.csv")
    tickets = pd.read_csv(results / "tables/sparsity.csv").set_index(["series", "k"])
    sums = modules.groupby(["series", "k"])[["total", "pruned"]].sum()
    assert len(sums) == 7
    for place, row in sums.iterrows():
        assert row["total"] == tickets.loc[place, "prunable"]
        assert row["pruned"] == tickets.loc[place, "pruned"]
    assert set(modules["block"]) == {"enc-self", "dec-self", "enc-dec", "fc"}
    assert set(modules["part"]) == {"q", "k", "v", "o", "fc1", "fc2"}
    assert set(modules["head"].dropna()) == {1, 2, 3, 4}


def test_each_ticket_has_a_tidy_log_and_the_schedule_repeats(results):
    dense = pd.read_csv(results / "tickets/seed1/dense/LTH0/log.csv")
    columns = ["update", "epoch", "lr", "loss", "nll_loss", "tokens_per_second"]
    assert list(dense.columns) == columns
    assert dense["update"].is_monotonic_increasing
    assert dense["nll_loss"].iloc[-1] < dense["nll_loss"].iloc[0]
    for series in SERIES:
        log = pd.read_csv(results / f"tickets/seed1/{series}/LTH2/log.csv")
        assert list(log.columns) == columns
        both = log.merge(dense, on="update", suffixes=("", "_dense"))
        assert len(both) == len(log) > 2
        assert both["lr"].tolist() == pytest.approx(both["lr_dense"].tolist())


def test_all_test_sentences_are_translated_by_every_ticket(results):
    references = read_lines(results / "corpus/raw/test.de")
    assert len(references) == 100
    paths = sorted((results / "translations").rglob("LTH?.txt"))
    assert len(paths) == 7
    for path in paths:
        assert len(read_lines(path)) == 100
        assert len(read_lines(path.with_suffix(".subwords.txt"))) == 100
        assert "@@" not in path.read_text()


def test_the_corpus_is_described_and_its_splits_do_not_overlap(results):
    corpus = pd.read_csv(results / "tables/corpus.csv").set_index(["split", "language"])
    assert corpus["sentences"].unstack("language")["en"].to_dict() == {
        "train": 1000, "valid": 50, "test": 100, "unseen": 50,
    }  # fmt: skip
    assert (
        corpus.sort_index().drop("train", level="split")["in_train"].xs("en", level="language") == 0
    ).all()
    texts = [set(read_lines(results / f"corpus/raw/{split}.en")) for split in ("train", "test")]
    assert not texts[0] & texts[1]
    with_labels = results / "corpus/toy/test.derivations.jsonl.gz"
    assert with_labels.stat().st_size > 1000


def test_the_page_stands_alone_and_its_links_lead_to_files_beside_it(results):
    page = (results / "report.html").read_text()
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
    links = set(re.findall(r'href="([^"#][^"]*)"', page)) - {"data:,"}
    assert {"tables/table_a1.csv", "tables/claims.csv", "figures/figure_4.svg"} <= links
    for link in links:
        assert (results / link).is_file(), link
    assert page.count("<figure") == page.count("<img") > 20
    assert (results / "figures/bleu_sparsity.pdf").read_bytes().startswith(b"%PDF")


def test_provenance_counts_every_job_with_its_rule_and_machine(smoke, results):
    provenance = json.loads((results / "provenance.json").read_text())
    rules = {rule["rule"]: rule for rule in provenance["rules"]}
    assert rules["retrain"]["jobs"] == 6 and rules["retrain"]["cpu_s"] > 1
    assert rules["retrain"]["peak_mib"] > 50
    assert provenance["machines"] == {machine(): sum(rule["jobs"] for rule in rules.values())}
    printed = jobs((smoke / "printed.txt").read_text())
    # Two come after; the suite is made once for all experiments, and logged beside them.
    unmeasured = {"provenance", "report_page", "toy_suite"}
    assert {name: rule["jobs"] for name, rule in rules.items()} == {
        name: count for name, count in printed.items() if name not in unmeasured
    }
    for rule, made in provenance["made_by"].items():
        assert (smoke / made["script"]).is_file() and len(made["code"]) == 64, rule


def test_no_file_names_this_machine(smoke, results):
    """A result that holds a path or a time is not the same bytes elsewhere."""
    for path in results.rglob("*"):
        if path.is_file() and "work" not in path.parts:
            assert str(smoke).encode() not in path.read_bytes(), path


def test_every_job_left_a_log_and_what_it_cost(smoke):
    logs = smoke / "logs/smoke"
    measured = sorted(logs.rglob("*.jsonl"))
    assert len(measured) >= 30
    for path in measured:
        assert path.with_suffix(".log").exists(), path
        assert json.loads(path.read_text().splitlines()[-1])["s"] >= 0
    assert (logs / "tickets/seed1/random/LTH2/retrain.log").exists()


def test_progress_was_shown(smoke):
    printed = (smoke / "printed.txt").read_text()
    line = r"seed 1 magnitude LTH1: epoch \d\.\d/4, update \d+, [\d.]+k tok/s, loss"
    assert re.search(line, printed)
    assert re.search(r"\d+ of \d+ steps \(\d+%\) done", printed)


def test_masks_are_compared_and_agree_with_the_counts_of_sparsity(results):
    tables = {name: pd.read_csv(results / f"tables/{name}.csv") for name in MASK_TABLES}
    overlap, modules = tables["mask_overlap"], tables["module_sparsity"]
    tickets = overlap.groupby(["series", "other_series", "k"]).size()
    assert list(tickets.index) == [("random", "magnitude", k) for k in (1, 2)]
    keys = ["series", "k", "side", "layer", "block", "part", "kind"]
    kept = modules.assign(kept=modules["total"] - modules["pruned"]).groupby(keys)["kept"].sum()
    whole = overlap[overlap["head"].isna()]
    counted = whole.set_index(keys)["kept"]
    pd.testing.assert_series_equal(counted.sort_index(), kept[counted.index].sort_index())
    assert not tables["dead_units"].query("k == 0")["dead"].any()
    ranks = tables["ranks"]
    dense = ranks[ranks["k"] == 0]
    assert (dense["structural_rank"] == dense["full_rank"]).all()
    matrices = modules[modules["kind"] == "weight"].drop(columns=["kind", "head"])
    sizes = matrices.groupby(["series", "k", "side", "layer", "block", "part"])
    by_matrix = (sizes["total"].sum() - sizes["pruned"].sum()).rename("kept")
    found = ranks.set_index(by_matrix.index.names)["kept"]
    pd.testing.assert_series_equal(found.sort_index(), by_matrix[found.index].sort_index())


def test_figures_have_their_numbers_beside_them(results):
    for name in FIGURES:
        assert (results / f"figures/{name}.svg").read_bytes().startswith(b"<?xml")
        assert (results / f"figures/{name}.pdf").read_bytes().startswith(b"%PDF")
        assert len(pd.read_csv(results / f"figures/{name}.csv")), name
    shown = pd.read_csv(results / "figures/sparsity_heatmap.csv")
    assert set(shown["series"]) == {"magnitude"}  # the others cut all modules alike
    assert len(shown) == 2 * (2 * 6 + 2 * 10)  # tickets, layers of both sides


def test_snakemakes_own_report_carries_every_figure_by_title_with_its_caption(smoke, tmp_path):
    snakemake(smoke, "--configfile", "config/smoke.yaml", "--report", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text()
    for name, title in FIGURES.items():
        shown = page[page.index(f'/figures/{name}.svg": {{"name"') :]
        assert f'"labels": {{"figure": "{title}"}}' in shown[:400]
        caption = (smoke / f"workflow/report/{name}.rst").read_text().split("\n")[0]
        assert caption[:50] in shown[:800], name
    for category in ("Claims of the paper", "Translation (section 3.3)", "Sparsity (section 3.4)",
                     "Probing (section 4)", "Similarity (section 5)", "Behaviour"):  # fmt: skip
        assert f'"{category}": {{"' in page
    for table in ("claims", "extension_claims", "table_a1"):
        assert f'/tables/{table}.csv": {{"name"' in page
    categories = page[page.index("var categories") :]
    assert '"Other"' not in categories[: categories.index(";")]
