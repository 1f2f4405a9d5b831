"""Collect the scores of further test texts.

Input: tables (CSV, a file a seed and text). Output: table (CSV).
"""

import pandas as pd

from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]), atomic_write(snakemake.output.table[0]) as temporary:
    parts = []
    for split, path in zip(
        snakemake.params.settings["splits"], snakemake.input.tables, strict=True
    ):
        table = pd.read_csv(path)
        table.insert(0, "split", split)
        parts.append(table)
    pd.concat(parts).to_csv(temporary, index=False)
