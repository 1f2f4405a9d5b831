"""Collect the scores of further test texts.

Input: tables (CSV, a file a seed and text). Output: table (CSV).
"""

import pandas as pd

from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake):
    parts = []
    for split, path in zip(
        snakemake.params.settings["splits"], snakemake.input.tables, strict=True
    ):
        table = pd.read_csv(path)
        table.insert(0, "split", split)
        parts.append(table)
    write_table(snakemake.output.table[0], pd.concat(parts))
