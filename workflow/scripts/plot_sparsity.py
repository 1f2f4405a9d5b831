"""The figures of section 3.4.

Input: modules, sparsity (CSV). Output: svg, pdf, csv (of each).
"""

import pandas as pd

from ticketscope.report.figures.plot import save_all
from ticketscope.report.figures.sparsity import Tables, plots
from ticketscope.runtime.job import job

with job(snakemake):
    tables = Tables(pd.read_csv(snakemake.input.modules), pd.read_csv(snakemake.input.sparsity))
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
