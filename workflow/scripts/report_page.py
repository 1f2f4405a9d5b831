"""The page that shows what was found.

Input: claims, table (Table A1), corpus, figure, similarity, probing (SVG), probing_tables (CSV),
free_statistics (JSON, of the free suite's tasks), provenance (JSON). Output: page (HTML,
self-contained; its links lead to files beside it).
"""

import json
from pathlib import Path

import pandas as pd

from dissect.files import atomic_write
from dissect.job import job
from dissect.probing.free import page as free_suite
from dissect.report import bleu_plot, probing, similarity, titles
from dissect.report.page import report_page, sections
from dissect.report.page.parts import Table, figures, link

with job(snakemake.log[0]):
    given, settings, page = snakemake.input, snakemake.params.settings, snakemake.output.page
    table = pd.read_csv(given.table)
    shown = figures(titles.BLEU, bleu_plot.entries(), [given.figure], page, "plot_bleu")
    origin = json.loads(Path(given.provenance).read_text(encoding="utf-8"))
    notes = sections.elsewhere(origin["config"])
    parts = [sections.tickets(table, link(given.table, page), shown, notes)]
    tables = []
    if given.free_statistics:
        about = free_suite.about(
            {Path(path).parent.name: Path(path) for path in given.free_statistics}
        )
        tables.append(Table("The tasks' data", about, free_suite.NOTE))
    if given.probing_tables:
        read = probing.page_tables(settings["suite"], *map(pd.read_csv, given.probing_tables))
        files = [link(path, page) for path in given.probing_tables]
        tables += [
            Table(title, *found, {}, file)
            for (title, found), file in zip(read.items(), files, strict=True)
        ]
    shown = figures(titles.PROBING, probing.entries(), given.probing, page, "plot_probing")
    parts.append(sections.probing(tuple(tables), shown, settings["skipped"]))
    shown = figures(
        titles.SIMILARITY, similarity.entries(), given.similarity, page, "plot_similarity"
    )
    parts.append(sections.similarity(shown))
    parts.append(sections.corpus(pd.read_csv(given.corpus), link(given.corpus, page)))
    html = report_page(pd.read_csv(given.claims), link(given.claims, page), table, parts, origin)
    with atomic_write(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
