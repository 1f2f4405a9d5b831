"""The page as text: what it says, and that it says it safely."""

import base64
import re
from collections import Counter
from html.parser import HTMLParser

import pandas as pd
from markupsafe import escape

from tests.recording import record_tables
from tests.report.page_parts import CLAIMS, FIGURES, PARTS, PROVENANCE, SVG, write
from tests.report.test_table_a1 import table
from ticketscope.claims.findings import findings
from ticketscope.claims.model import claims
from ticketscope.report.page import claims as claims_of
from ticketscope.report.page import report_page
from ticketscope.report.page.bleu import headline
from ticketscope.report.page.links import Links
from ticketscope.report.page.origin import origins
from ticketscope.report.page.parts import Table


def page(tmp_path, **changed) -> str:
    return write(tmp_path, **changed).read_text()


def test_the_page_says_what_was_found_before_anything_else(tmp_path):
    text = page(tmp_path)
    told = findings(pd.concat([CLAIMS, PARTS]))
    assert 3 <= len(told) <= 8
    places = [text.index(str(escape(finding.text))) for finding in told]
    assert places == sorted(places) and places[-1] < text.index('id="bleu_sparsity"')
    assert '<a href="#claim-fc" aria-label="The claim fc">' in text
    assert (
        "LTH0 has 31.0 BLEU (1 seed). After 2 iterations, with 35.8 % of the weights outside "
        in text
    )
    assert "magnitude 31.0, random 27.4, control 31.0 (nothing pruned)." in text
    order = ["found", "bleu_sparsity", "forest", "tickets", "claims-3.3", "modules",
             "claims-3.4", "probing", "similarity", "claims-5.2", "claims-5.4", "corpus",
             "provenance"]  # fmt: skip
    places = [text.index(f'id="{anchor}"') for anchor in order]
    assert places == sorted(places)


def test_one_seed_shows_effects_and_says_why_there_are_no_verdicts(tmp_path):
    one = CLAIMS.assign(seeds=CLAIMS["seeds"].clip(upper=1), id="bleu-kept", verdict="described")
    path = write(tmp_path)
    one.to_csv(tmp_path / "tables/claims.csv", index=False)
    text = report_page(path.parent, Links(path.parent))
    found = text[text.index('class="findings"') : text.index('id="bleu_sparsity"')]
    assert "vary between trainings. Verdicts need 3 seeds." in found
    assert "The paper says: E (points: -2 [-3, -1]" in found


def test_a_claim_shows_both_columns_its_figure_and_what_it_was_read_from(tmp_path):
    text = page(tmp_path)
    row = text[text.index('id="claim-fc"') : text.index('id="probing"')]
    assert "0.12 [-0.05,\u00a00.30]" in row and "✗ contradicted" in row
    assert "One seed." in row and "Effect: points (trend), 5 seeds." in row
    # A table that does not exist is named without a link.
    assert re.findall(r'href="([^"]+)"', row[: row.index("</tr>")]) == [
        "#figure_a1", "tables/table_a1.csv"
    ]  # fmt: skip
    assert "tables/gone.csv" in row
    none = text[text.index('id="claim-none"') : text.index('id="claim-small"')]
    assert "– not measurable" in none and "Read from nothing." in none


def test_a_claim_that_only_holds_against_lth0_says_so_and_folds_its_parts(tmp_path):
    text = page(tmp_path)
    row = text[text.index('id="claim-small"') : text.index('id="figure_4"')]
    assert "It holds against LTH0 and is open at equal training" in row
    assert "✓ supported" in row and "? open" in row
    folded = row[row.index("<details>") : row.index("</details>")]
    assert "2 parts" in folded
    assert re.findall(r"<td>(\w)</td>", folded) == ["x", "y"]
    assert "holds against LTH0" not in text[: text.index('id="claim-small"')]


def test_verdicts_are_counted_by_section_of_the_paper():
    shown = claims_of.folds(CLAIMS, [], str)
    assert [(fold.number, fold.counts["As in the paper"]) for fold in shown] == [
        ("3.3", "1 ✓ supported"), ("3.4", "1 ✗ contradicted"),
        ("5.2", "1 – not measurable"), ("5.4", "1 ✓ supported"),
    ]  # fmt: skip
    assert {claim.section[:3] for claim in claims()} == claims_of.PARTS.keys()


def test_what_it_is_given_is_escaped_and_shown_whole(tmp_path):
    text = page(tmp_path)
    assert "B is &lt; C." in text and "<td>&lt;POS&gt;</td>" in text and ">nan<" not in text
    assert "CCG was not probed: ccg/&lt;dev&gt;.txt missing" in text
    assert "a&lt;b&gt;" in text and "a<b>" not in text
    assert "sig|&lt;13a&gt;" in text
    assert "seeds:\n- 1\n" in text


HOSTILE = "</script></title></style>--><script>alert(1)</script><img src=x onerror=alert(1)>\"' on"


class Elements(HTMLParser):
    """The elements of a page, each with the names of its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: Counter[tuple[str, ...]] = Counter()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.seen[tag, *sorted(name for name, _ in attributes)] += 1


def hostile(value):
    """A value with markup behind each of its texts."""
    if isinstance(value, dict):
        return {name: hostile(item) for name, item in value.items()}
    if isinstance(value, list):
        return [hostile(item) for item in value]
    return value + HOSTILE if isinstance(value, str) else value


def test_markup_in_sentences_labels_and_names_stays_text(tmp_path):
    kept = {"made_by", "rules", "code"}  # names by which the page links
    provenance = {name: v if name in kept else hostile(v) for name, v in PROVENANCE.items()}
    provenance["made_by"] = {
        rule: made | {"settings": hostile(made["settings"])}
        for rule, made in PROVENANCE["made_by"].items()
    }
    claims = pd.concat([CLAIMS, PARTS])
    for column in ("sentence", "note", "paper"):
        claims[column] = claims[column].map(lambda text: text and text + HOSTILE)
    plain, attacked = (
        page(tmp_path / "plain"),
        page(tmp_path / "attacked", provenance=provenance, claims=claims),
    )
    assert attacked.count("alert(1)") > 20
    assert Elements(attacked).seen == Elements(plain).seen


def test_umlauts_are_shown_as_they_are_written(tmp_path):
    config = PROVENANCE["config"] | {"experiment": "Größe 漢"}
    made = PROVENANCE["made_by"] | {
        "plot_bleu": PROVENANCE["made_by"]["plot_bleu"] | {"settings": {"name": "Maß"}}
    }
    text = page(tmp_path, provenance=PROVENANCE | {"config": config, "made_by": made})
    assert "experiment: Größe 漢" in text and "Maß" in text
    assert r"\xDF" not in text and r"\u00df" not in text


def test_each_figure_says_who_drew_it_and_where_its_numbers_are(tmp_path):
    text = page(tmp_path)
    shown = text[text.index('<figure id="figure_4">') :]
    assert base64.b64encode(SVG.encode()).decode() in shown
    assert 'alt="Figure 4: NeuronSim of each layer with LTH0. Paper: ' in shown
    assert 'width="900" height="300"' in shown
    for kind in ("csv", "svg", "pdf"):
        assert f'href="figures/figure_4.{kind}"' in shown
    assert (
        '<a href="#rule-plot_similarity">plot_similarity</a>, code\n<code>ffffffffffff</code>'
        in (shown)
    )
    made = text[text.index('<details id="rule-plot_similarity">') :]
    assert "workflow/scripts/plot_similarity.py" in made and r"\u003c1\u003e" in made
    assert "f" * 64 in made


def test_time_is_summed_over_rules_and_shown_for_each(tmp_path):
    text = page(tmp_path)
    made = "1.2.3 (commit abc-dirty) in 5 jobs, which took 1.00 core hours and 0.00 GPU hours"
    assert made in " ".join(text.split())
    costs = text[text.index("Cost of each rule") :]
    row = ["retrain", "4", "7200.0", "3600.0", "0.0", "512"]
    assert "".join(f"<td>{cell}</td>" for cell in row) in costs


def test_tickets_that_were_trained_elsewhere_are_said_to_be(tmp_path):
    def text(tickets, train):
        config = {"external_tickets": {"tickets": tickets}, "corpus": {"train": train}}
        provenance = PROVENANCE | {"config": PROVENANCE["config"] | config}
        return page(tmp_path, provenance=provenance)

    own, elsewhere = "trained elsewhere and taken as they are", "Their training text is not"
    assert own not in text([], "toy") and elsewhere not in text([], "toy")
    assert own in text([{"k": 0}], "toy") and elsewhere not in text([{"k": 0}], "toy")
    assert elsewhere in text([{"k": 0}], [])


def test_joined_experiments_are_folded_and_the_title_says_if_their_software_differs():
    about = {"rules": [], "machines": {}, "versions": {}, "licences": []}
    rows = [{"folder": "a", "other versions": "", "other code": ""}]
    same, *_ = origins(about | {"joined": rows})
    other, *_ = origins(about | {"joined": [*rows, rows[0] | {"other code": "probe"}]})
    assert same.folded and same.title == "Joined experiments: 1"
    assert other.folded and other.title == "Joined experiments: 2, not all of the same software"


def test_without_probing_the_section_says_so_and_links_nothing(tmp_path):
    drawn = [name for name in FIGURES if name != "codelength"]
    text = page(tmp_path, figures=drawn)
    assert "Nothing was probed." in text
    links = re.findall(r'href="([^"#:]+)"', text)
    assert all((tmp_path / link).is_file() for link in links)
    assert "Nothing was probed." not in page(tmp_path)


def test_how_probes_were_trained_is_a_line_and_a_fold(tmp_path):
    path = write(tmp_path)
    assert "How probes were trained" not in path.read_text()
    pd.DataFrame(
        {"task": ["POS", "GED"], "probe": "linear", "probes": [30, 10], "at_floor": [0.0, 0.2]}
        | {"undertrained": [0.5, 0.1]}
    ).to_csv(path.parent / "tables/probe_training.csv", index=False)
    record_tables(tmp_path)
    text = report_page(path.parent, Links(path.parent))
    line = "Of 40 probes 40% were best in their last epoch: probing.max_epoch ended their training"
    assert f"<p>{line}, and 5% never beat a constant prediction.</p>" in text
    fold = text.index("<summary>How probes were trained</summary>")
    assert text.index(line) < fold < text.index("probe_training.csv", fold)


def test_figures_and_tables_of_an_earlier_config_are_not_shown(tmp_path):
    """Snakemake leaves outputs where they are that nothing declares any longer."""
    config = PROVENANCE["config"] | {"decoding": {"split": "test"}}
    record = PROVENANCE | {"config": config, "figures": ["forest", "figure_4"]}
    path = write(tmp_path, provenance=record)
    table().assign(split="news").to_csv(tmp_path / "tables/further_tests.csv", index=False)
    record_tables(tmp_path)
    rows = {"task": ["POS"], "probe": "linear", "probes": 9, "at_floor": 0.0, "undertrained": 0.5}
    pd.DataFrame(rows).to_csv(tmp_path / "tables/probe_training.csv", index=False)
    text = report_page(path.parent, Links(path.parent))
    assert 'id="figure_4"' in text and "BLEU of all test texts" in text
    assert 'id="figure_a8"' not in text and "How probes were trained" not in text


def test_numbers_and_gaps_in_a_table():
    rows = Table("", pd.DataFrame({"a": [1.23456, None], "b": [2, 30], "c": ["x", None]})).rows
    assert rows == [["1.235", "2", "x"], ["", "30", ""]]


def test_the_headline_and_table_a1_of_several_seeds(tmp_path):
    rows = table(seeds=(1, 2, 4))
    said = headline(rows)
    assert said.startswith("LTH0 has 32.3 ± 1.5 BLEU (mean ± standard deviation of 3 seeds). ")
    assert said.endswith(
        "magnitude 32.3 ± 1.5, random 28.3 ± 1.0, control 32.3 ± 1.5 (nothing pruned)."
    )
    path = write(tmp_path)
    rows.to_csv(tmp_path / "tables/table_a1.csv", index=False)
    text = report_page(path.parent, Links(path.parent))
    shown = text[text.index("<h3>Table A1</h3>") : text.index('id="modules"')]
    assert "<td>32.33 ± 1.53</td>" in shown and "Means ± standard deviation" in shown
    fold = shown[shown.index('<details class="fold"><summary>Table A1, each seed') :]
    assert fold.count("<tr>") == 1 + len(rows)


def test_further_test_texts_stand_below_table_a1(tmp_path):
    config = PROVENANCE["config"] | {"decoding": {"split": "test"}}
    path = write(tmp_path, provenance=PROVENANCE | {"config": config})
    assert "BLEU of all test texts" not in path.read_text()
    further = table().assign(split="<news>", bleu=4.0)
    further.to_csv(tmp_path / "tables/further_tests.csv", index=False)
    record_tables(tmp_path)
    text = report_page(path.parent, Links(path.parent))
    shown = text[text.index("<summary>BLEU of all test texts") : text.index('id="modules"')]
    assert "&lt;news&gt;: BLEU" in shown and '"tables/further_tests.csv"' in shown


def test_the_headline_without_pruning():
    assert headline(table()[:1]) == "LTH0 has 31.0 BLEU (1 seed); nothing was pruned."
