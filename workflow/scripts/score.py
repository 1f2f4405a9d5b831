"""Score all tickets of a seed: BLEU with intervals and paired tests, chrF.

Input: reference (raw text), hypotheses (detokenised, one file a ticket). Output: table, and
resamples: BLEU of each bootstrap resample (CSV).
"""

from ticketscope.corpus.parallel import read_lines
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.translation.table_a1 import score_seed

with job(snakemake):
    settings = snakemake.params.settings
    names = [tuple(name) for name in settings["tickets"]]
    table, resamples = score_seed(
        read_lines(snakemake.input.reference),
        dict(zip(names, map(read_lines, snakemake.input.hypotheses), strict=True)),
        seed=int(snakemake.wildcards.seed),
        language=settings["language"],
        resamples=settings["resamples"],
    )
    write_table(snakemake.output.table, table)
    write_table(snakemake.output.resamples, resamples)
