"""The page that shows what was found.

Input: claims, table (Table A1), corpus, figure, similarity, probing (SVG), probing_tables (CSV),
free_statistics (JSON, of the free suite's tasks). Output: page (HTML, self-contained).
"""

from pathlib import Path

import pandas as pd

from dissect.files import atomic_write
from dissect.job import job
from dissect.probing.free.page import about
from dissect.report import probing, similarity
from dissect.report.page import report_page


def read(figures, entries):
    paths = {Path(path).stem: Path(path) for path in figures}
    return {
        name: (entry, paths[name].read_text(encoding="utf-8"))
        for name, entry in entries().items()
        if name in paths
    }


DATA_NOTE = (
    "Openly licensed corpora (docs/free-suite.md), most of them substitutes for the paper's: "
    "scores say how tickets differ, and are not the paper's numbers."
)


def tables(suite):
    """Those of section 4 by title, each with its note."""
    if not snakemake.input.probing_tables:
        return {}
    a2, a3, trends = map(pd.read_csv, snakemake.input.probing_tables)
    statistics = {Path(path).parent.name: Path(path) for path in snakemake.input.free_statistics}
    data = {"The tasks' data": (about(statistics), DATA_NOTE)} if statistics else {}
    return data | {
        "Table A2: linear probes, best layer": (
            probing.beside_the_paper(a2, "linear"), probing.table_note(suite, "linear")
        ),
        "Table A3: MLP probes, best layer": (
            probing.beside_the_paper(a3, "mlp"), probing.table_note(suite, "mlp")
        ),
        "Trend of each task with sparsity": (trends, probing.TRENDS_NOTE),
    }  # fmt: skip


with job(snakemake.log[0]):
    settings = snakemake.params.settings
    page = report_page(
        settings["experiment"],
        pd.read_csv(snakemake.input.claims),
        pd.read_csv(snakemake.input.table),
        pd.read_csv(snakemake.input.corpus),
        Path(snakemake.input.figure).read_text(encoding="utf-8"),
        read(snakemake.input.similarity, similarity.entries),
        read(snakemake.input.probing, probing.entries),
        tables(settings["suite"]),
        settings["skipped"],
    )
    with atomic_write(snakemake.output.page) as temporary:
        temporary.write_text(page, encoding="utf-8")
