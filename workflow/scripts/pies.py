"""Items that sparse models of many seeds answer otherwise than dense ones.

Input: answers (npz), units (CSV). Output: table (CSV), without a row below five seeds.
"""

import numpy as np
import pandas as pd

from ticketscope.claims.exemplars import exemplars
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake):
    with np.load(snakemake.input.answers, allow_pickle=False) as answers:
        table = exemplars(answers, pd.read_csv(snakemake.input.units))
    write_table(snakemake.output.table, table)
