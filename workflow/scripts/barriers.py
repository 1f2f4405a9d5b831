"""Collect the segments of all seeds, and measure the barrier of each.

Input: tables (CSV, a file a seed). Output: segments, barriers (CSV).
"""

import pandas as pd

from ticketscope.behaviour.paths import barriers
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake):
    segments = pd.concat(map(pd.read_csv, snakemake.input.tables), ignore_index=True)
    for table, path in (
        (segments, snakemake.output.segments),
        (barriers(segments), snakemake.output.barriers),
    ):
        write_table(path, table)
