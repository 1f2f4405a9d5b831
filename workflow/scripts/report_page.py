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
from ticketscope.report.figures import probing, similarity, sparsity, tickets
from ticketscope.report.page import report_page, sections
from ticketscope.report.page.parts import Section, Table, figures, link
from ticketscope.report.tables import tables_a2_a3
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    given, settings, page = snakemake.input, snakemake.params.settings, snakemake.output.page
    origin = json.loads(Path(given.provenance).read_text(encoding="utf-8"))
    bleu, modules, probes, similarities = (
        figures(section_titles, plots, given[name], page, f"plot_{name}")
        for name, section_titles, plots in (
            ("bleu", titles.BLEU, tickets.plots(settings["split"])),
            ("sparsity", titles.SPARSITY, sparsity.plots()),
            ("probing", titles.PROBING, probing.plots()),
            ("similarity", titles.SIMILARITY, similarity.plots()),
        )
    )
    tables = []
    if given.free_statistics:
        paths = {Path(path).parent.name: Path(path) for path in given.free_statistics}
        tables.append(Table("The tasks' data", free_suite.about(paths), free_suite.NOTE))
    if given.probing_tables:
        frames = map(pd.read_csv, given.probing_tables)
        titled = tables_a2_a3.page_tables(settings["suite"], *frames).items()
        for path, (title, (frame, note)) in zip(given.probing_tables, titled, strict=True):
            tables.append(Table(title, frame, note, file=link(path, page)))
    table, corpus = pd.read_csv(given.table), pd.read_csv(given.corpus)
    sizes = Table("Sentences, words and subwords", corpus, file=link(given.corpus, page))
    shown = [
        sections.tickets(table, link(given.table, page), bleu, origin["config"]),
        Section("modules", "Sparsity of each module (3.4)", "Modules", figures=modules),
        sections.probing(tuple(tables), probes, settings["skipped"]),
        Section("similarity", "Similarity of tickets (5)", "Similarity", figures=similarities),
        Section("corpus", "Corpus (3.1)", "Corpus", tables=(sizes,)),
    ]
    html = report_page(pd.read_csv(given.claims), link(given.claims, page), table, shown, origin)
    with atomic_write(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
