"""Every figure has its numbers beside it, and is those numbers."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.behaviour.made_up import erasure_rows
from tests.conftest import ROOT
from tests.report.anatomy_tables import anatomy as anatomy_tables
from tests.report.behaviour_tables import PHENOMENA
from tests.report.behaviour_tables import behaviour as behaviour_tables
from tests.report.claims_tables import build
from tests.report.cost_tables import cost_tables
from tests.report.drawn_words import caption
from tests.report.mask_tables import mask_tables
from tests.report.probing_tables import made_up
from tests.report.test_figures_sparsity import made_up as sparsity_tables
from tests.report.test_table_a1 import table
from ticketscope.report import titles
from ticketscope.report.figures import (
    anatomy,
    behaviour,
    claims,
    cost,
    erasure,
    masks,
    probing,
    similarity,
    sparsity,
    tickets,
)
from ticketscope.report.figures.plot import paper_findings, save_all
from ticketscope.report.figures.style import save
from ticketscope.report.paper import paper_values

CAPTIONS = ROOT / "workflow/report"
PARTS = (titles.CLAIMS, titles.BLEU, titles.SPARSITY, titles.PROBING, titles.SIMILARITY,
         titles.BEHAVIOUR, titles.ERASURE, titles.MASKS, titles.ANATOMY, titles.COST)  # fmt: skip
TITLES = {name: title for part in PARTS for name, title in part.items()}
SEEDS = (1, 2, 3)


def similarity_tables() -> similarity.Tables:
    made = build(1, seeds=SEEDS, ks=range(1, 9), layers=2)
    return similarity.Tables(
        made["similarity"].assign(n=100),
        made["spectra"],
        made["categories"],
        made["attention_concentration"].assign(ticket=lambda t: "LTH" + t["k"].astype(str)),
        made["neuron_maxima"],
        made["sparsity"],
    )


SOME = {name: PHENOMENA[name] for name in ("pronoun", "roles")}
SECTIONS = {
    "tickets": (tickets.plots("test"), lambda: tickets.Tables(table(seeds=SEEDS))),
    "sparsity": (sparsity.plots(), lambda: sparsity_tables(2, seeds=SEEDS)),
    "probing": (probing.plots(), lambda: made_up(seeds=SEEDS)),
    "similarity": (similarity.plots(), similarity_tables),
    "behaviour": (behaviour.plots(), lambda: behaviour_tables(last=2, phenomena=SOME)),
    "masks": (masks.plots(), lambda: mask_tables(SEEDS)),
    "erasure": (erasure.plots(), lambda: erasure.Tables(erasure_rows(SEEDS))),
    "anatomy": (anatomy.plots(), anatomy_tables),
    "cost": (cost.plots(), lambda: cost_tables(SEEDS)),
}


@pytest.fixture(scope="module", params=SECTIONS)
def made(request):
    """A section's figures, and what they are made of."""
    plots, make = SECTIONS[request.param]
    return plots, make()


@pytest.fixture(scope="module")
def drawn(made, tmp_path_factory):
    """A section's figures in a folder, with what they were made of."""
    (plots, tables), folder = made, tmp_path_factory.mktemp("figures")
    files = {end: [str(folder / f"{name}.{end}") for name in plots] for end in ENDINGS}
    save_all(plots, tables, SimpleNamespace(**files), figures=list(plots), series=[])
    return plots, tables, folder


ENDINGS = ("svg", "pdf", "csv")


def test_a_figure_drawn_from_its_csv_is_the_same_file_and_says_what_the_paper_found(
    drawn, tmp_path
):
    """So the numbers beside a picture are all that it shows, and nothing is drawn that is not."""
    plots, tables, folder = drawn
    for name, plot in plots.items():
        data = pd.read_csv(folder / f"{name}.csv")
        figure = plot.figure(data, tables)
        assert paper_findings()[name] in caption(figure)
        save(figure, tmp_path / "a.svg", tmp_path / "a.pdf")
        again = (tmp_path / "a.svg").read_bytes()
        assert again == (folder / f"{name}.svg").read_bytes(), name
        pdf = (folder / f"{name}.pdf").read_bytes()
        assert pdf.startswith(b"%PDF") and b"/CreationDate" not in pdf
        assert (tmp_path / "a.pdf").read_bytes() == pdf, name


def test_other_numbers_are_another_picture(drawn, tmp_path):
    plots, tables, folder = drawn
    for name, plot in plots.items():
        data = plot.data(tables)
        values = [column for column in data if column in COLUMNS]
        other = data.assign(**{column: data[column] * 0.9 for column in values})
        save(plot.figure(other, tables), tmp_path / "a.svg", tmp_path / "a.pdf")
        assert (tmp_path / "a.svg").read_bytes() != (folder / f"{name}.svg").read_bytes(), name


# What is drawn, in one figure or another.
COLUMNS = (
    "bleu", "sparsity_percent", "z", "test", "bits", "change", "correlation", "share_percent",
    "debiased", "value", "loss", "low", "high", "f1", "score", "accuracy", "percent",
    "ratio",
)  # fmt: skip


def test_data_are_one_observation_a_row_and_the_same_bytes_each_time(drawn, tmp_path):
    plots, tables, folder = drawn
    for name, plot in plots.items():
        data = plot.data(tables)
        assert len(data) and not data.duplicated().any(), name
        data.to_csv(tmp_path / "again.csv", index=False, lineterminator="\n")
        written = (folder / f"{name}.csv").read_bytes()
        assert (tmp_path / "again.csv").read_bytes() == written
        assert b"\r" not in written


def test_the_papers_numbers_are_in_the_data_where_it_prints_some(drawn):
    plots, _, folder = drawn
    for name in plots:
        data = pd.read_csv(folder / f"{name}.csv")
        theirs = [column for column in data if column.startswith("paper")]
        if name in ("figure_1", "figure_2", "figure_3", "figure_a3"):
            assert (data["series"] == "paper").any(), name
        elif name not in NOT_PRINTED:
            assert theirs and data[theirs].notna().any(axis=None), name


def test_the_papers_numbers_stand_beside_tickets_as_sparse_as_its_own_alone(made):
    plots, tables = made
    sparser = {
        name: table.assign(sparsity_excl=table["sparsity_excl"] + 0.05 * (table["k"] > 0))
        for name, table in vars(tables).items()
        if isinstance(table, pd.DataFrame) and "sparsity_excl" in table
    }
    for name, plot in plots.items():
        data = plot.data(tables)
        # Classes of tasks are of whole series.
        if name == "probe_trends" or not any(data.columns.str.startswith("paper")):
            continue
        series = set(of_tickets(data)["series"])
        printed = {"magnitude", "random"} if name in OF_RANDOM else {"magnitude"}
        assert series == (set() if name in NOT_PRINTED else printed), name
        assert of_tickets(plot.data(replace(tables, **sparser))).empty, name


# The paper's BLEU is of both series.
OF_RANDOM = ("bleu_sparsity", "contrasts_kept")


def of_tickets(data):
    """Rows with one of the paper's numbers, but for LTH0's, which is never pruned."""
    ends = data.filter(regex=r"^(other_)?ticket$")
    pruned = data["k"] > 0 if "k" in data else (ends != "LTH0").any(axis=1)
    return data[pruned & data.filter(regex="^paper").notna().any(axis=1)]


# Here the paper gives words alone, numbers that these tables have no counterpart of, or nothing.
NOT_PRINTED = {
    "figure_a1", "sparsity_heatmap", "codelength", "figure_5", "figure_a4", "figure_a5",
    "figure_a6", "figure_a9", "erasure", *titles.MASKS, *titles.ANATOMY, *titles.COST,
    *(set(titles.BEHAVIOUR) - {"contrasts_kept"}),
}  # fmt: skip


def test_every_title_has_a_figure_and_every_figure_a_title():
    sections = [claims.plots(), *(plots for plots, _ in SECTIONS.values())]
    assert sorted(map(list, sections)) == sorted(map(list, PARTS))


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    tables = {"claims", "extension_claims", "table_a1"}  # of Snakemake's report
    assert {path.stem for path in CAPTIONS.glob("*.rst")} == set(TITLES) | tables
    said = [(CAPTIONS / f"{name}.rst").read_text() for name in TITLES]
    assert len(set(said)) == len(TITLES) and all(len(words) > 60 for words in said)


def test_a_name_is_a_figure_of_one_section():
    counts = [len(part) for part in PARTS]
    assert sum(counts) == len(TITLES) == len(set(TITLES.values()))
    assert all(np.array(counts))


def test_every_figure_has_what_the_paper_found_with_the_papers_own_numbers():
    findings = paper_findings()
    assert list(findings) == list(TITLES)

    def numbers(value):
        if isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                yield from numbers(part)
        elif isinstance(value, int | float):
            yield value

    sections = ("table_a1", "table_a2_linear", "table_a3_mlp", "figure_1", "figure_2", "figure_a3",
                "figure_3_syntax", "figure_3_semantics", "sparsity", "similarity")  # fmt: skip
    printed = [number for section in sections for number in numbers(paper_values(section))]
    known = {f"{scale * n:.{d}f}" for n in printed for scale in (1, 100) for d in (1, 2, 3)}
    known.add("2.24")  # the largest z of six layers
    for name, text in findings.items():
        # Numbers of sections are no numbers of the paper's results.
        decimals = re.findall(r"-?\d+\.\d+", re.sub(r"section [\d.]+", "", text))
        assert set(decimals) - {"4.3"} <= known, name


def test_findings_give_the_ends_of_the_papers_series():
    findings = paper_findings()
    for name, section, digits in (
        ("figure_1", "figure_1", 1),
        ("figure_2", "figure_2", 1),
        ("probe_scores_linear", "table_a2_linear", 3),
        ("probe_scores_mlp", "table_a3_mlp", 3),
        ("codelength", "table_a2_linear", 3),
    ):
        values = paper_values(section)
        first, *_, last = values["rows_LTH0_to_LTH8"]
        ends = dict(zip(values["columns"], zip(first, last, strict=True), strict=True))
        said = re.findall(r"([\w-]+) (-?[\d.]+\d) to (-?[\d.]+\d)", findings[name])
        assert len(said) > 2
        right = [[f"{end:.{digits}f}" for end in ends[task]] == [a, b] for task, a, b in said]
        # The question of codelength is asked of two tables.
        assert all(right[:2]) if name == "codelength" else all(right), name
