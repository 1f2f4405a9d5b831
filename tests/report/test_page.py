"""The page as text: what it says, and that it says it safely."""

import base64
import re

import pandas as pd

from tests.report.page_parts import CLAIMS, PROVENANCE, SVG, page
from tests.report.test_table_a1 import table
from ticketscope.report.figures.plot import paper_findings
from ticketscope.report.page import claims as claims_of
from ticketscope.report.page.bleu import headline
from ticketscope.report.page.parts import Table, figures


def test_the_page_says_what_was_found_before_anything_else():
    text = page()
    assert (
        "Of 4 claims of the paper, 2 are supported by what was measured here, 1 are contradicted, "
        in text
    )
    assert '<li><a href="#claim-fc">B is &lt; C.</a></li>' in text
    assert (
        "LTH0 has 31.0 BLEU (1 seed). After 2 iterations, with 35.8 % of the weights outside "
        in text
    )
    assert "magnitude 31.0, random 27.4, control 31.0." in text
    order = [
        "found", "claims", "tickets", "modules", "probing", "similarity", "corpus", "provenance"
    ]  # fmt: skip
    places = [text.index(f'id="{anchor}"') for anchor in order]
    assert places == sorted(places)


def test_a_claim_shows_its_interval_its_test_and_what_it_was_read_from():
    text = page()
    row = text[text.index('id="claim-fc"') : text.index('id="claim-none"')]
    assert "0.123 (-0.05 to 0.3)" in row and "✗ contradicted" in row
    assert (
        "<summary>One seed.</summary>" in row
        and "Effect: points (trend). Seeds: 5. Read from" in row
    )
    assert re.findall(r'href="([^"]+)"', row) == ["tables/claims.csv", "tables/table_a1.csv"]
    none = text[text.index('id="claim-none"') : text.index('id="claim-small"')]
    assert "– not measurable" in none and "Read from nothing." in none


def test_verdicts_are_counted_by_section_of_the_paper():
    shown = claims_of.parts(CLAIMS)
    assert [[row[0], *row[2:]] for row in shown.rows] == [
        ["3.3", "1", "0", "0", "0", "0", "0"], ["3.4", "0", "1", "0", "0", "0", "0"],
        ["5.2", "0", "0", "0", "0", "0", "1"], ["5.4", "1", "0", "0", "0", "0", "0"],
    ]  # fmt: skip
    assert '<td><a href="#tickets">BLEU</a></td>' in page()


def test_what_it_is_given_is_escaped_and_shown_whole():
    text = page()
    assert "<h3>Table &lt;A2&gt;</h3>" in text and "&lt;best&gt; layer" in text
    assert "<td>0.968</td>" in text and ">nan<" not in text
    assert 'title="parts of speech">POS</button>' in text
    assert "CCG was not probed: ccg/&lt;dev&gt;.txt missing" in text
    assert "a&lt;b&gt;" in text and "a<b>" not in text
    assert "sig|&lt;13a&gt;" in text
    assert text.count('<table class="sortable') == 9
    assert "seeds:\n- 1\n" in text


def test_each_figure_says_who_drew_it_and_where_its_numbers_are():
    text = page()
    shown = text[text.index('<figure id="figure_4">') :]
    assert base64.b64encode(SVG.encode()).decode() in shown
    assert 'alt="Figure 4: NeuronSim. Paper: 0.82 &lt;dense&gt;"' in shown
    assert 'width="900" height="300"' in shown
    for kind in ("csv", "svg", "pdf"):
        assert f'href="figures/figure_4.{kind}"' in shown
    assert '<a href="#rule-plot">plot</a>, code\n<code>ffffffffffff</code>' in shown
    made = text[text.index('<details id="rule-plot">') :]
    assert "workflow/scripts/plot.py" in made and "f" * 64 in made and r"\u003c1\u003e" in made


def test_time_is_summed_over_rules_and_shown_for_each():
    text = page()
    made = "1.2.3 (commit abc-dirty) in 5 jobs, which took 1.00 core hours and 0.00 GPU hours"
    assert made in " ".join(text.split())
    costs = text[text.index("Cost of each rule") :]
    row = ["retrain", "4", "7200.0", "3600.0", "0.0", "512"]
    assert "".join(f"<td>{cell}</td>" for cell in row) in costs


def test_tickets_that_were_trained_elsewhere_are_said_to_be():
    def text(tickets, train):
        config = {"external_tickets": {"tickets": tickets}, "corpus": {"train": train}}
        return page(provenance=PROVENANCE | {"config": config})

    own, elsewhere = "trained elsewhere and taken as they are", "Their training text is not"
    assert own not in page() and elsewhere not in page()
    assert own in text([{"k": 0}], "toy") and elsewhere not in text([{"k": 0}], "toy")
    assert elsewhere in text([{"k": 0}], [])


def test_without_probing_the_section_says_so():
    figures = {"tickets": [], "modules": [], "probing": [], "similarity": []}
    assert "Nothing was probed." in page(figures=figures, probing_tables=[])
    assert "Nothing was probed." not in page()


def test_figures_come_in_the_order_of_their_titles_with_links_from_the_page(tmp_path):
    paths = []
    for name in ("figure_a4", "codelength", "figure_4"):
        path = tmp_path / f"results/x/figures/{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<svg>{name}</svg>")
        paths.append(str(path))
    titles = {"figure_4": "Four", "absent": "Absent", "figure_a4": "A four", "codelength": "Bits"}
    found = figures(titles, paths, str(tmp_path / "results/x/report.html"), "plot")
    assert [shown.title for shown in found] == ["Figure 4: Four", "Figure A4: A four", "Bits"]
    assert found[0].files == {
        "CSV": "figures/figure_4.csv", "SVG": "figures/figure_4.svg", "PDF": "figures/figure_4.pdf"
    }  # fmt: skip
    assert (
        found[1].svg == "<svg>figure_a4</svg>" and found[1].paper == paper_findings()["figure_a4"]
    )


def test_numbers_and_gaps_in_a_table():
    rows = Table("", pd.DataFrame({"a": [1.23456, None], "b": [2, 30], "c": ["x", None]})).rows
    assert rows == [["1.235", "2", "x"], ["", "30", ""]]


def test_the_headline_without_pruning():
    assert headline(table()[:1]) == "LTH0 has 31.0 BLEU (1 seed); nothing was pruned."
