"""A small experiment with everything that a page can have."""

import json
from pathlib import Path

import pandas as pd

from tests.recording import record_tables
from tests.report.test_table_a1 import table
from ticketscope.claims.columns import COLUMNS
from ticketscope.report.page import report_page
from ticketscope.report.page.links import Links

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="675pt" height="225pt" '
    'viewBox="0 0 675 225" id="same">'
    '<text x="9" y="40">similar</text></svg>'
)
ROWS = [
    ["bleu", "3.3, Table A1", "A holds.", "27.6", "change", 1, 1.5, None, None, "supported", "",
     ""],
    ["fc", "3.4, Figure A1", "B is < C.", "", "trend", 5, 0.1234, -0.05, 0.3, "contradicted",
     "One seed.", "tables/table_a1.csv; tables/gone.csv"],
    ["none", "5.2", "D.", "", "trend", 0, None, None, None, "not measurable", "No D.", ""],
    ["small", "5.4.2, Figure A8", "E.", "", "trend", 5, -2, -3, -1, "supported", "", ""],
]  # fmt: skip
CLAIMS = pd.DataFrame(
    ROWS,
    columns=["id", "section", "sentence", "paper", "statistic", "seeds", "effect", "low", "high",
             "verdict", "note", "tables"],
).assign(part_of="", unit="points").reindex(columns=COLUMNS)  # fmt: skip
CLAIMS["verdict_equal_training"] = CLAIMS["verdict_equal_training"].astype(object)
# "E." holds against LTH0 only, and has two parts.
CLAIMS.loc[3, ["effect_equal_training", "low_equal_training", "high_equal_training"]] = 0.5, -1, 2
CLAIMS.loc[3, ["verdict_equal_training", "p", "p_equal_training"]] = "open", 0.001, 0.5
CLAIMS.loc[1, ["p", "p_equal_training"]] = 0.002, None
PARTS = CLAIMS.loc[[3, 3]].assign(id=["small/x", "small/y"], part_of="small", part=["x", "y"])
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
        rule: {"script": f"workflow/scripts/{rule}.py", "code": "f" * 64, "settings": {"a": "<1>"}}
        for rule in (
            "plot_claims", "plot_bleu", "plot_sparsity", "plot_probing", "plot_similarity",
            "plot_behaviour", "pies", "plot_erasure", "plot_masks", "plot_anatomy", "plot_cost",
        )
    },
    "probing": {"skipped": {"CCG": "ccg/<dev>.txt missing"}, "data": [{"Task": "<POS>"}]},
    "licences": [{"data": "multi30k", "licence": "not stated", "citation": "Elliott"}],
    "config": {
        "experiment": "a<b>", "seeds": [1], "external_tickets": {"tickets": []},
        "corpus": {"train": "toy"}, "probing": {"suite": "toy"},
    },
}  # fmt: skip


FIGURES = ("forest", "bleu_sparsity", "figure_a1", "codelength", "figure_4", "figure_a8")


def write(folder: Path, *, provenance=PROVENANCE, figures=FIGURES, svg=SVG, claims=None) -> Path:
    """A finished experiment; its page."""
    tables = {
        "claims": pd.concat([CLAIMS, PARTS]) if claims is None else claims,
        "table_a1": table(),
        "corpus": pd.DataFrame({"split": ["train"], "sentences": [3]}),
    }
    for name, rows in tables.items():
        file = folder / f"tables/{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        rows.to_csv(file, index=False)
    for name in figures:
        for kind in ("csv", "svg", "pdf"):
            file = folder / f"figures/{name}.{kind}"
            file.parent.mkdir(exist_ok=True)
            file.write_text(svg)
    (folder / "provenance.json").write_text(json.dumps(provenance))
    record_tables(folder)
    path = folder / "report.html"
    path.write_text(report_page(folder, Links(folder)), encoding="utf-8")
    return path
