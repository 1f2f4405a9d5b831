"""Collect a table of all tickets, such as the comparisons of their predictions.

Input: tables (CSV, a file a ticket). Output: table (CSV).
"""

import pandas as pd

from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]), atomic_write(snakemake.output.table) as temporary:
    pd.concat(map(pd.read_csv, snakemake.input.tables)).to_csv(temporary, index=False)
