"""Collect the tables of further test texts: scores, and what the tickets write.

Input: tests (scores: CSV, a file a seed and text), words, lengths, decoding (CSV, a file a text).
Output: the same, each as one table (CSV) whose first column names the text.
"""

from itertools import cycle

import pandas as pd

from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake):
    for name, output in snakemake.output.items():
        parts = []
        # Texts change fastest where there are files of several seeds.
        for split, path in zip(
            cycle(snakemake.params.settings["splits"]), snakemake.input[name], strict=False
        ):
            # As text: numbers would be rounded on the way.
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            table.insert(0, "split", split)
            parts.append(table)
        write_table(output, pd.concat(parts))
