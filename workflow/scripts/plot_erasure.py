"""The figure of what tickets do without a task.

Input: table (erasure, CSV). Output: svg, pdf, csv (of each).
"""

import pandas as pd

from ticketscope.report.figures.erasure import Tables, plots
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    tables = Tables(pd.read_csv(snakemake.input.table))
    save_all(plots(), tables, snakemake.params.settings["figures"], snakemake.output)
