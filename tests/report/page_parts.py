"""A small page with everything that a page can have."""

from pathlib import Path

import pandas as pd

from tests.report.test_table_a1 import table
from ticketscope.claims.columns import COLUMNS
from ticketscope.report.page import report_page
from ticketscope.report.page.parts import Figure, Table

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="675pt" height="225pt" '
    'viewBox="0 0 675 225" id="same">'
    '<text x="9" y="40">similar</text></svg>'
)
CLAIMS = pd.DataFrame(
    [
        ["bleu", "3.3", "A holds.", "27.6", "change", 1, 1.5, None, None, "supported", "", ""],
        ["fc", "3.4", "B is < C.", "", "trend", 5, 0.1234, -0.05, 0.3, "contradicted",
         "One seed.", "tables/claims.csv; tables/table_a1.csv"],
        ["none", "5.2", "D.", "", "trend", 0, None, None, None, "not measurable", "No D.", ""],
        ["small", "5.4.2, Figure A8", "E.", "", "trend", 2, -2, -3, -1, "supported", "", ""],
    ],
    columns=["id", "section", "sentence", "paper", "statistic", "seeds", "effect", "low", "high",
             "verdict", "note", "tables"],
).assign(part_of="", unit="points").reindex(columns=COLUMNS)  # fmt: skip
PROVENANCE = {
    "experiment": "a<b>",
    "code": {"ticketscope": "1.2.3", "commit": "abc-dirty"},
    "versions": {"torch": "9.9"},
    "machines": {"A processor, 2 cores, 3 GiB, no GPU": 5},
    "rules": [
        {"rule": "retrain", "jobs": 4, "wall_s": 7200.0, "cpu_s": 3600.0, "gpu_s": 0.0,
         "peak_mib": 512.0},
        {"rule": "score", "jobs": 1, "wall_s": 1.0, "cpu_s": 10.0, "gpu_s": 0.0, "peak_mib": 99.0},
    ],
    "made_by": {
        "plot": {"script": "workflow/scripts/plot.py", "code": "f" * 64, "settings": {"a": "<1>"}}
    },
    "licences": [{"data": "multi30k", "licence": "not stated", "citation": "Elliott"}],
    "config": {
        "experiment": "a<b>", "seeds": [1], "external_tickets": {"tickets": []},
        "corpus": {"train": "toy"},
    },
}  # fmt: skip


def figure(name: str, title: str, paper: str = "0.82 <dense>") -> Figure:
    files = {kind.upper(): f"figures/{name}.{kind}" for kind in ("csv", "svg", "pdf")}
    return Figure(name, title, paper, SVG, files, "plot")


def page(**changed) -> str:
    a2 = pd.DataFrame({"ticket": ["LTH0", "LTH10", "LTH9"], "POS": [0.96789, None, 0.5]})
    parts = {
        "claims": CLAIMS,
        "table_a1": table(),
        "corpus": pd.DataFrame({"split": ["train"], "sentences": [3]}),
        "files": {name: f"tables/{name}.csv" for name in ("claims", "table_a1", "corpus")},
        "figures": {
            "tickets": [figure("bleu", "BLEU")],
            "modules": [figure("figure_a1", "Figure A1: Sparsity")],
            "probing": [figure("codelength", "Codelength")],
            "similarity": [figure("figure_4", "Figure 4: NeuronSim")],
        },
        "probing_tables": [Table("Table <A2>", a2, "<best> layer", {"POS": "parts of speech"})],
        "skipped": {"CCG": "ccg/<dev>.txt missing"},
        "provenance": PROVENANCE,
    }
    return report_page(**parts | changed)


def write(folder: Path) -> Path:
    """The page, with the files that its links lead to."""
    for name in ("claims", "table_a1", "corpus"):
        file = folder / f"tables/{name}.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text("a,b\n")
    for name in ("bleu", "figure_a1", "codelength", "figure_4"):
        for kind in ("csv", "svg", "pdf"):
            file = folder / f"figures/{name}.{kind}"
            file.parent.mkdir(exist_ok=True)
            file.write_text(SVG)
    path = folder / "report.html"
    path.write_text(page(), encoding="utf-8")
    return path
