"""Forest plot of the claims' effects.

Input: claims (CSV). Output: svg, pdf, csv (of the one figure).
"""

import pandas as pd

from ticketscope.report.figures.claims import Tables, plots
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake):
    tables = Tables(pd.read_csv(snakemake.input.claims))
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
