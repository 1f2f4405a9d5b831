"""BLEU against sparsity, one line a series.

Input: table (Table A1). Output: svg, pdf, csv (of the one figure).
"""

import pandas as pd

from ticketscope.report.bleu_plot import Tables, entries
from ticketscope.report.entry import save_all
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    tables = Tables(pd.read_csv(snakemake.input.table))
    save_all(entries(settings["split"]), tables, settings["figures"], snakemake.output)
