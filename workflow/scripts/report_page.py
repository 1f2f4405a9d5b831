"""The page that shows what was found.

Input: claims, table (Table A1), corpus, probing_tables (CSV), bleu, sparsity, probing, similarity
(SVG), free_statistics (JSON, of the free suite's tasks), provenance (JSON). Output: page (HTML,
self-contained; its links lead to files beside it).
"""

import json
from pathlib import Path

import pandas as pd

from ticketscope.probing.free import page as free_suite
from ticketscope.report import bleu_plot, probing, probing_tables, similarity, sparsity, titles
from ticketscope.report.page import report_page, sections
from ticketscope.report.page.parts import Table, figures, link
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    given, settings, page = snakemake.input, snakemake.params.settings, snakemake.output.page
    origin = json.loads(Path(given.provenance).read_text(encoding="utf-8"))
    bleu = figures(titles.BLEU, bleu_plot.entries(settings["split"]), given.bleu, page, "plot_bleu")
    modules = figures(titles.SPARSITY, sparsity.entries(), given.sparsity, page, "plot_sparsity")
    probes = figures(titles.PROBING, probing.entries(), given.probing, page, "plot_probing")
    alike = figures(
        titles.SIMILARITY, similarity.entries(), given.similarity, page, "plot_similarity"
    )
    tables = []
    if given.free_statistics:
        found = {Path(path).parent.name: Path(path) for path in given.free_statistics}
        tables.append(Table("The tasks' data", free_suite.about(found), free_suite.NOTE))
    if given.probing_tables:
        frames = map(pd.read_csv, given.probing_tables)
        read = probing_tables.page_tables(settings["suite"], *frames)
        for path, (title, (frame, note)) in zip(given.probing_tables, read.items(), strict=True):
            tables.append(Table(title, frame, note, file=link(path, page)))
    table = pd.read_csv(given.table)
    shown = [
        sections.tickets(
            table, link(given.table, page), bleu, sections.elsewhere(origin["config"])
        ),
        sections.modules(modules),
        sections.probing(tuple(tables), probes, settings["skipped"]),
        sections.similarity(alike),
        sections.corpus(pd.read_csv(given.corpus), link(given.corpus, page)),
    ]
    html = report_page(pd.read_csv(given.claims), link(given.claims, page), table, shown, origin)
    with atomic_write(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
