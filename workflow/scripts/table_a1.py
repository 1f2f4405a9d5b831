"""Table A1: sparsities and BLEU of every ticket, as data and beside the paper's numbers.

Input: bleu (a table a seed), sparsity. Output: table (CSV), rendered (Markdown).
"""

import pandas as pd

from ticketscope.report.tables.table_a1 import render_markdown
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table, write_text
from ticketscope.translation.table_a1 import collect

with job(snakemake):
    table = collect(
        pd.concat([pd.read_csv(path) for path in snakemake.input.bleu]),
        pd.read_csv(snakemake.input.sparsity),
        **snakemake.params.settings,
    )
    write_table(snakemake.output.table, table)
    write_text(snakemake.output.rendered, render_markdown(table))
