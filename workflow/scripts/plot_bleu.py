"""BLEU against sparsity, one line a series.

Input: table (Table A1). Output: svg, pdf, csv (of the one figure).
"""

import pandas as pd

from ticketscope.report.figures.plot import save_all
from ticketscope.report.figures.tickets import Tables, plots
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    tables = Tables(pd.read_csv(snakemake.input.table))
    save_all(plots(settings["split"]), tables, settings["figures"], snakemake.output)
