"""The report of the experiment.

Input: claims, extension_claims, table (Table A1), further_tests, comet, corpus, probing_tables,
behaviour_tables (CSV), claims_figure, bleu, sparsity, probing, similarity, behaviour (SVG),
provenance (JSON), all in the experiment's folder. Output: page (HTML, self-contained; its links
lead to files beside it).
"""

from pathlib import Path

from ticketscope.report.page import report_page
from ticketscope.report.page.links import Links
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_text

with job(snakemake):
    results = Path(snakemake.input.provenance).parent
    write_text(snakemake.output.page, report_page(results, Links(results)))
