"""Collect a table of all tickets, such as the comparisons of their predictions.

Input: tables (CSV, a file a ticket). Output: table (CSV).
"""

import pandas as pd

from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake):
    write_table(snakemake.output.table, pd.concat(map(pd.read_csv, snakemake.input.tables)))
