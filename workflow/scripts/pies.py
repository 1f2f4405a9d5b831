"""Items that sparse models of many seeds answer otherwise than dense ones.

Input: answers (npz), units (CSV). Output: table (CSV), without a row below five seeds.
"""

import numpy as np
import pandas as pd

from ticketscope.claims.exemplars import exemplars
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    with np.load(snakemake.input.answers, allow_pickle=False) as answers:
        table = exemplars(answers, pd.read_csv(snakemake.input.units))
    with atomic_write(snakemake.output.table) as temporary:
        table.to_csv(temporary, index=False)
