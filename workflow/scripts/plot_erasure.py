"""The figure of what tickets do without a task.

Input: table (erasure, CSV); contrasts (CSV), empty where there is no contrast set.
Output: svg, pdf, csv (of each).
"""

from ticketscope.claims import read_tables
from ticketscope.report.figures.erasure import Tables, plots
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake):
    given = {"erasure": snakemake.input.table, "contrasts": snakemake.input.contrasts}
    tables = Tables(**read_tables({name: path for name, path in given.items() if path}))
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
