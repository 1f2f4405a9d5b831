"""The page's section on what BLEU does not see, apart from the paper's."""

import re

import pandas as pd
import pytest

from tests.recording import record_tables
from tests.report.page_parts import CLAIMS, FIGURES, PARTS, PROVENANCE, write
from ticketscope.claims import exemplars
from ticketscope.claims.columns import COLUMNS
from ticketscope.claims.findings import findings
from ticketscope.claims.model import extensions
from ticketscope.report import publish, titles
from ticketscope.report.page import behaviour, report_page
from ticketscope.report.page import claims as claims_of
from ticketscope.report.page.links import Links

OWN = pd.DataFrame(
    [
        ["contrast-lost", "Contrasts", "Lost?", "supported", 0.04, "open", 0.01],
        ["flips-before-mean", "Item by item", "Flips?", "supported", 0.3, "contradicted", -0.1],
        ["semantic-first", "Difficult or semantic", "Semantic?", "open", 0.002, None, None],
    ],
    columns=["id", "section", "sentence", "verdict", "effect", "verdict_equal_training",
             "effect_equal_training"],
).assign(seeds=3, unit="share", statistic="change", p=0.01, p_equal_training=0.02,
         tables="tables/words.csv").reindex(columns=COLUMNS)  # fmt: skip
PART = OWN.loc[[1]].assign(id="flips-before-mean/x", part_of="flips-before-mean", part="sentences")


def contrasts(seeds=(1, 2)):
    rows = [
        {"set": "toy", "phenomenon": phenomenon, "subset": subset, "seed": seed, "series": series}
        | {"ticket": f"LTH{k}", "k": k, "items": 20 + seed * (subset == "own")}
        | {"accuracy": 0.9 - 0.1 * k - 0.02 * seed, "accuracy_low": 0.6, "accuracy_high": 0.95}
        for phenomenon in ("<roles>", "gender")
        for subset in ("all", "own")
        for seed in seeds
        for series, k in [("dense", 0), ("magnitude", 1), ("magnitude", 2), ("control", 1)]
    ]
    return pd.DataFrame(rows)


def words():
    rows = [
        {"bucket": bucket, "first": first, "last": last, "seed": 1, "series": series}
        | {"ticket": f"LTH{k}", "k": k, "words": 1000, "f1": 0.5 + 0.1 * bucket - 0.2 * k}
        for bucket, (first, last) in enumerate([(0, 0), (1, 9), (10, None)])
        for series, k in [("dense", 0), ("random", 1)]
    ]
    return pd.DataFrame(rows)


def decoding():
    shares = {"identical": 0.25, "departure": 0.5, "length_ratio": 1.1, "copied": 0.0}
    return pd.DataFrame([
        {"seed": seed, "series": "magnitude", "ticket": "LTH1", "k": 1, "repeated": 0.1 * seed}
        | shares for seed in (1, 2, 3)
    ])  # fmt: skip


@pytest.fixture
def results(tmp_path):
    """An experiment with the tables and figures of behaviour."""
    write(tmp_path, figures=[*FIGURES, *titles.BEHAVIOUR, "probe_scores_linear"])
    made = {"contrasts": contrasts(), "words": words(), "decoding": decoding()}
    for name, table in (made | {"extension_claims": pd.concat([OWN, PART])}).items():
        table.to_csv(tmp_path / f"tables/{name}.csv", index=False)
    record_tables(tmp_path)
    return tmp_path


def rendered(results):
    return report_page(results, Links(results))


def section(text):
    return text[text.index('<section id="behaviour">') : text.index('<section id="corpus">')]


def test_the_section_follows_similarity_and_has_all_figures_the_two_that_matter_open(results):
    text = rendered(results)
    order = ['<section id="similarity">', '<section id="behaviour">', '<section id="corpus">']
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert '<li><a href="#behaviour">Beyond BLEU</a></li>' in text
    names = re.findall(r'<figure id="(\w+)">', section(text))
    assert names[:2] == ["contrasts_kept", "contrasts_probes"]
    assert set(names) == set(titles.BEHAVIOUR)
    before = section(text)[: section(text).index('<figure id="contrasts_probes"')]
    assert before.count("<details") == before.count("</details>")
    assert section(text).count('<a href="#rule-plot_behaviour">') == len(titles.BEHAVIOUR)


def test_claims_of_ours_are_in_their_section_against_lth0_and_without_the_papers_column(results):
    text = rendered(results)
    own = section(text)
    for anchor in ("claims-contrasts", "claims-item-by-item", "claims-difficult-or-semantic"):
        assert text.count(f'id="{anchor}"') == own.count(f'id="{anchor}"') == 1
    assert "<summary>Contrasts: 1 claim. Against LTH0: 1 ✓ supported." in own
    heads = re.findall(r'<table class="claims">\n<thead><tr>(.*?)</tr>', own, re.S)
    for head in heads:
        assert re.findall(r">([^<\n]+)</th>", head) == [
            "Claim", "Against LTH0", "At equal training", "At equal sparsity"
        ]  # fmt: skip
    assert len(heads) == 3
    assert 'data-label="Paper"' not in own and "As in the paper" not in own
    assert 'data-label="Against LTH0">0.04 <span class="verdict" data-verdict="supported">' in own
    assert "It holds against LTH0 and is contradicted at equal training" in own
    parts = own[own.index('aria-label="Parts of flips-before-mean"') :]
    heads = re.findall(r">([^<]+)</th>", parts[: parts.index("</thead>")])
    assert heads == ["Part", "Against LTH0", "At equal training", "At equal sparsity"]
    # The paper's sections are as they were.
    papers = text[: text.index('<section id="behaviour">')]
    assert 'id="claims-3.3"' in papers and 'data-label="As in the paper"' in papers


def test_each_claim_of_ours_leads_to_its_figure():
    drawn = [*titles.BEHAVIOUR, *titles.ERASURE, "probe_scores_linear", "bleu_sparsity"]
    for claim in extensions():
        row = OWN.iloc[[0]].assign(id=claim.id, section=claim.section)
        (fold,) = claims_of.extension_folds(row, drawn, str)
        assert next(name for _, name in fold.rows[0]["figures"]) in drawn, claim.id
        assert fold.section == (
            "anatomy" if fold.number in claims_of.ANATOMY_PARTS else "behaviour"
        )
        assert claims_of.extension_folds(row, [], str)[0].rows[0]["figures"] == []


def test_every_part_of_ours_has_its_fold():
    assert {claim.section for claim in extensions()} == {
        *claims_of.EXTENSION_PARTS, *claims_of.ANATOMY_PARTS
    }  # fmt: skip


def test_the_papers_counts_do_not_know_of_ours(results):
    text = rendered(results)
    told = [finding.text for finding in findings(pd.concat([CLAIMS, PARTS]))]
    found = text[text.index('class="findings"') : text.index('id="bleu_sparsity"')]
    assert "The paper's 4 sentences" in told[0] and "The paper&#39;s 4 sentences" in found
    for claim in OWN["id"]:
        assert f"#claim-{claim}" not in found
    ours = {fold.number for fold in claims_of.folds(CLAIMS, [], str)}
    assert ours == {"3.3", "3.4", "5.2", "5.4"}


def test_exemplars_are_those_of_the_last_tickets_and_without_seeds_it_is_said():
    row = {"kind": "linear", "name": "Coref", "seeds": 5, "items": 600, "share": 0.1}
    row |= {"halves": 0.3, "halves_dense": 0.2, "length_pies": 11.25, "length_others": 9}
    rows = [
        row | {"series": series, "ticket": f"LTH{k}", "k": k, "pies": pies}
        for series, k, pies in [("magnitude", 1, 6), ("magnitude", 2, 60), ("control", 1, 0)]
    ]
    rows += [rows[1] | {"kind": "mlp"}, rows[1] | {"kind": "translation", "name": "chrF"}]
    table = pd.DataFrame(rows).reindex(columns=exemplars.COLUMNS)
    ((shown,), (none,)) = (
        list(behaviour.tables({"pies": each}, str)) for each in (table, table.iloc[:0])
    )
    frame = shown.frame.set_index(["of", "series"])
    assert list(frame.index) == [
        ("Coref", "magnitude"), ("Coref", "control"), ("sentences", "magnitude")
    ]  # fmt: skip
    assert frame.loc[("Coref", "magnitude"), ["ticket", "PIEs"]].tolist() == ["LTH2", 60]
    assert frame.loc[("Coref", "magnitude"), ["length", "clauses"]].tolist() == ["11 / 9", ""]
    assert "PIEs need 5 seeds" not in shown.note
    assert none.frame.empty and "PIEs need 5 seeds; this experiment has fewer." in none.note


def test_tables_show_lth0_beside_the_last_ticket_of_each_series():
    tables = list(
        behaviour.tables({"contrasts": contrasts(), "words": words(), "decoding": decoding()}, str)
    )
    assert all(table.folded and table.file for table in tables)
    of_contrasts, of_words, of_decoding = (table.frame for table in tables)
    assert list(of_contrasts) == [
        "phenomenon", "subset", "pairs", "LTH0", "magnitude LTH2", "control LTH1"
    ]  # fmt: skip
    rows = of_contrasts.set_index(["phenomenon", "subset"])
    assert rows.loc[("gender", "all"), "pairs"] == "20"
    assert rows.loc[("gender", "LTH0's own"), "pairs"] == "21 to 22"
    assert rows.loc[("gender", "all"), "LTH0"] == "0.870 ± 0.014"
    assert rows.loc[("gender", "all"), "magnitude LTH2"] == "0.670 ± 0.014"
    assert "Means ± standard deviation" in tables[0].note
    assert of_words.to_numpy().tolist() == [
        ["0", "1000", "0.500", "0.300"], ["1 to 9", "1000", "0.600", "0.400"],
        ["from 10", "1000", "0.700", "0.500"],
    ]  # fmt: skip
    assert "Means" not in tables[1].note
    assert of_decoding.to_numpy().tolist() == [
        ["magnitude", "LTH1", "0.250 ± 0.000", "0.500 ± 0.000", "1.100 ± 0.000", "0.000 ± 0.000",
         "0.200 ± 0.100"]
    ]  # fmt: skip
    assert set(tables[2].explanations) <= set(of_decoding)


def test_further_test_texts_have_tables_of_their_own():
    of_two = [words().assign(split="news"), words().assign(split="chat", f1=0.25)]
    (_, shown) = behaviour.tables({"words": words(), "further_words": pd.concat(of_two)}, str)
    assert shown.title.startswith("Further test texts: F1 of words")
    assert shown.file == "tables/further_words.csv"
    assert list(shown.frame)[:2] == ["text", "occurrences in training"]
    rows = shown.frame.set_index(["text", "occurrences in training"])
    assert rows.loc[("news", "1 to 9"), ["LTH0", "random LTH1"]].tolist() == ["0.600", "0.400"]
    assert rows.loc[("chat", "1 to 9"), ["LTH0", "random LTH1"]].tolist() == ["0.250", "0.250"]
    alike = pd.concat([decoding().assign(split="news"), decoding().assign(split="chat", copied=1)])
    (_, shown) = behaviour.tables({"decoding": decoding(), "further_decoding": alike}, str)
    assert shown.frame[["text", "ticket", "copied"]].to_numpy().tolist() == [
        ["news", "LTH1", "0.000 ± 0.000"], ["chat", "LTH1", "1.000 ± 0.000"]
    ]  # fmt: skip


def test_sets_are_named_where_there_are_several():
    both = pd.concat([contrasts(), contrasts().assign(set="mine")])
    (table,) = behaviour.tables({"contrasts": both}, str)
    assert list(table.frame)[:3] == ["set", "phenomenon", "subset"] and len(table.frame) == 8


def test_what_tables_hold_is_escaped(results):
    own = section(rendered(results))
    assert "<td>&lt;roles&gt;</td>" in own and "<roles>" not in own and ">nan<" not in own


def test_an_experiment_without_behaviour_has_no_such_section(tmp_path):
    old = PROVENANCE | {
        "made_by": {n: m for n, m in PROVENANCE["made_by"].items() if n != "plot_behaviour"}
    }
    text = write(tmp_path, provenance=old).read_text()
    assert 'id="behaviour"' not in text and "Beyond BLEU" not in text


def test_without_contrasts_the_rest_is_shown(results):
    (results / "tables/contrasts.csv").unlink()
    for name in titles.CONTRASTS:
        (results / f"figures/{name}.svg").unlink()
    own = section(rendered(results))
    assert "Contrasts, LTH0" not in own and '<figure id="flips">' in own
    assert "Translations beside LTH0&#39;s" in own


def test_published_claims_of_ours_come_along(results, tmp_path):
    path = results / "tables/extension_claims.csv"
    many = pd.concat([OWN.assign(note="x" * 400)] * 40)
    many.to_csv(path, index=False)
    record_tables(results)
    assert path.stat().st_size > publish.LARGEST
    publish.publish(results, tmp_path / "published")
    assert (tmp_path / "published/tables/extension_claims.csv").read_bytes() == path.read_bytes()
    assert (tmp_path / "published/figures/contrasts_probes.svg").is_file()
