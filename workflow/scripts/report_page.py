"""The report of the experiment.

Input: claims, table (Table A1), corpus, probing_tables (CSV), bleu, sparsity, probing, similarity
(SVG), free_statistics (JSON, of the free suite's tasks), provenance (JSON). Output: page (HTML,
self-contained; its links lead to files beside it).
"""

import json
from pathlib import Path

import pandas as pd

from ticketscope.probing.free import page as free_suite
from ticketscope.report import titles
from ticketscope.report.page import report_page
from ticketscope.report.page.parts import Table, figures, link
from ticketscope.report.tables import tables_a2_a3
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    given, settings, page = snakemake.input, snakemake.params.settings, snakemake.output.page
    tables = []
    if given.free_statistics:
        paths = {Path(path).parent.name: Path(path) for path in given.free_statistics}
        tables.append(Table("The tasks' data", free_suite.about(paths), free_suite.NOTE))
    if given.probing_tables:
        frames = map(pd.read_csv, given.probing_tables)
        titled = tables_a2_a3.page_tables(settings["suite"], *frames).items()
        for path, (title, (frame, note)) in zip(given.probing_tables, titled, strict=True):
            tables.append(Table(title, frame, note, file=link(path, page)))
    sources = {"claims": given.claims, "table_a1": given.table, "corpus": given.corpus}
    html = report_page(
        **{name: pd.read_csv(path) for name, path in sources.items()},
        files={name: link(path, page) for name, path in sources.items()},
        figures={
            "tickets": figures(titles.BLEU, given.bleu, page, "plot_bleu"),
            "modules": figures(titles.SPARSITY, given.sparsity, page, "plot_sparsity"),
            "probing": figures(titles.PROBING, given.probing, page, "plot_probing"),
            "similarity": figures(titles.SIMILARITY, given.similarity, page, "plot_similarity"),
        },
        probing_tables=tables,
        skipped=settings["skipped"],
        provenance=json.loads(Path(given.provenance).read_text(encoding="utf-8")),
    )
    with atomic_write(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
