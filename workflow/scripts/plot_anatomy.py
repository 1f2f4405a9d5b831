"""The figures of segments between tickets, and of what tickets lose with each module.

Input: sparsity, module_sparsity (CSV); segments, barriers, sensitivity (CSV), empty where there is
none. Output: svg, pdf, csv (of each).
"""

from ticketscope.claims import read_tables
from ticketscope.report.figures.anatomy import Tables, plots
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake):
    tables = Tables(**read_tables({name: path for name, path in snakemake.input.items() if path}))
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
