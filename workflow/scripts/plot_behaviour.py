"""The figures of what BLEU does not see.

Input: sparsity, table_a1, words, lengths, decoding, flips, probabilities (CSV); contrasts,
contrast_items (CSV) and contrast_margins (npz), empty where there is no contrast set; probes (CSV),
empty where nothing was probed. Output: svg, pdf, csv (of each).
"""

from ticketscope.claims import read_tables
from ticketscope.report.figures.behaviour import Tables, plots
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake):
    tables = Tables(**read_tables({name: path for name, path in snakemake.input.items() if path}))
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
