"""Contrastive pairs from the grammar's derivations.

Input: corpus (English side of every split, no sentence of which is used), train (both sides, whose
words are known to the models). Output: contrasts (TSV).
"""

from pathlib import Path

from ticketscope.behaviour.contrast_items import write_contrasts
from ticketscope.corpus.grammar.contrasts import contrasts
from ticketscope.corpus.grammar.generate import word_forms
from ticketscope.corpus.parallel import read_lines
from ticketscope.runtime.job import job

with job(snakemake) as progress:
    given = snakemake.input
    items = contrasts(
        taken={line for path in given.corpus for line in read_lines(path)},
        known={w for path in given.train for line in read_lines(path) for w in word_forms(line)},
        progress=progress,
        **snakemake.params.settings,
    )
    write_contrasts(Path(snakemake.output.contrasts), items)
