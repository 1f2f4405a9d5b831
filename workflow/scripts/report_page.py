"""The page that shows what was found.

Input: table (Table A1), corpus, figure, similarity (SVG). Output: page (HTML, self-contained).
"""

from pathlib import Path

import pandas as pd

from dissect.files import atomic_write
from dissect.job import job
from dissect.report.page import report_page
from dissect.report.similarity import entries

with job(snakemake.log[0]):
    figures = {Path(path).stem: Path(path) for path in snakemake.input.similarity}
    page = report_page(
        snakemake.params.settings["experiment"],
        pd.read_csv(snakemake.input.table),
        pd.read_csv(snakemake.input.corpus),
        Path(snakemake.input.figure).read_text(encoding="utf-8"),
        {
            name: (entry, figures[name].read_text(encoding="utf-8"))
            for name, entry in entries().items()
        },
    )
    with atomic_write(snakemake.output.page) as temporary:
        temporary.write_text(page, encoding="utf-8")
