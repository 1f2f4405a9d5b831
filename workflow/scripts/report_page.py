"""The report of the experiment.

Input: claims, extension_claims, table (Table A1), corpus, probing_tables, behaviour_tables (CSV),
claims_figure, bleu, sparsity, probing, similarity, behaviour (SVG), provenance (JSON), all in the
experiment's folder. Output: page (HTML, self-contained; its links lead to files beside it).
"""

from pathlib import Path

from ticketscope.report.page import report_page
from ticketscope.report.page.links import Links
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    results = Path(snakemake.input.provenance).parent
    html = report_page(results, Links(results))
    with atomic_write(snakemake.output.page) as temporary:
        temporary.write_text(html, encoding="utf-8")
