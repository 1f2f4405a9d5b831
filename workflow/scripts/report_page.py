"""The page that shows what was found.

Input: claims, table (Table A1), corpus, figure, similarity, probing (SVG), probing_tables (CSV),
free_statistics (JSON, of the free suite's tasks). Output: page (HTML, self-contained).
"""

from pathlib import Path

import pandas as pd

from dissect.files import atomic_write
from dissect.job import job
from dissect.probing.free import page as free_suite
from dissect.report import probing, similarity
from dissect.report.entry import with_svg
from dissect.report.page import report_page

with job(snakemake.log[0]):
    given, settings = snakemake.input, snakemake.params.settings
    tables = {}
    statistics = {Path(path).parent.name: Path(path) for path in given.free_statistics}
    if statistics:
        tables["The tasks' data"] = (free_suite.about(statistics), free_suite.NOTE)
    if given.probing_tables:
        read = map(pd.read_csv, given.probing_tables)
        tables |= probing.page_tables(settings["suite"], *read)
    page = report_page(
        settings["experiment"],
        pd.read_csv(given.claims),
        pd.read_csv(given.table),
        pd.read_csv(given.corpus),
        Path(given.figure).read_text(encoding="utf-8"),
        with_svg(similarity.entries(), given.similarity),
        with_svg(probing.entries(), given.probing),
        tables,
        settings["skipped"],
    )
    with atomic_write(snakemake.output.page) as temporary:
        temporary.write_text(page, encoding="utf-8")
