"""Contrastive pairs from the grammar's derivations.

Input: corpus (English side of every split, no sentence of which is used). Output: contrasts (TSV).
"""

from pathlib import Path

from ticketscope.behaviour.contrast_items import write_contrasts
from ticketscope.corpus.grammar.contrasts import contrasts
from ticketscope.corpus.parallel import read_lines
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    taken = {line for path in snakemake.input.corpus for line in read_lines(path)}
    items = contrasts(taken=taken, progress=progress, **snakemake.params.settings)
    write_contrasts(Path(snakemake.output.contrasts), items)
