"""The figures of what tickets cost.

Input: sparsity, cost, speed (CSV). Output: svg, pdf, csv (of each).
"""

from ticketscope.claims import read_tables
from ticketscope.report.figures.cost import Tables, plots
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake):
    tables = Tables(**read_tables(dict(snakemake.input.items())))
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
