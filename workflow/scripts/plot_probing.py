"""The figures of section 4.

Input: probes, differences, trends, sparsity (CSV). Output: svg, pdf, csv (of each).
"""

import pandas as pd

from ticketscope.report.figures.plot import save_all
from ticketscope.report.figures.probing import Tables, plots
from ticketscope.runtime.job import job

with job(snakemake):
    names = ("probes", "differences", "trends", "sparsity")
    tables = Tables(**{name: pd.read_csv(snakemake.input[name]) for name in names})
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
