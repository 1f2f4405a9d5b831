"""BLEU against sparsity, one line a series.

Input: table (Table A1). Output: svg, pdf.
"""

import pandas as pd

from dissect.job import job
from dissect.report.bleu_plot import plot_bleu
from dissect.report.style import save

with job(snakemake.log[0]):
    figure = plot_bleu(pd.read_csv(snakemake.input.table), **snakemake.params.settings)
    save(figure, snakemake.output.svg, snakemake.output.pdf)
