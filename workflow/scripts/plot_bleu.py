"""BLEU against sparsity, one line a series.

Input: table (Table A1). Output: svg, pdf, csv (of the one figure).
"""

import pandas as pd

from ticketscope.report.figures.plot import save_all
from ticketscope.report.figures.tickets import Tables, plots
from ticketscope.runtime.job import job

with job(snakemake):
    tables, params = Tables(pd.read_csv(snakemake.input.table)), snakemake.params
    save_all(plots(params.split), tables, snakemake.output, **params.settings)
