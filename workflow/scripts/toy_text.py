"""Write the embedded grammar's sentences, their translations and their derivations.

Output: text (a file a split and language), derivations (gzipped JSON lines, a file a split).
"""

from pathlib import Path

from ticketscope.corpus.grammar import generate, write_corpus
from ticketscope.runtime.job import job

with job(snakemake):
    write_corpus(generate(**snakemake.params.settings), Path(snakemake.output.text[0]).parent)
