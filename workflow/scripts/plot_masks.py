"""The figures of masks compared.

Input: sparsity, overlap, units, ranks (CSV). Output: svg, pdf, csv (of each).
"""

import pandas as pd

from ticketscope.report.figures.masks import Tables, plots
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake):
    names = ("overlap", "units", "ranks", "sparsity")
    tables = Tables(*(pd.read_csv(snakemake.input[name]) for name in names))
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
